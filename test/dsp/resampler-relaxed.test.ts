import { setFlagsFromString } from "node:v8";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { bringRelaxedKernels, hasRelaxedSimd } from "../../src/dsp/relaxed.ts";
import { type Dsp, loadDspSync, type ResamplerQuality } from "../../src/index.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import type { Pair } from "./resampler-rates.ts";

// Node 20 has it behind this, later ones without
setFlagsFromString("--experimental-wasm-relaxed-simd");
const strict = loadDspSync({ backend: "wasm", memoryBytes: 32 * 1024 * 1024 });

const PAIRS: readonly Pair[] = [
  [48000, 8000],
  [8000, 16000],
  [44100, 16000],
  [48000, 44100],
  [44056, 48000],
  [8000, 44056],
];
const QUALITIES: readonly ResamplerQuality[] = ["voice", "high", "best"];

function inChunks(
  dsp: Dsp,
  [inputRate, outputRate]: Pair,
  quality: ResamplerQuality,
  samples: Float32Array,
  length: number,
): Float32Array {
  const resampler = dsp.createResampler({ inputRate, outputRate, quality });
  const out: number[] = [];
  for (let at = 0; at < samples.length; at += length)
    out.push(...resampler.process(samples.subarray(at, at + length)));
  out.push(...resampler.flush());
  resampler.dispose();
  return Float32Array.from(out);
}

test("with relaxed SIMD any chunking gives the same samples, bit for bit, and what they are elsewhere within -120 dB", () => {
  assert.ok(hasRelaxedSimd());
  const next = random(5);
  const samples = Float32Array.from({ length: 20_000 }, () => next() * 2 - 1);
  const expected = PAIRS.map((pair) =>
    QUALITIES.map((quality) => inChunks(strict, pair, quality, samples, 20_000)),
  );
  bringRelaxedKernels();
  const relaxed = loadDspSync({ backend: "wasm", memoryBytes: 33 * 1024 * 1024 });
  PAIRS.forEach((pair, i) => {
    QUALITIES.forEach((quality, j) => {
      const whole = inChunks(relaxed, pair, quality, samples, 20_000);
      sameSamples(inChunks(relaxed, pair, quality, samples, 333), whole, `${pair} ${quality}`);
      const snr = snrDb(whole, expected[i]![j]!);
      // other kernels, so other samples, but where float64 inside leaves no trace outside
      assert.ok(snr > 120 && (quality === "best" || snr < 250), `${pair} ${quality}: ${snr} dB`);
    });
  });
});

test.run();
