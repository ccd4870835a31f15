import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { withTree } from "../scripts/run-script.ts";
import { startVoxwire, voxwire } from "./run-cli.ts";

/** Each way to write a handler that gives back every sample with its sign turned: told from the echo at once. */
const GOOD: Record<string, string> = {
  "class.ts": `
    import { type AudioFrame, StreamHandler } from "voxwire/server";
    enum Sign { Turned = -1 }
    export default class Turn extends StreamHandler {
      private queue: Int16Array[] = [];
      constructor(private readonly sign: number = Sign.Turned) { super(); }
      copy() { return new Turn(this.sign); }
      receive(frame: AudioFrame) { this.queue.push(frame.samples.map((x) => x * this.sign)); }
      emit() { return this.queue.shift() ?? null; }
    }`,
  "generator.ts": `
    import type { GeneratorSession } from "./types.ts";
    export async function* handler(session: GeneratorSession) {
      for await (const frame of session) yield frame.samples.map((x: number) => -x);
    }`,
  "commonjs/handler.ts": `
    export const handler = async function* (session: AsyncIterable<{ samples: Int16Array }>) {
      for await (const frame of session) yield frame.samples.map((x) => -x);
    };`,
  "factory.mjs": `
    import { GeneratorHandler } from "voxwire/server";
    export default () => new GeneratorHandler(async function* (session) {
      for await (const frame of session) yield frame.samples.map((x) => -x);
    });`,
  "instance.mts": `
    import { GeneratorHandler } from "voxwire/server";
    export const handler = new GeneratorHandler(async function* (session) {
      for await (const frame of session) yield frame.samples.map((x: number) => -x);
    });`,
  "plain.cjs": `
    exports.handler = async function* (session) {
      for await (const frame of session) yield frame.samples.map((x) => -x);
    };`,
};

const TREE = {
  ...GOOD,
  "types.ts": "export interface GeneratorSession extends AsyncIterable<{ samples: Int16Array }> {}",
  "commonjs/package.json": '{ "type": "commonjs" }',
};

for (const file of Object.keys(GOOD)) {
  test(`handler from a file, in its own process on this Node: ${file}`, async () => {
    await withTree(TREE, async (root) => {
      const server = startVoxwire(["serve", "--port", "0", "--handler", file, "--quiet"], root);
      const [url] = await server.waitFor(/ws:\/\/[\d.:]+/);
      const client = await connect(url, {
        format: { input: { encoding: "pcm16" }, output: { encoding: "pcm16" } },
      });
      const answer = new Promise<Int16Array>((resolve) =>
        client.once("audio", ({ samples }) => resolve(samples)),
      );
      client.send(new Int16Array(480).fill(1234));
      assert.equal(new Set(await answer), new Set([-1234]));
      await client.close();
      server.child.kill("SIGINT");
      const { code, stderr } = await server.done;
      assert.is(code, 0, stderr);
      assert.is(stderr, "");
    });
  });
}

/** Files that give no handler, and what must be said about them. */
const BAD: Record<string, [text: string, ...expected: RegExp[]]> = {
  "syntax.ts": ["export default class {\n  receive( { }\n}\n", /syntax\.ts:3: Expected "\)"/],
  "syntax.mjs": ["export default class {\n  receive( { }\n}\n", /syntax\.mjs:3: Unexpected token/],
  "throws.ts": ["const a: number = 1;\n\nthrow new Error('boom ' + a);\n", /throws\.ts:3: boom 1\./],
  "throws.mjs": ["throw 'text';\n", /it threw "text"/],
  "package.mjs": [
    "import 'no-such-package/sub';\n",
    /Cannot find package 'no-such-package'/,
    /npm install no-such-package$/,
  ],
  "path.mjs": ["import './nix';\n", /Cannot find module/, /needs the file's extension\.$/],
  "nothing.ts": ["const a: number = 1;\nvoid a;\n", /exports nothing; expected a handler\. Export a class/],
  "others.mjs": ["export const a = 1, b = 2;\n", /exports a, b; expected a handler\./],
  "number.mjs": ["export default 42;\n", /gives no handler: handler is 42/],
  "wrong-factory.mjs": [
    "export default () => ({ receive() {} });\n",
    /gives no handler: The handler factory returned/,
  ],
  "constructor.mjs": [
    "import { StreamHandler } from 'voxwire/server';\nexport default class extends StreamHandler {\n" +
      "  constructor({ key }) { super(); }\n  copy() {}\n  receive() {}\n  emit() {}\n}\n",
    /gives no handler: .*key/,
  ],
  "handler.py": ["", /is neither JavaScript nor TypeScript\. A handler's file ends in \.ts/],
};

for (const [file, [text, ...expected]] of Object.entries(BAD)) {
  test(`a file without a handler is one line that says why, exit code 1: ${file}`, async () => {
    await withTree({ [file]: text }, async (root) => {
      const { code, stdout, stderr } = await voxwire(["serve", "--port", "0", "--handler", file], root);
      assert.is(code, 1, stdout);
      assert.match(stderr, /^error: [^\n]+\n$/);
      assert.match(stderr, file);
      for (const pattern of expected) assert.match(stderr.trim(), pattern);
    });
  });
}

test("a file that is not there: the one that may be meant is named, a wrong ending included", async () => {
  await withTree({ "my-handler.ts": "export {};" }, async (root) => {
    const [ending, typo, nothing, folder] = await Promise.all(
      ["my-handler.js", "my-hander.ts", "else/where.ts", "."].map((file) =>
        voxwire(["serve", "--port", "0", "--handler", file], root),
      ),
    );
    for (const outcome of [ending!, typo!]) {
      assert.is(outcome.code, 1);
      assert.match(outcome.stderr, /does not exist\. Did you mean \.\/my-handler\.ts\?/);
    }
    assert.match(nothing!.stderr, /"else\/where\.ts" does not exist\. Looked for \//);
    assert.match(folder!.stderr, /"\." is not a file/);
  });
});

test("a handler whose module waits for what never comes: it says so, and Ctrl-C ends it", async () => {
  await withTree({ "hangs.mjs": "await new Promise(() => {});" }, async (folder) => {
    for (const more of [[], ["--workers", "1"]]) {
      const server = startVoxwire(["serve", "--port", "0", "--handler", "hangs.mjs", ...more], folder);
      await server.waitFor(/note: "hangs\.mjs" is still loading/);
      server.child.kill("SIGINT");
      const { stdout, stderr } = await server.done;
      assert.is(stdout, "");
      assert.not.match(stderr, /^ +at /m);
    }
  });
});

test("a handler that throws in a call: the server's line says what and where, and the server goes on", async () => {
  const text = `export async function* handler(session: AsyncIterable<{ samples: Int16Array }>) {
  for await (const frame of session) throw new RangeError("too much of " + frame.samples.length);
}`;
  await withTree({ "fails.ts": text }, async (root) => {
    const server = startVoxwire(["serve", "--port", "0", "--handler", "fails.ts", "--quiet"], root);
    const [url] = await server.waitFor(/ws:\/\/[\d.:]+\d/);
    for (let call = 0; call < 2; call++) {
      const client = await connect(url);
      client.send(new Int16Array(480));
      assert.is((await client.closed).code, 1011);
    }
    server.child.kill("SIGINT");
    const { code, stderr } = await server.done;
    assert.is(code, 0);
    const lines = stderr.trim().split("\n");
    assert.is(lines.length, 2);
    for (const line of lines)
      assert.match(line, /^error: .* RangeError: too much of 480 \(fails\.ts:2:\d+\)$/);
  });
});

test("a handler that throws what is no error: the line shows it, and the server goes on", async () => {
  const thrown = {
    text: ['"oops"', "error: 'oops'"],
    circle: ["Object.assign(circle, { circle })", "error: <ref *1> { circle: [Circular *1] }"],
    bare: ["Object.assign(Object.create(null), { a: 1n })", "error: [Object: null prototype] { a: 1n }"],
    nothing: ["undefined", "error: undefined"],
    unprintable: ["unprintable", "(The logger failed on the rest of this line.)"],
  };
  const text = `const circle = {};
const unprintable = { [Symbol.for("nodejs.util.inspect.custom")]() { throw new Error("never"); } };
const thrown = { ${Object.entries(thrown).map(([name, [code]]) => `${name}: ${code}`)} };
export async function* handler(session) { throw thrown[session.id]; }`;
  await withTree({ "throws.mjs": text }, async (root) => {
    const server = startVoxwire(["serve", "--port", "0", "--handler", "throws.mjs", "--quiet"], root);
    const [url] = await server.waitFor(/ws:\/\/[\d.:]+\d/);
    for (const id of Object.keys(thrown)) {
      const client = await connect(url, { id });
      assert.is((await client.closed).code, 1011);
    }
    server.child.kill("SIGINT");
    const { code, stderr } = await server.done;
    assert.is(code, 0);
    const lines = stderr.trim().split("\n");
    for (const [i, [, shown]] of Object.values(thrown).entries())
      assert.ok(lines[i]?.endsWith(shown!), lines[i]);
  });
});

test("a handler that sends what is not audio: the line says where in the handler", async () => {
  const text = `const make = () => ({
  copy: make,
  receive(frame, session) { session.send("audio"); },
  emit: () => null,
});
export default make;`;
  await withTree({ "sends.mjs": text }, async (root) => {
    const server = startVoxwire(["serve", "--port", "0", "--handler", "sends.mjs", "--quiet"], root);
    const [url] = await server.waitFor(/ws:\/\/[\d.:]+\d/);
    const client = await connect(url);
    client.send(new Int16Array(480));
    assert.is((await client.closed).code, 1011);
    server.child.kill("SIGINT");
    assert.match((await server.done).stderr, /"audio" is not audio; .* \(sends\.mjs:3:\d+\)\n$/);
  });
});

test.run();
