import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync, type ResamplerOptions, VoxwireError } from "../../src/index.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import { ALL_PAIRS, name, type Pair, UNLIKE_PAIRS } from "./resampler-rates.ts";
import { measure } from "./resampler-tone.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });
const minimum = ([inputRate, outputRate]: Pair): ResamplerOptions => ({
  inputRate,
  outputRate,
  phase: "minimum",
});

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => next() * 2 - 1);
};

function checkResponse(dsp: Dsp, pair: Pair): void {
  const nyquist = Math.min(...pair) / 2;
  for (let part = 0.0123; part <= 0.9; part += 0.0986) {
    const { gainDb, restDb } = measure(dsp, pair, part * nyquist, "minimum");
    const where = `${name(pair)} at ${part.toFixed(2)} of Nyquist`;
    assert.ok(Math.abs(gainDb) < 0.06, `${where}: gain ${gainDb} dB`);
    assert.ok(restDb < -100, `${where}: images and aliases ${restDb} dB`);
  }
  for (
    let part = 1.1;
    part * nyquist < pair[0] * 0.4985;
    part += 0.0973 * Math.ceil(pair[0] / 2 / nyquist / 2)
  ) {
    const { restDb } = measure(dsp, pair, part * nyquist, "minimum");
    assert.ok(restDb < -100, `${name(pair)} at ${part.toFixed(2)} of Nyquist: alias ${restDb} dB`);
  }
}

test("every pair is flat within 0.1 dB to 0.9 of the lower Nyquist, with images and aliases 100 dB down", () => {
  for (const pair of UNLIKE_PAIRS) checkResponse(wasm, pair);
});

test("plain TypeScript has the same response", () => {
  for (const pair of [
    [48000, 8000],
    [8000, 48000],
    [44100, 16000],
    [8000, 16000],
  ] as const) {
    checkResponse(js, pair);
  }
});

test("the delay is at most 0.7 ms where the lower rate is 8 kHz, in proportion elsewhere", () => {
  for (const pair of ALL_PAIRS) {
    const resampler = wasm.createResampler(minimum(pair));
    const delayMs = (resampler.latencySamples / pair[0]) * 1000;
    assert.ok(delayMs <= (0.7 * 8000) / Math.min(...pair), `${name(pair)}: ${delayMs} ms`);
    resampler.dispose();
  }
});

test("a pulse in the voice's band comes out within 0.1 ms of its own instant", () => {
  for (const pair of [
    [48000, 8000],
    [8000, 48000],
    [16000, 8000],
    [8000, 16000],
    [24000, 8000],
  ] as const) {
    for (const frequency of [100, 500, 1000, 1500]) {
      // delay of an envelope: how the phase falls with frequency
      const [a, b] = [frequency - 40, frequency + 40].map((f) => measure(wasm, pair, f, "minimum").phase);
      const delayMs = (-(b! - a!) / (2 * Math.PI * 80)) * 1000;
      assert.ok(Math.abs(delayMs) < 0.1, `${name(pair)} at ${frequency} Hz: ${delayMs} ms`);
    }
  }
});

for (const dsp of [wasm, js]) {
  const label = dsp.backend;

  test(`${label}: each output is returned with just the input that latencySamples says, in exact length`, () => {
    for (const pair of UNLIKE_PAIRS) {
      const [inputRate, outputRate] = pair;
      const resampler = dsp.createResampler(minimum(pair));
      const { latencySamples } = resampler;
      let given = 0;
      for (let n = 1; n <= 300; n++) {
        const count = resampler.process(new Float32Array(1)).length;
        for (let m = given; m < given + count; m++) {
          const wait = Math.floor((m * inputRate) / outputRate + latencySamples + 1e-9);
          assert.is(wait, n - 1, `${name(pair)}: output ${m}`);
        }
        given += count;
      }
      const total = given + resampler.flush().length;
      assert.is(total, Math.ceil((300 * outputRate) / inputRate), name(pair));
      resampler.dispose();
    }
  });

  test(`${label}: any chunking gives the same samples, bit for bit, with drift too`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL_PAIRS),
        fc.array(fc.integer({ min: 1, max: 500 }), { minLength: 1, maxLength: 8 }),
        fc.integer({ min: 0, max: 900 }),
        fc.integer({ min: -5000, max: 5000 }),
        (pair, lengths, change, ppm) => {
          const samples = noise(1800, change + 1);
          const run = (chunks: readonly number[]) => {
            const resampler = dsp.createResampler(minimum(pair));
            const out: number[] = [];
            const push = (part: Float32Array) => {
              for (const x of part) out.push(x);
            };
            let turn = 0;
            for (let at = 0; at < samples.length; ) {
              if (at === change) resampler.setDrift(ppm);
              const stop = at < change ? change : samples.length;
              const end = Math.min(stop, at + chunks[turn++ % chunks.length]!);
              push(resampler.process(samples.subarray(at, end)));
              at = end;
            }
            push(resampler.flush());
            resampler.dispose();
            return out;
          };
          sameSamples(run(lengths), run([5000]), name(pair));
        },
      ),
      { numRuns: 100 },
    );
  });
}

test("drift of 0 goes on where a running stream was, within 120 dB", () => {
  for (const pair of UNLIKE_PAIRS) {
    const samples = noise(3000);
    const resampler = wasm.createResampler(minimum(pair));
    const plain = wasm.resample(samples, minimum(pair));
    const out = new Float32Array(plain.length + 2);
    let written = resampler.processInto(samples.subarray(0, 1111), out);
    resampler.setDrift(0);
    written += resampler.processInto(samples.subarray(1111), out.subarray(written));
    const rest = resampler.flush();
    out.set(rest, written);
    written += rest.length;
    assert.is(written, plain.length);
    const snr = snrDb(out.subarray(0, written), plain);
    assert.ok(snr > 120, `${name(pair)}: ${snr} dB`);
    resampler.dispose();
  }
});

test("WebAssembly and plain TypeScript agree within -120 dB", () => {
  for (const pair of ALL_PAIRS) {
    const samples = noise(3000);
    const snr = snrDb(wasm.resample(samples, minimum(pair)), js.resample(samples, minimum(pair)));
    assert.ok(snr > 120, `${name(pair)}: ${snr} dB`);
  }
});

test("a wrong phase is named", () => {
  assert.throws(
    () => wasm.createResampler({ inputRate: 8000, outputRate: 16000, phase: "maximum" as "minimum" }),
    (error: unknown) => error instanceof VoxwireError && error.message.includes('"minimum"'),
  );
});

test.run();
