/** The table of limits says what the code does. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sessionLimits } from "../../src/core/limits.ts";
import { CLOSE_CODES } from "../../src/transport/protocol/close-codes.ts";
import { serverLimits } from "../../src/transport/server-limits.ts";

const page = readFileSync(new URL("../../docs/server.md", import.meta.url), "utf8");
const rows = [...page.matchAll(/^\| `([\w.]+)` \| (none|[\d,]+) \|(.*)\|$/gm)].map(
  ([, name = "", usual = "", rest = ""]) => ({
    name,
    usual: usual === "none" ? Number.POSITIVE_INFINITY : Number(usual.replaceAll(",", "")),
    rest,
  }),
);

test("every limit of a server has a row, with its default", () => {
  const documented = Object.fromEntries(
    rows.filter(({ name }) => !name.startsWith("limits.")).map(({ name, usual }) => [name, usual]),
  );
  assert.equal(documented, { ...serverLimits({}) });
});

test("the rows of a session's limits have their defaults", () => {
  const defaults = new Map<string, number>(Object.entries(sessionLimits()));
  const documented = rows.filter(({ name }) => name.startsWith("limits."));
  assert.ok(documented.length > 0);
  for (const { name, usual } of documented)
    assert.is(defaults.get(name.slice("limits.".length)), usual, name);
});

test("the close codes in the table are close codes that are used", () => {
  const used = new Set<number>(Object.values(CLOSE_CODES));
  for (const { name, rest } of rows) {
    for (const [code] of rest.matchAll(/\b[14]\d{3}\b/g))
      assert.ok(used.has(Number(code)), `${name} ${code}`);
  }
});

test.run();
