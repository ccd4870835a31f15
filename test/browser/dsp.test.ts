import { build } from "esbuild";
import { suite } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { sine } from "../samples.ts";
import { openBrowser, openPage } from "./open-browser.ts";
import { STRICT_POLICY, serveStatic } from "./static-server.ts";

/** What every realm is asked for: a second of a tone through resampler and codec, and how it was made. */
const CHAIN = `
  export function chain(dsp) {
    const tone = Float32Array.from({ length: 4800 }, (_, i) => 0.5 * Math.sin((2 * Math.PI * 440 * i) / 48000));
    const pcm = dsp.pcm.floatToInt16(dsp.resample(tone, { inputRate: 48000, outputRate: 8000 }));
    return { backend: dsp.backend, bytes: [...dsp.mulaw.encode(pcm)] };
  }`;
const WORKER = `
  import { loadDspSync } from "/dist/index.js";
  import { chain } from "/chain.js";
  self.postMessage(chain(loadDspSync()));`;
const WORKLET = `
  import { loadDspSync } from "./dist/index.js";
  import { chain } from "chain";
  const result = chain(loadDspSync());
  registerProcessor("chain", class extends AudioWorkletProcessor {
    constructor() { super(); this.port.postMessage(result); }
    process() { return false; }
  });`;

interface ChainResult {
  backend: string;
  bytes: number[];
}

const dsp = loadDspSync();
const expected = [
  ...dsp.mulaw.encode(
    dsp.pcm.floatToInt16(dsp.resample(sine(4800, 440, 48000), { inputRate: 48000, outputRate: 8000 })),
  ),
];

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
  page: `import("/dist/index.js").then(async ({ loadDsp }) => (await import("/chain.js")).chain(await loadDsp()))`,
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
    assert.equal(result.bytes, expected);
    assert.equal(complaints, []);
    await close();
  });

  realms(`does without WebAssembly in a ${realm} whose policy forbids it`, async () => {
    const { page, close } = await open(STRICT_POLICY.replace(" 'wasm-unsafe-eval'", ""));
    const result = await page.evaluate<ChainResult>(script);
    assert.is(result.backend, "js");
    // filters agree within -120 dB, so a code at the edge of its step may be the next one
    const distant = result.bytes.filter((byte, i) => Math.abs(byte - expected[i]!) > 1);
    assert.equal(distant, []);
    await close();
  });
}

realms.run();
