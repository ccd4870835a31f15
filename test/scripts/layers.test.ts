import { test } from "uvu";
import * as assert from "uvu/assert";
import { runScript, withTree } from "./run-script.ts";

interface Breach {
  readonly file: string;
  readonly line: number;
  readonly seen: string;
  readonly rule: string;
  readonly todo: string;
}

/** The breaches in a tree, given by paths below src/. */
async function breaches(files: Record<string, string>): Promise<Breach[]> {
  const tree = Object.fromEntries(Object.entries(files).map(([path, text]) => [`src/${path}`, text]));
  return withTree(tree, async (root) => {
    const { output } = await runScript("layers.mjs", "--json", "--root", root);
    return JSON.parse(output).breaches;
  });
}

/** One breach, in `file` at `line`, whose words match `words`. */
async function breaks(files: Record<string, string>, file: string, line: number, words: RegExp) {
  const found = await breaches(files);
  assert.is(found.length, 1, `one breach expected: ${JSON.stringify(found, null, 2)}`);
  const [breach] = found;
  assert.is(`${breach?.file}:${breach?.line}`, `src/${file}:${line}`);
  assert.match(`${breach?.seen} | ${breach?.rule} | ${breach?.todo}`, words);
}

async function holds(files: Record<string, string>) {
  assert.equal(await breaches(files), []);
}

const empty = "export {};\n";

test("the repository's own source holds every rule", async () => {
  const { code, output } = await runScript("layers.mjs");
  assert.is(code, 0, output);
  assert.match(output, /layers: [1-9]\d* files, [1-9]\d* imports, 0 against the rules/);
});

test("a tree in which every layer imports what it may holds every rule", async () => {
  await holds({
    "core/errors.ts": "export const code = 1;\n",
    "dsp/dsp.ts":
      'import { code } from "../core/errors.ts";\nexport const dsp = code;\nexport type Pcm = Int16Array;\n',
    "codec/mulaw.ts": 'export { dsp } from "../dsp/dsp.ts";\n',
    "files/wav.ts":
      'import "node:fs";\nimport "../codec/mulaw.ts";\nexport const load = () => import("audio-decode");\n',
    "stream/session.ts": 'export * from "../codec/mulaw.ts";\n',
    "transport/protocol/fastrtc.ts":
      'import "../../core/errors.ts";\nimport type { Pcm } from "../../dsp/dsp.ts";\nexport type P = Pcm;\n',
    "transport/server.ts":
      'import "ws";\nimport "node:http";\nimport "./protocol/fastrtc.ts";\nimport "../stream/session.ts";\n',
    "client/state.ts": 'import "../transport/protocol/fastrtc.ts";\nimport "../stream/session.ts";\n',
    "client/node-socket.ts": 'import "ws";\nimport "./state.ts";\nimport "../files/wav.ts";\n',
    "client/browser/speaker.ts": 'import "../state.ts";\nexport const context = new AudioContext();\n',
    "testing/handler.ts": 'import "node:fs";\nimport "../files/wav.ts";\nimport "../stream/session.ts";\n',
    "playground/page.ts": 'import "../client/browser/speaker.ts";\ndocument.title = "";\n',
    "cli/main.ts": 'import "commander";\nimport "../transport/server.ts";\nimport "../client.ts";\n',
    "index.ts": 'import "./stream/session.ts";\n',
    "g711.ts": 'import "./dsp/dsp.ts";\n',
    "server.ts": 'import "./transport/server.ts";\n',
    "client.ts": 'import "./client/node-socket.ts";\n',
    "client-browser.ts": 'import "./client/browser/speaker.ts";\n',
    "files.ts": 'import "./files/wav.ts";\n',
    "testing.ts": 'import "./testing/handler.ts";\n',
  });
});

// who may not import whom
const upward: readonly [from: string, to: string][] = [
  ["core/a.ts", "dsp/b.ts"],
  ["dsp/a.ts", "codec/b.ts"],
  ["codec/a.ts", "stream/b.ts"],
  ["files/a.ts", "stream/b.ts"],
  ["stream/a.ts", "files/b.ts"],
  ["stream/a.ts", "transport/protocol/b.ts"],
  ["transport/protocol/a.ts", "stream/b.ts"],
  ["transport/protocol/a.ts", "transport/b.ts"],
  ["transport/a.ts", "client/b.ts"],
  ["client/a.ts", "transport/b.ts"],
  ["client/a.ts", "client/node.ts"],
  ["client/node.ts", "transport/server.ts"],
  ["client/browser.ts", "client/node.ts"],
  ["testing/a.ts", "transport/b.ts"],
  ["stream/a.ts", "testing/b.ts"],
  ["dsp/a.ts", "index.ts"],
  ["index.ts", "transport/b.ts"],
  ["g711.ts", "stream/b.ts"],
  ["client.ts", "transport/b.ts"],
  ["client-browser.ts", "client/node.ts"],
  ["server.ts", "client/b.ts"],
];
for (const [from, to] of upward) {
  test(`${from} may not import ${to}`, async () => {
    const path = `${"../".repeat(from.split("/").length - 1) || "./"}${to}`;
    await breaks(
      { [from]: `// one\nimport "${path}";\n`, [to]: empty },
      from,
      2,
      /may import .*, not src|may import nothing, not src|may import only types from src/,
    );
  });
}

const forms: readonly [name: string, text: string][] = [
  ["import", 'import { a } from "../dsp/b.ts";'],
  ["import for its effect", 'import "../dsp/b.ts";'],
  ["import type", 'import type { A } from "../dsp/b.ts";'],
  ["import of a type among values", 'import { type A } from "../dsp/b.ts";'],
  ["export from", 'export { a } from "../dsp/b.ts";'],
  ["export all", 'export * from "../dsp/b.ts";'],
  ["export all as", 'export * as b from "../dsp/b.ts";'],
  ["dynamic import", 'export const load = () => import("../dsp/b.ts");'],
  ["dynamic import of a plain template", "export const load = () => import(`../dsp/b.ts`);"],
  ["import type expression", 'export type A = import("../dsp/b.ts").A;'],
  ["import over several lines", 'import {\n  a,\n} from "../dsp/b.ts";'],
  ["worker's URL", 'export const url = new URL("../dsp/b.js", import.meta.url);'],
];
for (const [name, text] of forms) {
  test(`the rules hold for an ${name}`, async () => {
    await breaks(
      { "core/a.ts": text, "dsp/b.ts": empty },
      "core/a.ts",
      1,
      /src\/core may import nothing, not src\/dsp/,
    );
  });
}

test("imports in comments and strings are none", async () => {
  await holds({
    "core/a.ts":
      '// import "../dsp/b.ts"\n/* export * from "../dsp/b.ts" */\nexport const s = `import "../dsp/b.ts"`;\n',
    "dsp/b.ts": empty,
  });
});

test("the protocol may take types from dsp, but no values", async () => {
  await breaks(
    { "transport/protocol/a.ts": 'import { b } from "../../dsp/b.ts";', "dsp/b.ts": empty },
    "transport/protocol/a.ts",
    1,
    /only types from src\/dsp/,
  );
});

for (const [file, specifier] of [
  ["core/a.ts", "node:fs"],
  ["stream/a.ts", "node:worker_threads"],
  ["transport/protocol/a.ts", "ws"],
  ["client/state.ts", "ws"],
  ["client/browser/a.ts", "node:buffer"],
] as const) {
  test(`${file} may not use ${specifier}`, async () => {
    await breaks({ [file]: `import "${specifier}";` }, file, 1, /`ws` and `node:\*` only in/);
  });
}

test("Node's own modules are named with node:, other packages only where they are allowed", async () => {
  await breaks({ "cli/a.ts": 'import "fs";' }, "cli/a.ts", 1, /write "node:fs"/);
  await breaks({ "stream/a.ts": 'import "lodash/fp";' }, "stream/a.ts", 1, /may use nothing from npm/);
  await breaks({ "files/a.ts": 'import "voxwire";' }, "files/a.ts", 1, /its own package/);
});

test("a target known at run time only is for Node's layers", async () => {
  const text = "export const load = (path: string) => import(path);";
  await breaks({ "stream/a.ts": text }, "stream/a.ts", 1, /known at run time only/);
  await holds({ "cli/a.ts": text });
});

for (const [name, text] of [
  ["a value", "export const width = window.innerWidth;"],
  ["a type", "export function f(node: AudioWorkletNode): void {}"],
  ["a call", "navigator.mediaDevices.getUserMedia({});"],
  ["a typeof", 'export const isThere = typeof document !== "undefined";'],
  ["a base class", "export class P extends AudioWorkletProcessor {}"],
] as const) {
  test(`${name} of the DOM is for the browser client and the playground`, async () => {
    await breaks({ "stream/a.ts": text }, "stream/a.ts", 1, /DOM-only names/);
    await holds({ "client/browser-audio.ts": text });
  });
}

test("a name of one's own is no DOM name", async () => {
  await holds({
    "dsp/a.ts":
      "export function taper(x: Float32Array, window: Float32Array): number { return x[0]! * window[0]!; }",
    "dsp/b.ts":
      "const { document } = { document: 1 };\nexport const o = { window: document };\nexport const w = o.window;",
    "dsp/c.ts":
      "export interface Options { window?: number; navigator(): void }\nexport type F = (window: number) => void;",
  });
});

test("a cycle is found once, with its way, even of types alone", async () => {
  await breaks(
    {
      "core/a.ts": 'import "./b.ts";',
      "core/b.ts": 'import type { C } from "./c.ts";\nexport type B = C;',
      "core/c.ts": '// one\nexport * from "./a.ts";',
    },
    "core/a.ts",
    1,
    /src\/core\/a\.ts -> src\/core\/b\.ts -> src\/core\/c\.ts -> src\/core\/a\.ts/,
  );
  await breaks({ "core/a.ts": 'import "./a.ts";' }, "core/a.ts", 1, /cycle/);
});

test("what a browser loads reaches Node by no chain of values", async () => {
  const tree = {
    "index.ts": 'export * from "./stream/a.ts";',
    "stream/a.ts": 'export * from "../codec/b.ts";',
  };
  const found = await breaches({ ...tree, "codec/b.ts": 'import "node:fs";' });
  assert.equal(
    found.map(({ file }) => file),
    ["src/codec/b.ts", "src/index.ts"],
  );
  assert.match(found[1]?.seen ?? "", /"node:fs": src\/index\.ts -> src\/stream\/a\.ts -> src\/codec\/b\.ts/);
  await breaks(
    {
      "client-browser.ts": 'import "./client/state.ts";',
      "client/state.ts": 'import "../files/wav.ts";',
      "files/wav.ts": 'import "node:fs";',
    },
    "client-browser.ts",
    1,
    /src\/client\/state\.ts -> src\/files\/wav\.ts/,
  );
});

test("default exports, stray index files and strangers are named", async () => {
  await breaks({ "core/a.ts": "// one\nexport default 1;" }, "core/a.ts", 2, /default export/);
  await breaks({ "core/a.ts": "const a = 1;\nexport { a as default };" }, "core/a.ts", 2, /default export/);
  await breaks({ "core/index.ts": empty }, "core/index.ts", 1, /published borders/);
  await breaks({ "utils/a.ts": empty }, "utils/a.ts", 1, /belongs to no layer/);
  await breaks({ "extra.ts": empty }, "extra.ts", 1, /belongs to no layer/);
});

test("imports name files that are there, within src/", async () => {
  await breaks({ "core/a.ts": 'import "./b";', "core/b.ts": empty }, "core/a.ts", 1, /is no file/);
  await breaks({ "core/a.ts": 'import "../../test/b.ts";' }, "core/a.ts", 1, /nothing outside src/);
});

test("a file that cannot be read is a breach", async () => {
  const found = await breaches({ "core/a.ts": "export const = 1;" });
  assert.is(found.length > 0, true);
  assert.match(found[0]?.seen ?? "", /syntax error/);
});

test("the message says where, what, which rule and what to do", async () => {
  await withTree({ "src/core/a.ts": '\nimport "../dsp/b.ts";', "src/dsp/b.ts": empty }, async (root) => {
    const { code, output } = await runScript("layers.mjs", "--root", root);
    assert.is(code, 1);
    assert.match(
      output,
      /^src\/core\/a\.ts:2: import of "\.\.\/dsp\/b\.ts"\n {4}rule: .*src\/core may import nothing.*\n {4}do: {3}\S/,
    );
  });
});

test("a tree without sources, and a wrong option, are errors; --help says how", async () => {
  await withTree({ "src/readme.md": "" }, async (root) => {
    assert.is((await runScript("layers.mjs", "--root", root)).code, 1);
  });
  const wrong = await runScript("layers.mjs", "--rot", "x");
  assert.is(wrong.code, 2);
  assert.match(wrong.output, /--rot/);
  const help = await runScript("layers.mjs", "--help");
  assert.is(help.code, 0);
  assert.match(help.output, /Usage: .*layers\.mjs/);
});

test.run();
