import { execFileSync } from "node:child_process";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { runScript, withTree } from "./run-script.ts";

/** What the check says about a repository that holds one file. */
function look(path: string, text: string) {
  return withTree({ [path]: text, "other.md": "fine\n" }, async (root) => {
    execFileSync("git", ["init", "-q"], { cwd: root });
    return runScript("words.mjs", "--root", root);
  });
}

// put together from parts, so that the check does not find them here
const bad: readonly [name: string, text: string, words: RegExp][] = [
  ["a work folder", `see /${"work"}/a/b`, /a path of one machine/],
  ["a temporary folder", `open("/${"tmp"}/x.wav")`, /a path of one machine/],
  ["a home folder", `cd=/${"home"}/ann/src`, /a path of one machine/],
  ["a registry", `https://${["regis", "try"].join("")}.npmjs.org/ws`, /a package registry/],
  ["work left for later", `// ${["TO", "DO"].join("")}: more`, /left for later/],
  ["a misspelling", `we ${["reci", "eve"].join("")} it`, /a misspelling/],
  ["a carriage return", "one\r\n", /carriage return/],
];
for (const [name, text, words] of bad) {
  test(`${name} is found, with its line`, async () => {
    const { code, output } = await look("docs/a.md", `fine\n${text}\n`);
    assert.is(code, 1);
    assert.match(output, /^docs\/a\.md:2: /);
    assert.match(output, words);
  });
}

test("a download address in the lock file is found", async () => {
  const { code, output } = await look("package-lock.json", '{\n"resolved": "https://example.org/a.tgz"\n}\n');
  assert.is(code, 1);
  assert.match(output, /package-lock\.json:2: a download address/);
});

test("paths inside the repository, addresses of pages and binary files are fine", async () => {
  for (const text of [
    `${["src", "work", "a.ts"].join("/")} ./tmp/x build/tmp/y`,
    ["https://example.org/docs", "work", "a"].join("/"),
    "\0/tmp/x",
    "registry.sessions.size",
  ]) {
    const { code, output } = await look("a.md", text);
    assert.is(code, 0, output);
  }
});

test("the repository itself is clean", async () => {
  const { code, output } = await runScript("words.mjs");
  assert.is(code, 0, output);
});

test.run();
