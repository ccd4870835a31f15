import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { unpackBytes } from "../../src/dsp/compile.ts";
import { formatsWasm } from "../../src/dsp/generated/formats-wasm.ts";
import { g711Wasm } from "../../src/dsp/generated/g711-wasm.ts";
import { resamplerWasm } from "../../src/dsp/generated/resampler-wasm.ts";
import { wireTwins } from "../../src/dsp/twins/wire-set.ts";
import { loadWireDspWith } from "../../src/dsp/wire-cores.ts";
import { type Formats, loadG711, loadG711Sync } from "../../src/g711.ts";
import { type LoadOptions, loadDsp, loadDspSync } from "../../src/index.ts";
import { loadDspSync as loadVoiceSync } from "../../src/voice.ts";
import { sameSamples } from "../samples.ts";

const hasCode = (code: string) => (error: { code: string }) => error.code === code;
const source = (path: string) => new URL(`../../src/${path}`, import.meta.url);

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

test("plain TypeScript that is not served is an error with a code, and is asked for again the next time", async () => {
  const isMissing = () => Promise.reject(new TypeError("Failed to fetch dynamically imported module"));
  const error = await loadWireDspWith({ backend: "js", memoryBytes: 1 << 20 }, isMissing).catch((e) => e);
  assert.is(error.code, "ERR_WASM_UNAVAILABLE");
  assert.match(error.hint, /served/);
  assert.instance(error.cause, TypeError);
  const dsp = await loadWireDspWith({ backend: "js", memoryBytes: 1 << 20 }, async () => wireTwins);
  assert.is(dsp.backend, "js");
});

test("in Node, modules that few need are compiled when they are first used", () => {
  const result = inFreshProcess(`
    const compiled = [];
    const { compile } = WebAssembly;
    WebAssembly.compile = (bytes) => { compiled.push("ahead"); return compile(bytes); };
    const node = await import(${JSON.stringify(source("index-node.ts").href)});
    const dsp = await node.loadDsp();
    const ahead = compiled.length;
    const rates = { inputRate: 48000, outputRate: 16000 };
    const lengths = ["high", "best"].map((quality) => dsp.resample(new Float32Array(480), { ...rates, quality }).length);
    console.log(JSON.stringify({ ahead, backend: dsp.backend, lengths }));`);
  assert.equal(result, { ahead: 2, backend: "wasm", lengths: [160, 160] });
});

test("voxwire/g711 alone does G.711, formats and slicing, on an engine of its own", async () => {
  const one: Formats = await loadG711();
  assert.is.not(one, loadG711Sync());
  assert.is(one.backend, "wasm");
  assert.is("createResampler" in one, false);
  const pcm = Int16Array.from({ length: 500 }, (_, i) => i * 100 - 25_000);
  sameSamples(one.mulaw.encode(pcm), loadDspSync().mulaw.encode(pcm));
  assert.equal([...one.alaw.encode(new Int16Array(3))], [0xd5, 0xd5, 0xd5]);
  assert.is(
    one.createSlicer({ frameSamples: 10 }).push(pcm, () => {}),
    50,
  );
});

test("voxwire/voice does what voxwire does at the quality voice, and says where the others are", async () => {
  const voice = loadVoiceSync({ memoryBytes: 1 << 20 });
  const whole = loadDspSync();
  const tone = Float32Array.from({ length: 4800 }, (_, i) => Math.sin(i / 20));
  const rates = { inputRate: 48000, outputRate: 8000 };
  sameSamples(voice.resample(tone, rates), whole.resample(tone, rates));
  assert.throws(
    () => voice.createResampler({ ...rates, quality: "best" }),
    (error: { code: string; hint: string }) =>
      error.code === "ERR_CONFIG" && /loadDsp of "voxwire"/.test(error.hint),
  );
});

test("all entries that load a core share the thread's one, whichever comes first", () => {
  const result = inFreshProcess(`
    const voice = await import(${JSON.stringify(source("voice.ts").href)});
    const rates = { inputRate: 8000, outputRate: 16000, quality: "high" };
    const before = voice.loadDspSync();
    const isKept = voice.loadDspSync() === before && (await voice.loadDsp()) === before;
    const refused = await errorOf(() => before.createResampler(rates));
    const whole = loadDspSync();
    whole.createResampler(rates);
    console.log(JSON.stringify({
      isKept,
      refused: refused.code,
      isShared: voice.loadDspSync() === whole && (await loadDsp()) === whole,
      backends: [before.backend, whole.backend],
    }));`);
  assert.equal(result, {
    isKept: true,
    refused: "ERR_CONFIG",
    isShared: true,
    backends: ["wasm", "wasm"],
  });
});

test("what is embedded is the module that was built, byte for byte", () => {
  const modules = {
    formats: formatsWasm,
    g711: g711Wasm,
    resampler: resamplerWasm,
  };
  for (const [name, text] of Object.entries(modules)) {
    const built = readFileSync(new URL(`../../build/wasm/${name}.wasm`, import.meta.url));
    assert.ok(built.equals(unpackBytes(text)), name);
  }
});

test("bytes of every value survive packing, in characters that no string has to escape", async () => {
  const script = new URL("../../scripts/package/pack-bytes.mjs", import.meta.url).href;
  const { packBytes } = (await import(script)) as { packBytes(bytes: Uint8Array): string };
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), (bytes) => {
      const text = packBytes(bytes);
      assert.match(text, /^[#-[\]-~]*$/);
      assert.equal([...unpackBytes(text)], [...bytes]);
    }),
  );
});

test.run();
