// Builds everything: WebAssembly kernels, their embedded form, and the package in dist/.
// Each step runs only when something it depends on has changed (`--force` runs all).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleScripts } from "./package/bundle-scripts.mjs";
import { packBytes } from "./package/pack-bytes.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const force = process.argv.includes("--force");
const modules = ["formats", "g711", "resampler", "spectral", "spectral64", "g722", "voice"];
/** Those that are there a second time, with relaxed SIMD. */
const relaxed = ["resampler", "spectral", "spectral64"];
/** Those that a page's worker has with no more in them than it needs. */
const forWorker = {
  formats: ["assembly/formats/call.ts"],
  // with linear phase alone
  resampler: ["assembly/resampler/index.ts", "--use", "LINEAR_ONLY=1"],
};
/** Scripts that a browser loads by themselves, in a thread of their own. */
const scripts = {
  worker: {
    entry: "src/client/browser/worker-main.ts",
    first: ["src/dsp/generated/formats-wasm.ts", "src/dsp/generated/resampler-wasm.ts"],
  },
  worklet: { entry: "src/client/browser/worklet-main.ts" },
  twins: { entry: "src/client/browser/twins-main.ts" },
};
/** What they begin with: the links between them. */
const shared = [
  "src/core/errors.ts",
  "src/core/check.ts",
  "src/stream/ring-buffer.ts",
  "src/stream/sample-ring.ts",
  "src/client/browser/sample-link.ts",
];
/** In those scripts nobody but this package calls the audio core, and a call's part of it will do. */
const standIns = {
  "src/dsp/arguments.ts": "src/dsp/own-arguments.ts",
  "src/dsp/generated/formats-wasm.ts": "src/dsp/generated/formats-worker-wasm.ts",
  "src/dsp/generated/resampler-wasm.ts": "src/dsp/generated/resampler-worker-wasm.ts",
  "src/dsp/resampler/minimum-filter.ts": "src/dsp/resampler/no-minimum-filter.ts",
};
/** What those that pages serve themselves are made of, each one file without imports: the worker with plain TypeScript. */
const served = { worker: ["shared", "twins", "worker"], worklet: ["shared", "worklet"] };

process.chdir(root);
mkdirSync("build/wasm", { recursive: true });
mkdirSync("build/scripts", { recursive: true });
mkdirSync("src/dsp/generated", { recursive: true });
mkdirSync("src/client/browser/generated", { recursive: true });

await step(
  "wasm",
  ["assembly", "asconfig.json", "package-lock.json"],
  [
    ...modules.map((m) => `src/dsp/generated/${m}-wasm.ts`),
    ...relaxed.map((m) => `src/dsp/generated/${m}-relaxed-wasm.ts`),
    ...Object.keys(forWorker).map((m) => `src/dsp/generated/${m}-worker-wasm.ts`),
  ],
  () => {
    for (const name of modules) assemble(name, name, `${name}Wasm`, [entryOf(name)]);
    for (const name of relaxed) {
      const options = [entryOf(name), "--enable", "relaxed-simd"];
      assemble(name, `${name}-relaxed`, `${name}RelaxedWasm`, options);
    }
    // under the same names: they stand in the place of the whole ones
    for (const [name, options] of Object.entries(forWorker)) {
      assemble(name, `${name}-worker`, `${name}Wasm`, options);
    }
  },
);

await step(
  "scripts",
  [
    "src/core",
    "src/dsp",
    "src/codec",
    "src/stream",
    "src/transport/protocol",
    "src/client",
    "package-lock.json",
  ],
  [...Object.keys(scripts), "shared"].map((name) => `src/client/browser/generated/${name}-source.ts`),
  async () => {
    const texts = await bundleScripts({ scripts, shared, standIns });
    for (const [name, text] of Object.entries(texts)) {
      writeFileSync(`build/scripts/${name}.js`, `${text}\n`);
      writeFileSync(
        `src/client/browser/generated/${name}-source.ts`,
        `// Written by scripts/build.mjs. Not for editing.\nexport const ${name}Source: string =\n  ${JSON.stringify(text)};\n`,
      );
    }
  },
);

await step(
  "dist",
  ["src", "tsconfig.json", "tsconfig.build.json", "package-lock.json"],
  ["dist/index.js", "dist/wasm/formats.wasm"],
  () => {
    rmSync("dist", { recursive: true, force: true });
    node("node_modules/typescript/bin/tsc", "-p", "tsconfig.build.json");
    for (const folder of ["dist/dsp/generated", "dist/client/browser/generated"]) dropMaps(folder);
    for (const name of modules) cpSync(`build/wasm/${name}.wasm`, `dist/wasm/${name}.wasm`);
    for (const [name, parts] of Object.entries(served)) {
      const texts = parts.map((part) => readFileSync(`build/scripts/${part}.js`, "utf8"));
      writeFileSync(`dist/${name}.js`, texts.join(""));
    }
  },
);

await step(
  "page",
  [
    "src/playground",
    "src/browser.ts",
    "src/core",
    "src/client",
    "scripts/build-page.mjs",
    "package-lock.json",
  ],
  ["dist/playground/page/app.js", "dist/playground/page/index.html"],
  () => node("scripts/build-page.mjs"),
);

function entryOf(name) {
  return `assembly/${name}/index.ts`;
}

/** Compiles a module's kernels, and writes them as `constant` of a file of their own. */
function assemble(name, file, constant, options) {
  const output = `build/wasm/${file}.wasm`;
  node(
    "node_modules/assemblyscript/bin/asc.js",
    ...options,
    ...["--config", "asconfig.json", "--target", name],
    ...["--outFile", output, "--textFile", `build/wasm/${file}.wat`],
  );
  const packed = packBytes(readFileSync(output));
  writeFileSync(
    `src/dsp/generated/${file}-wasm.ts`,
    `// Written by scripts/build.mjs from assembly/${name}. Not for editing.\nexport const ${constant}: string =\n  "${packed}";\n`,
  );
}

/** What the build has written has no source that a debugger could show. */
function dropMaps(folder) {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (name.endsWith(".map")) rmSync(path);
    else if (name.endsWith(".js")) {
      writeFileSync(path, readFileSync(path, "utf8").replace(/\n\/\/# sourceMappingURL=\S+\s*$/, "\n"));
    }
  }
}

async function step(name, inputs, outputs, run) {
  const stamp = `build/${name}.stamp`;
  const tools = [
    "build.mjs",
    "package/pack-bytes.mjs",
    "package/drop-methods.mjs",
    "package/bundle-scripts.mjs",
  ];
  const digest = hash([...inputs, ...tools.map((path) => `scripts/${path}`)]);
  const done =
    existsSync(stamp) && readFileSync(stamp, "utf8") === digest && outputs.every((path) => existsSync(path));
  if (done && !force) return;
  // the kernels take half a minute: whoever waits is told for what
  if (process.stderr.isTTY) console.error(`build: ${name} ...`);
  const startedMs = performance.now();
  await run();
  writeFileSync(stamp, digest);
  console.error(`build: ${name} (${((performance.now() - startedMs) / 1000).toFixed(1)} s)`);
}

function hash(paths) {
  const digest = createHash("sha256");
  const add = (path) => {
    if (!existsSync(path)) return;
    let names;
    try {
      names = readdirSync(path).sort();
      if (path === "src/client/browser/generated") return;
    } catch {
      digest.update(path).update(readFileSync(path));
      return;
    }
    for (const name of names) add(join(path, name));
  };
  for (const path of paths) add(path);
  return digest.digest("hex");
}

function node(script, ...args) {
  execFileSync(process.execPath, [script, ...args], { stdio: ["ignore", "inherit", "inherit"] });
}
