import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { sine } from "../samples.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { STRICT_POLICY, serveStatic } from "./static-server.ts";

/** What every realm is asked for: a tone through every quality and the codec, how it was made, and WebAssembly or an error. */
const CHAIN = `
  export async function chain(load) {
    const dsp = await load();
    const tone = Float32Array.from({ length: 4800 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 48000));
    const rates = { inputRate: 48000, outputRate: 8000 };
    const resampled = ["voice", "high", "best"].map((quality) => [...dsp.resample(tone, { ...rates, quality })]);
    const codes = [...dsp.mulaw.encode(dsp.pcm.floatToInt16(tone)), ...dsp.alaw.encode(dsp.pcm.floatToInt16(tone))];
    let refusal = "";
    try { await load({ backend: "wasm" }); } catch ({ code, hint }) { refusal = code + ": " + hint; }
    return { backend: dsp.backend, resampled, codes, refusal };
  }`;
const WORKER = `
  import { loadDspSync } from "/dist/index.js";
  import { chain } from "/chain.js";
  chain(loadDspSync).then((result) => self.postMessage(result));`;
const WORKLET = `
  import { loadDspSync } from "./dist/index.js";
  import { chain } from "chain";
  registerProcessor("chain", class extends AudioWorkletProcessor {
    constructor() { super(); chain(loadDspSync).then((result) => this.port.postMessage(result)); }
    process() { return true; }
  });`;

interface ChainResult {
  backend: string;
  resampled: number[][];
  codes: number[];
  refusal: string;
}

const dsp = loadDspSync();
const tone = sine(4800, 440, 48000);
const rates = { inputRate: 48000, outputRate: 8000 };
const resampled = (["voice", "high", "best"] as const).map((quality) =>
  dsp.resample(tone, { ...rates, quality }),
);
const pcm = dsp.pcm.floatToInt16(tone);
const codes = [...dsp.mulaw.encode(pcm), ...dsp.alaw.encode(pcm)];

/** Every quality's samples within so many dB of full scale of those that Node gets. */
function expectWithin(limitDb: number, result: ChainResult): void {
  for (const [i, expected] of resampled.entries()) {
    const samples = result.resampled[i]!;
    assert.is(samples.length, expected.length);
    const squares = expected.reduce((sum, x, k) => sum + (x - samples[k]!) ** 2, 0);
    const errorDb = 10 * Math.log10(squares / expected.length + 1e-30);
    assert.ok(errorDb < limitDb, `quality ${i}: ${errorDb} dB`);
  }
}

const realms = suite("the audio core in Chromium");
const browser = await openBrowser();
realms.after(() => browser.close());

async function open(policy: string) {
  const files = { "/chain.js": CHAIN, "/worker.js": WORKER, "/worklet.js": await bundleWorklet() };
  const server = await serveStatic({ policy, files });
  const { page, complaints } = await openPage(browser, server.url);
  const close = async () => {
    await page.context().close();
    await server.close();
  };
  return { page, complaints, close };
}

/** A worklet is one file without imports: it cannot load anything itself where a policy is strict. */
async function bundleWorklet(): Promise<string> {
  const chain = { name: "chain", setup: useChain };
  const { outputFiles } = await build({
    stdin: { contents: WORKLET, resolveDir: process.cwd() },
    bundle: true,
    format: "esm",
    write: false,
    plugins: [chain],
  });
  return outputFiles[0]!.text;
}

function useChain(made: import("esbuild").PluginBuild): void {
  made.onResolve({ filter: /^chain$/ }, () => ({ path: "chain", namespace: "chain" }));
  made.onLoad({ filter: /.*/, namespace: "chain" }, () => ({ contents: CHAIN }));
}

const RUNS: Readonly<Record<string, string>> = {
  page: `import("/dist/index.js").then(async ({ loadDsp }) => (await import("/chain.js")).chain(loadDsp))`,
  worker: `new Promise((resolve, reject) => {
    const worker = new Worker("/worker.js", { type: "module" });
    worker.onmessage = ({ data }) => resolve(data);
    worker.onerror = (event) => reject(new Error(event.message));
  })`,
  worklet: `(async () => {
    const context = new AudioContext();
    await context.audioWorklet.addModule("/worklet.js");
    const node = new AudioWorkletNode(context, "chain");
    return new Promise((resolve) => { node.port.onmessage = ({ data }) => resolve(data); });
  })()`,
};

for (const [realm, script] of Object.entries(RUNS)) {
  realms(`gives a ${realm} under a strict policy the samples that Node gets, by WebAssembly`, async () => {
    const { page, complaints, close } = await open(STRICT_POLICY);
    const result = await page.evaluate<ChainResult>(script);
    assert.is(result.backend, "wasm");
    assert.is(result.refusal, "");
    assert.equal(result.codes, codes);
    // not bit for bit: filters are made with Math.cos, whose last bit differs between versions of V8
    expectWithin(-140, result);
    assert.equal(complaints, []);
    await close();
  });

  realms(`does without WebAssembly in a ${realm} whose policy forbids it`, async () => {
    const { page, close } = await open(STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""));
    const result = await page.evaluate<ChainResult>(script);
    assert.is(result.backend, "js");
    assert.match(result.refusal, /^ERR_WASM_UNAVAILABLE: .*wasm-unsafe-eval/);
    assert.equal(result.codes, codes);
    expectWithin(-120, result);
    await close();
  });
}

realms.run();
