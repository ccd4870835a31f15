import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parseSync } from "oxc-parser";
import { test } from "uvu";
import * as assert from "uvu/assert";
import * as checked from "../../src/dsp/arguments.ts";
import * as own from "../../src/dsp/own-arguments.ts";

const script = new URL("../../scripts/package/bundle-scripts.mjs", import.meta.url).href;

interface Parts {
  scripts: Record<string, { entry: string; first?: string[] }>;
  shared: string[];
  standIns: Record<string, string>;
}

const { bundleScripts } = (await import(script)) as {
  bundleScripts(parts: Parts): Promise<Record<string, string>>;
};

/** Bundles `files`, of which `one.ts` and `two.ts` are scripts, and `shared.ts` what they share. */
async function bundled(files: Record<string, string>, standIns: Record<string, string> = {}) {
  const folder = mkdtempSync(join(tmpdir(), "voxwire-scripts-"));
  const at = (name: string) => relative(process.cwd(), join(folder, name));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    return await bundleScripts({
      scripts: { one: { entry: at("one.ts") }, two: { entry: at("two.ts") } },
      shared: [at("shared.ts")],
      standIns: Object.fromEntries(Object.entries(standIns).map(([name, other]) => [at(name), at(other)])),
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** What scripts, one behind the other, leave in `results`. */
function run(...texts: (string | undefined)[]): unknown[] {
  const results: unknown[] = [];
  new Function("results", texts.join(""))(results);
  return results;
}

const SHARED = `
  export class Counter {
    #n = 0;
    forOne(): number { return ++this.#n; }
    forTwo(): number { return ++this.#n + 10; }
    forNobody(): string { return "nobody calls this"; }
  }
  export const LIMIT = 5;
  export function unused(): string { return "nobody imports this"; }
  export type Never = string;
`;

test("scripts behind what they share do what each would alone, and what none of them needs is gone", async () => {
  const texts = await bundled({
    "shared.ts": SHARED,
    "one.ts": `import { Counter, LIMIT } from "./shared.ts"; const c = new Counter(); results.push(c.forOne(), c.forOne(), LIMIT);`,
    "two.ts": `import { Counter, type Never } from "./shared.ts"; const c: Counter | Never = new Counter(); results.push(c.forTwo());`,
  });
  assert.equal(Object.keys(texts).sort(), ["one", "shared", "two"]);
  assert.equal(run(texts["shared"], texts["one"]), [1, 2, 5]);
  assert.equal(run(texts["shared"], texts["two"]), [11]);
  assert.equal(run(texts["shared"], texts["one"], texts["two"]), [1, 2, 5, 11]);
  for (const text of Object.values(texts)) {
    assert.not.match(text, "nobody");
    assert.not.match(text, /\b(import|export)\b/);
  }
  assert.not.match(`${texts["one"]}${texts["two"]}`, "class");
});

test("what only a dropped method used goes with it, from what is shared too", async () => {
  const texts = await bundled({
    "shared.ts": `export function deep(): string { return "deep"; } export function near(): string { return "near"; }`,
    "one.ts": `import { deep, near } from "./shared.ts";
      class A { used(): string { return near(); } dead(): string { return deep(); } }
      results.push(new A().used());`,
    "two.ts": "results.push(2);",
  });
  assert.equal(run(texts["shared"], texts["one"]), ["near"]);
  assert.not.match(texts["shared"] ?? "", "deep");
});

test("one file stands in the place of another", async () => {
  const texts = await bundled(
    {
      "shared.ts": "export const base = 1;",
      "checked.ts": `export function check(): void { throw new Error("checked"); }`,
      "own.ts": "export function check(): void {}",
      "one.ts": `import { check } from "./checked.ts"; import { base } from "./shared.ts"; check(); results.push(base);`,
      "two.ts": `import { base } from "./shared.ts"; results.push(base);`,
    },
    { "checked.ts": "own.ts" },
  );
  assert.equal(run(texts["shared"], texts["one"]), [1]);
  assert.not.match(texts["one"] ?? "", "checked");
});

test("what stands in the place of the checks of arguments has the same names", () => {
  assert.equal(Object.keys(own).sort(), Object.keys(checked).sort());
});

test("what pages serve themselves is one file each, without imports", () => {
  for (const name of ["worker", "worklet"]) {
    const text = readFileSync(new URL(`../../dist/${name}.js`, import.meta.url), "utf8");
    const { module, errors } = parseSync(`${name}.js`, text);
    assert.equal(errors, []);
    assert.equal([...module.staticImports, ...module.dynamicImports, ...module.staticExports], []);
  }
});

test.run();
