import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { build } from "esbuild";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Formats, loadG711, loadG711Sync } from "../../src/g711.ts";
import { type LoadOptions, loadDsp, loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";

const hasCode = (code: string) => (error: { code: string }) => error.code === code;
const source = (path: string) => new URL(`../../src/${path}`, import.meta.url);

/** `voxwire/g711` as one minified file, with gzip. */
const MOST_G711_BYTES = 12.5 * 1024;

/** Runs module code in a fresh process, where nothing has been compiled yet; returns what it printed as JSON. */
function inFreshProcess(code: string): Record<string, unknown> {
  const prologue = `
    const { loadDsp, loadDspSync } = await import(${JSON.stringify(source("index.ts").href)});
    const { loadG711, loadG711Sync } = await import(${JSON.stringify(source("g711.ts").href)});
    const errorOf = async (attempt) => {
      try { await attempt(); } catch ({ code, hint, name }) { return { code, hint, name }; }
      return "nothing was thrown";
    };`;
  const { stdout, stderr, status } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "--eval", prologue + code],
    { encoding: "utf8" },
  );
  assert.is(status, 0, stderr);
  return JSON.parse(stdout);
}

test("the thread's one core is shared by all ways of loading it, and each backend has its own", async () => {
  const [one, other] = await Promise.all([loadDsp(), loadDsp()]);
  assert.is(one, other);
  assert.is(loadDspSync(), one);
  assert.is(loadDspSync({ backend: "auto" }), one);
  assert.is(loadDspSync({ backend: "wasm" }), one);
  assert.is(one.backend, "wasm");
  const js = loadDspSync({ backend: "js" });
  assert.is(js.backend, "js");
  assert.is.not(js, one);
  assert.is(await loadDsp({ backend: "js" }), js);
  assert.is(loadDspSync(), one);
});

test("asking for the WebAssembly core first makes it the one that auto gives", () => {
  const result = inFreshProcess(`
    const wasm = loadDspSync({ backend: "wasm" });
    console.log(JSON.stringify({ same: loadDspSync() === wasm && (await loadDsp()) === wasm }));`);
  assert.equal(result, { same: true });
});

for (const backend of ["wasm", "js"] as const) {
  test(`${backend}: with memoryBytes each load is an engine of its own, as large as asked for`, async () => {
    for (const memoryBytes of [320 * 1024, 400_001, 1 << 20]) {
      const one = loadDspSync({ backend, memoryBytes });
      const other = await loadDsp({ backend, memoryBytes });
      assert.is.not(one, other);
      assert.is(one.backend, backend);
      assert.ok(one.memory.capacityBytes >= memoryBytes - 65536, `${one.memory.capacityBytes}`);
      const view = one.allocInt16(3);
      assert.is.not(view.buffer, other.allocInt16(3).buffer);
      sameSamples(one.mulaw.encode(Int16Array.of(0, -1, 32767)), [0xff, 0x7f, 0x80]);
    }
  });
}

test("wrong options are refused in both forms, before anything is loaded", async () => {
  const wrong = [
    { memoryBytes: 0 },
    { memoryBytes: 320 * 1024 - 1 },
    { memoryBytes: 2 ** 31 + 1 },
    { memoryBytes: 1.5e6 + 0.5 },
    { memoryBytes: Number.NaN },
    { memoryBytes: "1000000" },
    { backend: "native" },
    { backend: "toString" },
  ] as unknown as LoadOptions[];
  for (const options of wrong) {
    assert.throws(() => loadDspSync(options), hasCode("ERR_CONFIG"));
    assert.throws(() => loadG711Sync(options), hasCode("ERR_CONFIG"));
    for (const load of [loadDsp, loadG711]) {
      await load(options).then(
        () => assert.unreachable("nothing was thrown"),
        (error) => assert.is(error.code, "ERR_CONFIG"),
      );
    }
  }
});

const refusals = {
  "no WebAssembly at all": "delete globalThis.WebAssembly;",
  "a policy that refuses to compile": `
    const refuse = () => { throw new WebAssembly.CompileError("blocked by Content Security Policy"); };
    WebAssembly.Module = function Module() { refuse(); };
    WebAssembly.compile = async () => refuse();`,
  "WebAssembly without SIMD": `
    const { Module } = WebAssembly;
    WebAssembly.Module = class extends Module {
      constructor() { super(Uint8Array.of(0, 97, 115, 109, 9, 0, 0, 0)); }
    };
    WebAssembly.compile = async () => new WebAssembly.Module();`,
};

for (const [what, refusal] of Object.entries(refusals)) {
  test(`${what}: auto falls back to plain TypeScript, "wasm" says why and what a page must allow`, () => {
    const result = inFreshProcess(`${refusal}
      const later = await loadDsp();
      const samples = Int16Array.from({ length: 1000 }, (_, i) => i * 65 - 32768);
      console.log(JSON.stringify({
        sync: loadG711Sync().backend,
        async: (await loadG711()).backend,
        dsp: later.backend,
        isShared: loadDspSync() === later && loadDspSync({ backend: "js" }) === later,
        works: [...later.mulaw.decode(later.mulaw.encode(samples))],
        refusedSync: await errorOf(() => loadDspSync({ backend: "wasm" })),
        refused: await errorOf(() => loadDsp({ backend: "wasm" })),
        refusedG711: await errorOf(() => loadG711({ backend: "wasm" })),
      }));`);
    assert.is(result.sync, "js");
    assert.is(result.async, "js");
    assert.is(result.dsp, "js");
    assert.is(result.isShared, true);
    const dsp = loadDspSync();
    const samples = Int16Array.from({ length: 1000 }, (_, i) => i * 65 - 32768);
    assert.equal(result.works, [...dsp.mulaw.decode(dsp.mulaw.encode(samples))]);
    for (const refused of [result.refused, result.refusedSync, result.refusedG711]) {
      const { code, hint, name } = refused as { code: string; hint: string; name: string };
      assert.is(code, "ERR_WASM_UNAVAILABLE");
      assert.is(name, "WasmError");
      assert.match(hint, /wasm-unsafe-eval/);
      assert.match(hint, /"js"/);
    }
  });
}

test("voxwire/g711 alone does all of the formats, on an engine of its own", async () => {
  const one: Formats = await loadG711();
  assert.is.not(one, loadG711Sync());
  assert.is(one.backend, "wasm");
  assert.is("createResampler" in one, false);
  const pcm = Int16Array.from({ length: 500 }, (_, i) => i * 100 - 25_000);
  sameSamples(one.mulaw.encode(pcm), loadDspSync().mulaw.encode(pcm));
  assert.is(one.base64.encode(one.alaw.encode(new Int16Array(3))), "1dXV");
  assert.is(
    one.createSlicer({ frameSamples: 10 }).push(pcm, () => {}),
    50,
  );
});

test("voxwire/g711 pulls in neither the resampler nor node, and stays small as one file", async () => {
  const { outputFiles, metafile } = await build({
    entryPoints: [source("g711.ts").pathname],
    bundle: true,
    minify: true,
    format: "esm",
    platform: "browser",
    write: false,
    metafile: true,
  });
  const inputs = Object.keys(metafile.inputs);
  assert.ok(
    inputs.some((path) => path.endsWith("generated/formats-wasm.ts")),
    inputs.join(", "),
  );
  assert.equal(
    inputs.filter((path) => /resampler|dsp\/dsp\.ts|node_modules/.test(path)),
    [],
  );
  const text = outputFiles[0]!.contents;
  const packed = gzipSync(text, { level: 9 }).length;
  const wasm = gzipSync(readFileSync(new URL("../../build/wasm/formats.wasm", import.meta.url)), {
    level: 9,
  });
  console.log(
    `voxwire/g711: ${text.length} bytes, ${packed} with gzip (its WebAssembly alone: ${wasm.length})`,
  );
  assert.ok(packed <= MOST_G711_BYTES, `${packed} bytes`);
});

test.run();
