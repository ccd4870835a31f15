import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { readPage } from "./snippet-blocks.ts";
import { runSnippet, typeCheck } from "./snippet-run.ts";

const repository = fileURLToPath(new URL("../../", import.meta.url));

const pages = [
  "README.md",
  ...readdirSync(join(repository, "docs"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".md"))
    .map((name) => `docs/${name}`)
    .sort(),
];
const options = {
  folder: join(repository, "build", "snippets"),
  companions: join(repository, "test", "docs", "companions"),
  deadlineMs: 30_000,
};

const ready = pages.map((page) => readPage(page, readFileSync(join(repository, page), "utf8")));

test("every TypeScript and JavaScript block of the pages has a rule", () => {
  assert.equal(
    ready.flatMap((page) => page.problems),
    [],
  );
});

test("every block of the pages type-checks against the built package", () => {
  const snippets = ready.flatMap((page) => page.snippets);
  if (snippets.length > 0) assert.equal(typeCheck(snippets, options), []);
});

test("every npm script that the pages name is there", () => {
  const { scripts } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8"));
  const missing = ready
    .flatMap((page) => page.shellLines)
    .flatMap(({ page, line, text }) =>
      [...text.matchAll(/\bnpm (?:run (?:--?\w+ )*([\w:-]+)|(test|start)\b)/g)].map((match) => ({
        place: `${page}:${line}`,
        name: match[1] ?? match[2] ?? "",
      })),
    )
    .filter(({ name }) => !Object.hasOwn(scripts, name));
  assert.equal(missing, []);
});

for (const snippet of ready.flatMap((page) => page.snippets)) {
  if (snippet.rule.kind === "types-only") continue;
  test(`${snippet.page}:${snippet.line} runs`, async () => {
    await runSnippet(snippet, options);
  });
}

test.run();
