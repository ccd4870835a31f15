// Builds everything: WebAssembly kernels, their embedded form, and the package in dist/.
// Each step runs only when something it depends on has changed (`--force` runs all).
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { minify_sync } from "terser";
import { dropMethods } from "./package/drop-methods.mjs";
import { packBytes } from "./package/pack-bytes.mjs";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const force = process.argv.includes("--force");
const modules = ["formats", "g711", "resampler", "spectral", "spectral64", "g722", "voice"];
/** Those that are there a second time, with relaxed SIMD. */
const relaxed = ["resampler", "spectral", "spectral64"];
/** Scripts that a browser loads by themselves, in a thread of their own: each one file without imports. */
const scripts = [
  {
    name: "worker",
    entry: "src/client/browser/worker-main.ts",
    first: ["src/dsp/generated/formats-wasm.ts", "src/dsp/generated/resampler-wasm.ts"],
  },
  { name: "worklet", entry: "src/client/browser/worklet-main.ts", first: [] },
  { name: "twins", entry: "src/client/browser/twins-main.ts", first: [] },
];
/** What those that pages serve themselves are made of: the worker has plain TypeScript in front of it. */
const served = { worker: ["twins", "worker"], worklet: ["worklet"] };

process.chdir(root);
mkdirSync("build/wasm", { recursive: true });
mkdirSync("build/scripts", { recursive: true });
mkdirSync("src/dsp/generated", { recursive: true });
mkdirSync("src/client/browser/generated", { recursive: true });

step(
  "wasm",
  ["assembly", "asconfig.json", "package-lock.json"],
  [
    ...modules.map((m) => `src/dsp/generated/${m}-wasm.ts`),
    ...relaxed.map((m) => `src/dsp/generated/${m}-relaxed-wasm.ts`),
  ],
  () => {
    for (const name of modules) assemble(name, name, `${name}Wasm`);
    for (const name of relaxed) {
      assemble(name, `${name}-relaxed`, `${name}RelaxedWasm`, "--enable", "relaxed-simd");
    }
  },
);

step(
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
  [...scripts.map(({ name }) => `src/client/browser/generated/${name}-source.ts`), "build/scripts/worker.js"],
  () => {
    for (const script of scripts) bundle(script);
  },
);

step(
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

step(
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

/** Compiles a module's kernels, and writes them as `constant` of a file of their own. */
function assemble(name, file, constant, ...options) {
  const output = `build/wasm/${file}.wasm`;
  node(
    "node_modules/assemblyscript/bin/asc.js",
    `assembly/${name}/index.ts`,
    ...["--config", "asconfig.json", "--target", name],
    ...["--outFile", output, "--textFile", `build/wasm/${file}.wat`],
    ...options,
  );
  const packed = packBytes(readFileSync(output));
  writeFileSync(
    `src/dsp/generated/${file}-wasm.ts`,
    `// Written by scripts/build.mjs from assembly/${name}. Not for editing.\nexport const ${constant}: string =\n  "${packed}";\n`,
  );
}

/**
 * Bundles a script, for dist/ and as text that the package brings along. Pages download it, so it is made as small as it
 * can be: esbuild puts it together, methods that nobody calls are taken out (7 %), and terser takes 3 % off; what is embedded
 * comes first, since between functions it would push those before it out of the 32 KiB that gzip looks back on.
 */
function bundle({ name, entry, first }) {
  let text = withEsbuild({ entryPoints: [entry], inject: first, format: "esm" });
  for (let dropped; dropped === undefined || dropped.length > 0; ) {
    ({ text, dropped } = dropMethods(text));
    // what only those used goes with them
    text = withEsbuild({ stdin: { contents: text }, format: "esm" });
  }
  const { code } = minify_sync(withEsbuild({ stdin: { contents: text }, format: "iife", minify: true }), {
    ecma: 2020,
    compress: { passes: 3 },
    format: { ascii_only: true },
  });
  writeFileSync(`build/scripts/${name}.js`, `${code}\n`);
  writeFileSync(
    `src/client/browser/generated/${name}-source.ts`,
    `// Written by scripts/build.mjs from ${entry}. Not for editing.\nexport const ${name}Source: string =\n  ${JSON.stringify(code)};\n`,
  );
}

/** One file of what `options` name, as text. */
function withEsbuild(options) {
  const settings = { bundle: true, target: "es2022", legalComments: "none", write: false };
  return buildSync({ ...settings, ...options }).outputFiles[0].text;
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

function step(name, inputs, outputs, run) {
  const stamp = `build/${name}.stamp`;
  const tools = ["build.mjs", "package/pack-bytes.mjs", "package/drop-methods.mjs"];
  const digest = hash([...inputs, ...tools.map((path) => `scripts/${path}`)]);
  const done =
    existsSync(stamp) && readFileSync(stamp, "utf8") === digest && outputs.every((path) => existsSync(path));
  if (done && !force) return;
  const startedMs = performance.now();
  run();
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
