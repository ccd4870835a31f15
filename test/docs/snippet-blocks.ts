/**
 * The code blocks of a Markdown page, each with the rule that the comment before it states:
 *
 *     <!-- snippet: run -->                     runs to its end, exit code 0
 *     <!-- snippet: run until "listening" -->   runs until it prints that, and is then interrupted
 *     <!-- snippet: run with echo-server -->    runs to its end beside test/docs/companions/echo-server.ts
 *     <!-- snippet: types-only because ... -->  is type-checked alone, for the stated reason
 *
 * Every block is type-checked. A TypeScript or JavaScript block without a rule, and a rule without a block, are
 * problems.
 */

/** What is done with a block besides type-checking it. */
export type SnippetRule =
  | { readonly kind: "run" }
  | { readonly kind: "run until"; readonly text: string }
  | { readonly kind: "run with"; readonly companion: string }
  | { readonly kind: "types-only"; readonly reason: string };

/** One TypeScript or JavaScript block. */
export interface Snippet {
  /** The page's path, as it was given. */
  readonly page: string;
  /** The page's line, counted from 1, on which the code begins. */
  readonly line: number;
  readonly language: "ts" | "js";
  readonly code: string;
  readonly rule: SnippetRule;
}

/** A page's blocks, its shell lines, and what is wrong with it as `page:line: problem`. */
export interface Page {
  readonly snippets: readonly Snippet[];
  readonly shellLines: readonly { readonly page: string; readonly line: number; readonly text: string }[];
  readonly problems: readonly string[];
}

const LANGUAGES: Readonly<Record<string, Snippet["language"]>> = {
  ts: "ts",
  typescript: "ts",
  mts: "ts",
  js: "js",
  javascript: "js",
  mjs: "js",
};
const SHELLS = ["sh", "bash", "shell", "console"];

/** Reads the blocks of one page. */
export function readPage(page: string, text: string): Page {
  const snippets: Snippet[] = [];
  const shellLines: { page: string; line: number; text: string }[] = [];
  const problems: string[] = [];
  const lines = text.split("\n");
  let rule: { readonly line: number; readonly text: string } | undefined;
  const dropRule = () => {
    if (rule !== undefined) problems.push(`${page}:${rule.line}: a snippet rule without a block after it`);
    rule = undefined;
  };

  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    const comment = /^\s*<!--\s*snippet:\s*(.*?)\s*-->\s*$/.exec(line);
    const fence = /^(\s*)(`{3,}|~{3,})\s*([\w-]*)/.exec(line);
    if (comment !== null) {
      dropRule();
      rule = { line: i + 1, text: comment[1]! };
    } else if (fence !== null) {
      const [, indent, marks, name] = fence;
      const start = i + 1;
      while (
        ++i < lines.length &&
        !(lines[i]!.trim().startsWith(marks!) && /^[`~]+$/.test(lines[i]!.trim()))
      );
      if (i >= lines.length) problems.push(`${page}:${start}: a block that never ends`);
      const body = lines
        .slice(start, i)
        .map((inner) => inner.replace(new RegExp(`^\\s{0,${indent!.length}}`), ""));
      const language = LANGUAGES[name!.toLowerCase()];
      if (language === undefined) {
        dropRule();
        if (SHELLS.includes(name!)) {
          for (const [k, inner] of body.entries())
            shellLines.push({ page, line: start + 1 + k, text: inner });
        }
        continue;
      }
      const parsed = rule === undefined ? undefined : parseRule(rule.text);
      if (rule === undefined) {
        problems.push(
          `${page}:${start}: a ${name} block without a rule; put <!-- snippet: run --> before it`,
        );
      } else if (parsed === undefined) {
        problems.push(
          `${page}:${rule.line}: "${rule.text}" is no snippet rule; test/docs/snippet-blocks.ts lists them`,
        );
      } else {
        snippets.push({ page, line: start + 1, language, code: `${body.join("\n")}\n`, rule: parsed });
      }
      rule = undefined;
    } else if (line.trim() !== "") dropRule();
  }
  dropRule();
  return { snippets, shellLines, problems };
}

function parseRule(text: string): SnippetRule | undefined {
  if (text === "run") return { kind: "run" };
  const until = /^run until "(.+)"$/.exec(text);
  if (until !== null) return { kind: "run until", text: until[1]! };
  const companion = /^run with ([a-z0-9-]+)$/.exec(text);
  if (companion !== null) return { kind: "run with", companion: companion[1]! };
  const reason = /^types-only because (.+)$/.exec(text);
  if (reason !== null) return { kind: "types-only", reason: reason[1]! };
  return undefined;
}
