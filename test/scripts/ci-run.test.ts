import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTree } from "./run-script.ts";

const script = readFileSync(new URL("../../.ci/run", import.meta.url), "utf8");
const print = (text: string) => `echo "${text}" #`;
const good = {
  build: print("built"),
  lint: print("fine"),
  typecheck: print("fine"),
  layers: print("fine"),
  words: print("fine"),
  unused: print("fine"),
  test: print("3 passed, 0 failed"),
  demo: "echo echo > build/echo.wav #",
  bench: print("fast"),
  "check-package": print("good"),
};

/** Runs .ci/run on a project of these npm scripts, with these steps waiting. */
function run(changes: Record<string, string>, waiting = "", args: readonly string[] = []) {
  const tree = {
    ".ci/run": script.replace(/^waiting=\(.*\)$/m, `waiting=(${waiting})`),
    "package.json": JSON.stringify({ name: "tree", version: "1.0.0", scripts: { ...good, ...changes } }),
    "package-lock.json": JSON.stringify({
      name: "tree",
      version: "1.0.0",
      lockfileVersion: 3,
      packages: { "": { name: "tree", version: "1.0.0" } },
    }),
    "build/readme.md": "",
  };
  return withTree(tree, async (root) => {
    const { code, output } = await bash(join(root, ".ci", "run"), args);
    return { code, output, last: output.trimEnd().split("\n").at(-1) };
  });
}

function bash(path: string, args: readonly string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    const child = execFile("bash", [path, ...args], (_error, stdout, stderr) => {
      resolve({ code: child.exitCode ?? -1, output: stdout + stderr });
    });
  });
}

test("when all is well the last line is the sum of the tests and the other steps, and the exit code 0", async () => {
  const { code, output, last } = await run({});
  assert.is(last, "13 passed, 0 failed", output);
  assert.is(code, 0);
  for (const step of ["install", "build", "lint", "tests", "demo", "package"]) {
    assert.match(output, new RegExp(`=== ${step}: ok after \\d+ s`));
  }
});

test("a step that fails counts as one, is named, and the others still run", async () => {
  const { code, output, last } = await run({ lint: "exit 3" }, "demo bench package");
  assert.is(last, "9 passed, 1 failed", output);
  assert.is(code, 1);
  assert.match(output, /=== lint: FAILED \(\d+\)/);
  assert.match(output, /broken: lint\n/);
});

test("failed tests are counted one by one", async () => {
  const { code, last } = await run({ test: `echo "5 passed, 2 failed"; exit 1` }, "", ["tests"]);
  assert.is(last, "7 passed, 2 failed");
  assert.is(code, 1);
});

test("tests without a sum, or that fail while they count no failure, are a failure", async () => {
  const runTests = (test: string) => run({ test }, "", ["tests"]);
  assert.is((await runTests(print("all good"))).last, "2 passed, 1 failed");
  assert.is((await runTests('echo "3 passed, 0 failed"; exit 1')).last, "5 passed, 1 failed");
});

test("after a failed build what needs it is not run, and fails; the rest runs", async () => {
  const { output, last } = await run({ build: "exit 1" });
  assert.match(output, /=== tests: NOT RUN, since build failed/);
  assert.match(output, /=== lint: ok/);
  assert.is(last, "6 passed, 5 failed", output);
});

test("after a failed install nothing runs", async () => {
  const { output, last } = await run({ preinstall: "exit 1" });
  assert.match(output, /=== lint: NOT RUN, since install failed/);
  assert.is(last, "0 passed, 11 failed");
});

test("a demo that leaves no echo behind fails", async () => {
  assert.match((await run({ demo: print("done") }, "", ["demo"])).output, /=== demo: FAILED/);
});

test("steps that wait are left out, and named at the end", async () => {
  const { code, output, last } = await run({}, "demo bench", ["demo", "bench", "lint"]);
  assert.is(last, "3 passed, 0 failed");
  assert.is(code, 0);
  assert.match(output, /LEFT OUT, not there yet: demo bench\n/);
});

test("steps can be chosen; an unknown one is an error that names the known", async () => {
  assert.is((await run({}, "", ["layers"])).last, "3 passed, 0 failed");
  const { code, output } = await run({}, "", ["tset"]);
  assert.is(code, 2);
  assert.match(output, /no step is called "tset"; there are: install build lint/);
});

test.run();
