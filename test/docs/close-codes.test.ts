import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { CLOSE_CODES, describeCloseCode } from "../../src/transport/protocol/close-codes.ts";

test("the page of close codes says what the code says, of every code that is used", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const rows = new Map(
    [...page.matchAll(/^\| (\d{4}) \| (.*) \|$/gm)].map(([, code, text]) => [Number(code), text]),
  );
  for (const [code, text] of rows) assert.is(describeCloseCode(code), text);
  for (const code of Object.values(CLOSE_CODES)) assert.ok(rows.has(code), String(code));
});

test("the page has a row for every error code, and no other", () => {
  const page = readFileSync(new URL("../../docs/errors.md", import.meta.url), "utf8");
  const source = readFileSync(new URL("../../src/core/errors.ts", import.meta.url), "utf8");
  const listed = [...page.matchAll(/^\| `(ERR_\w+)` \| .+ \|$/gm)].map(([, code]) => code);
  const known = [...source.matchAll(/^ {2}\| "(ERR_\w+)"/gm)].map(([, code]) => code);
  assert.ok(known.length > 30);
  assert.equal(listed, known);
});

test.run();
