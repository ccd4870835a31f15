import { join } from "node:path";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { withTree } from "../scripts/run-script.ts";
import { readPage, type Snippet } from "./snippet-blocks.ts";
import { type RunOptions, runSnippet, typeCheck } from "./snippet-run.ts";

/** A page of lines; `~~~` stands for a fence of backticks. */
function page(...lines: string[]) {
  return readPage("docs/a.md", lines.join("\n").replaceAll("~~~", "```"));
}

function only(...lines: string[]): Snippet {
  const { snippets, problems } = page(...lines);
  assert.equal(problems, []);
  assert.is(snippets.length, 1);
  return snippets[0]!;
}

/** Runs a block of TypeScript under a rule, beside the companions given. */
function run(rule: string, code: string, companions: Record<string, string> = {}, deadlineMs = 20_000) {
  const snippet = only(`<!-- snippet: ${rule} -->`, "~~~ts", code, "~~~");
  return withTree({ "readme.md": "", ...companions }, (root) =>
    runSnippet(snippet, { folder: join(root, "snippets"), companions: root, deadlineMs }),
  );
}

/** The rejection's message. */
async function failure(running: Promise<unknown>): Promise<string> {
  try {
    await running;
  } catch (error) {
    return (error as Error).message;
  }
  return assert.unreachable("it did not fail") as never;
}

function check(snippets: readonly Snippet[]): Promise<string[]> {
  return withTree({ "readme.md": "" }, async (root) => {
    const options: RunOptions = { folder: join(root, "snippets"), companions: root, deadlineMs: 20_000 };
    return typeCheck(snippets, options);
  });
}

test("a block is read with its rule, its language and the line on which its code begins", () => {
  const { snippets, problems } = page(
    "# Title",
    "<!-- snippet: run -->",
    "",
    "~~~ts",
    "one();",
    "~~~",
    '<!-- snippet: run until "is ready (port)" -->',
    "~~~js",
    "two();",
    "",
    "three();",
    "~~~",
    "<!-- snippet: run with echo-server -->",
    "~~~typescript",
    "~~~",
    "<!-- snippet: types-only because it needs a microphone -->",
    "  ~~~js",
    "  if (a) {",
    "    b();",
    "  ~~~",
  );
  assert.equal(problems, []);
  assert.equal(snippets, [
    { page: "docs/a.md", line: 5, language: "ts", code: "one();\n", rule: { kind: "run" } },
    {
      page: "docs/a.md",
      line: 9,
      language: "js",
      code: "two();\n\nthree();\n",
      rule: { kind: "run until", text: "is ready (port)" },
    },
    {
      page: "docs/a.md",
      line: 15,
      language: "ts",
      code: "\n",
      rule: { kind: "run with", companion: "echo-server" },
    },
    {
      page: "docs/a.md",
      line: 18,
      language: "js",
      code: "if (a) {\n  b();\n",
      rule: { kind: "types-only", reason: "it needs a microphone" },
    },
  ]);
});

test("blocks in other languages need no rule, and shell lines keep their place", () => {
  const { snippets, shellLines, problems } = page(
    "~~~python",
    "import x",
    "~~~",
    "~~~sh",
    "npm test",
    "~~~",
    "~~~",
    "plain",
    "~~~",
  );
  assert.equal([snippets, problems], [[], []]);
  assert.equal(shellLines, [{ page: "docs/a.md", line: 5, text: "npm test" }]);
});

for (const [name, lines, problem] of [
  ["a block without a rule", ["text", "~~~ts", "a();", "~~~"], /^docs\/a\.md:2: a ts block without a rule/],
  [
    "a rule parted from its block by text",
    ["<!-- snippet: run -->", "text", "~~~js", "~~~"],
    /^docs\/a\.md:1: a snippet rule without a block/,
  ],
  [
    "a rule before a block in another language",
    ["<!-- snippet: run -->", "~~~sh", "~~~"],
    /^docs\/a\.md:1: a snippet rule without/,
  ],
  ["a rule at the end", ["text", "<!-- snippet: run -->"], /^docs\/a\.md:2: a snippet rule without/],
  [
    "an unknown rule",
    ["<!-- snippet: skip -->", "~~~ts", "~~~"],
    /^docs\/a\.md:1: "skip" is no snippet rule/,
  ],
  [
    "types-only without a reason",
    ["<!-- snippet: types-only -->", "~~~ts", "~~~"],
    /"types-only" is no snippet rule/,
  ],
  [
    "a block that never ends",
    ["<!-- snippet: run -->", "~~~ts", "a();"],
    /^docs\/a\.md:2: a block that never ends/,
  ],
] as const) {
  test(`${name} is a problem`, () => {
    assert.match(page(...lines).problems[0] ?? "none", problem);
  });
}

test("type errors are reported at the page's own lines", async () => {
  const { snippets } = page(
    "<!-- snippet: run -->",
    "~~~ts",
    "export const fine: number = 1;",
    "~~~",
    "<!-- snippet: types-only because of a reason -->",
    "~~~ts",
    "export const fine = 2;",
    "export const wrong: string = 3;",
    "~~~",
    "<!-- snippet: run -->",
    "~~~js",
    'const n = "a".length.toUpperCase();',
    "~~~",
  );
  const errors = await check(snippets);
  assert.is(errors.length, 2);
  assert.match(errors[0]!, /^docs\/a\.md:8: error TS2322/);
  assert.match(errors[1]!, /^docs\/a\.md:12: error TS2339/);
});

test("a snippet imports the package by its name, and its types come from the build", async () => {
  const code =
    'import { loadDspSync } from "voxwire";\nconsole.log(loadDspSync().mulaw.encode(new Int16Array(3)).length);';
  const snippet = only("<!-- snippet: run -->", "~~~ts", code, "~~~");
  assert.equal(await check([snippet]), []);
  assert.is(await run("run", code), "3\n");
  const wrong = only(
    "<!-- snippet: run -->",
    "~~~ts",
    'import { nothing } from "voxwire";\nnothing();',
    "~~~",
  );
  assert.match((await check([wrong]))[0] ?? "none", /^docs\/a\.md:3: error TS2305/);
});

test("a snippet that throws, or ends with a code of its own, fails with what it printed", async () => {
  assert.match(
    await failure(run("run", 'console.log("so far");\nthrow new Error("no");')),
    /docs\/a\.md:3: it ended with 1.*\nso far\n[\s\S]*Error: no/,
  );
  assert.match(await failure(run("run", "process.exit(3);")), /it ended with 3/);
});

test("a snippet that does not end fails at its deadline and is ended", async () => {
  assert.match(
    await failure(run("run", "setInterval(() => {}, 1000);", {}, 1_500)),
    /did not end within 1\.5 s/,
  );
});

test("a snippet that runs until it prints something is interrupted then", async () => {
  const code = 'console.log("now listening");\nsetInterval(() => {}, 1000);';
  assert.match(await run('run until "now listening"', code), /now listening/);
  assert.match(
    await failure(run('run until "never said"', "console.log(1);")),
    /did not print \/never said\/; it ended with 0/,
  );
  const stubborn =
    'process.on("SIGINT", () => process.exit(4));\nconsole.log("up");\nsetInterval(() => {}, 1000);';
  assert.match(await failure(run('run until "up"', stubborn)), /it ended with 4/);
});

test("a companion is ready before the snippet starts, puts its own names in, and is ended after", async () => {
  const companion = `import { createServer } from "node:http";
const server = createServer((_, response) => response.end("hello")).listen(0, "127.0.0.1", () => {
  console.log("ready " + JSON.stringify({ "localhost:8080": "127.0.0.1:" + server.address().port }));
});
`;
  const code = 'console.log(await (await fetch("http://localhost:8080")).text());';
  assert.is(await run("run with greeter", code, { "greeter.ts": companion }), "hello\n");
  assert.match(
    await failure(run("run with greeter", "console.log(1);", { "greeter.ts": companion })),
    /does not name localhost:8080/,
  );
  assert.match(await failure(run("run with nobody", code)), /no companion nobody/);
  assert.match(
    await failure(run("run with silent", code, { "silent.ts": "export {};" })),
    /did not print \/\^ready/,
  );
});

test.run();
