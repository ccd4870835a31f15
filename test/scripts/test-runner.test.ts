import { test } from "uvu";
import * as assert from "uvu/assert";
import { runScript, withTree } from "./run-script.ts";

const header =
  'import { suite, test } from "uvu";\nimport * as assert from "uvu/assert";\nvoid [suite, assert];\n';
const passing = `${header}test("a", () => {});\ntest("b", () => {});\ntest.run();\n`;

/** Runs the runner on test files given by name → text; returns its code, its output and its last line. */
function run(files: Record<string, string>, ...args: string[]) {
  const tree = Object.fromEntries(Object.entries(files).map(([name, text]) => [`test/${name}`, text]));
  return withTree({ "test/readme.md": "", ...tree }, async (root) => {
    const { code, output } = await runScript("test.mjs", "--root", root, ...args);
    return { code, output, last: output.trimEnd().split("\n").at(-1) };
  });
}

/** The one file fails, for a reason that matches. */
async function fails(text: string, reason: RegExp, last: string, ...args: string[]) {
  const outcome = await run({ "a.test.ts": text }, ...args);
  assert.match(outcome.output, reason);
  assert.match(outcome.output, /FAIL test\/a\.test\.ts/);
  assert.is(outcome.last, last);
  assert.is(outcome.code, 1);
}

test("the sums of all files are the last line", async () => {
  const { code, last, output } = await run({
    "a.test.ts": passing,
    "deep/b.test.ts": passing,
    "c.ts": "throw 1;",
  });
  assert.is(last, "4 passed, 0 failed", output);
  assert.is(code, 0);
  assert.match(output, /\[2\/2\] ok/);
});

test("a failing test is counted, shown, and the others still run", async () => {
  const failing = `${header}test("good", () => {});\ntest("bad", () => assert.is(1, 2));\ntest.run();\n`;
  const { code, last, output } = await run({ "a.test.ts": failing, "b.test.ts": passing });
  assert.is(last, "3 passed, 1 failed");
  assert.is(code, 1);
  assert.match(output, /--- test\/a\.test\.ts[\s\S]*"bad"/);
});

test("a file that passes when it is run again, alone, counts and is named as unsteady", async () => {
  const once = `${header}import { existsSync, writeFileSync } from "node:fs";
const mark = new URL("mark", import.meta.url);
test("a", () => { const isFirst = !existsSync(mark); writeFileSync(mark, ""); assert.not(isFirst); });
test("b", () => {});
test.run();
`;
  const { code, last, output } = await run({ "a.test.ts": once, "b.test.ts": passing });
  assert.is(last, "4 passed, 0 failed", output);
  assert.is(code, 0);
  assert.match(output, /--- unsteady: test\/a\.test\.ts[\s\S]*FAIL[\s\S]*unsteady: test\/a\.test\.ts/);
});

test("many files that fail are not run again: that is no noise", async () => {
  const failing = `${header}test("bad", () => assert.is(1, 2));\ntest.run();\n`;
  const { last, output } = await run({ "a.test.ts": failing, "b.test.ts": failing, "c.test.ts": failing });
  assert.is(last, "0 passed, 3 failed");
  assert.not.match(output, /again, alone/);
});

test("a file without test.run() fails", () =>
  fails(`${header}test("a", () => {});\n`, /printed no totals/, "0 passed, 1 failed"));

test("a file that runs no test fails", () =>
  fails(`${header}test.run();\n`, /it ran no test/, "0 passed, 1 failed"));

test("a suite that never runs fails, though others in the file do", () =>
  fails(
    `${passing}const odd = suite("odd");\nodd("x", () => {});\n`,
    /`odd` never runs/,
    "2 passed, 1 failed",
  ));

test("a skipped test fails the file", () =>
  fails(passing.replace('test("a"', 'test.skip("a"'), /1 skipped/, "1 passed, 1 failed"));

test("test.only fails the file, as it leaves others out", () =>
  fails(
    passing.replace('test("a"', 'test.only("a"'),
    /skipped \(test\.skip or test\.only\)/,
    "1 passed, 1 failed",
  ));

test("a hook that throws fails the file", () =>
  fails(
    passing.replace("test.run", 'test.before(() => { throw new Error("no"); });\ntest.run'),
    /0 of 2/,
    "0 passed, 2 failed",
  ));

test("an exception outside every test fails the file", () =>
  fails(
    `${passing}setTimeout(() => { throw new Error("later"); }, 100);`,
    /exit code 1/,
    "2 passed, 1 failed",
  ));

test("a file that ends while a test waits fails", () =>
  fails(
    passing.replace("() => {}", "() => new Promise(() => {})"),
    /printed no totals/,
    "0 passed, 1 failed",
  ));

test("a file that is not done by the deadline is ended, with its children", () =>
  fails(
    `${header}import { spawn } from "node:child_process";
test("endless", () => new Promise((resolve) => {
  spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }).on("exit", resolve);
}));
test.run();\n`,
    /not done after 2 s/,
    "0 passed, 1 failed",
    "--deadline-s",
    "2",
  ));

test("a file that passes but does not exit fails with that reason", () =>
  fails(
    `${passing}setInterval(() => {}, 1000);`,
    /did not exit within 1 s: something is left open/,
    "2 passed, 1 failed",
    "--exit-s",
    "1",
  ));

test("a file that leaves a process behind fails with that reason, and the process is ended", () =>
  fails(
    `${header}import { spawn } from "node:child_process";
test("a", () => { spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"], { stdio: "inherit" }).unref(); });
test.run();\n`,
    /left processes behind/,
    "1 passed, 1 failed",
  ));

test("no test file at all, or none that matches, fails", async () => {
  const none = await run({});
  assert.is(none.last, "0 passed, 1 failed");
  assert.is(none.code, 1);
  const unmatched = await run({ "a.test.ts": passing }, "zebra");
  assert.match(unmatched.output, /matches zebra/);
  assert.is(unmatched.code, 1);
});

test("a part of a path selects files, and --list only names them", async () => {
  const files = { "a.test.ts": passing, "deep/b.test.ts": passing };
  assert.is((await run(files, "deep/")).last, "2 passed, 0 failed");
  const list = await run(files, "--list");
  assert.is(list.output, "test/a.test.ts\ntest/deep/b.test.ts\n");
});

test("--no-browser leaves out test/browser, and says so", async () => {
  const files = { "a.test.ts": passing, "browser/b.test.ts": passing };
  const without = await run(files, "--no-browser");
  assert.is(without.last, "2 passed, 0 failed");
  assert.match(without.output, /left out by --no-browser: test\/browser\/b\.test\.ts/);
  assert.is((await run(files)).last, "4 passed, 0 failed");
});

test("wrong options are named, and --help explains the right ones", async () => {
  const wrong = await runScript("test.mjs", "--fast");
  assert.is(wrong.code, 2);
  assert.match(wrong.output, /--fast/);
  const number = await runScript("test.mjs", "--deadline-s", "soon");
  assert.is(number.code, 2);
  assert.match(number.output, /--deadline-s is "soon"/);
  assert.match((await runScript("test.mjs", "--help")).output, /--no-browser/);
});

test.run();
