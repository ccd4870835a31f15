import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { name, type Pair } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });

const PAIRS: readonly Pair[] = [
  [8000, 16000],
  [16000, 8000],
  [8000, 48000],
  [48000, 8000],
  [24000, 8000],
  [44100, 16000],
  [48000, 44100],
  [44100, 48000],
  [44056, 48000],
  [48000, 44056],
];

/** What a tone that drifts becomes, from the first sample to the last. */
function drifted([inputRate, outputRate]: Pair, samples: Float32Array, ppm: number): Float32Array {
  const resampler = wasm.createResampler({ inputRate, outputRate, phase: "minimum" });
  resampler.setDrift(ppm);
  const given = resampler.process(samples).slice();
  const rest = resampler.flush();
  const out = new Float32Array(given.length + rest.length);
  out.set(given);
  out.set(rest, given.length);
  resampler.dispose();
  return out;
}

/** `out` from `edge` to `edge` before its end against the best fit by a sine and a cosine, in dB. */
function toneSnrDb(out: Float32Array, radians: number, edge: number): number {
  let [ss, sc, cc, ys, yc, yy] = [0, 0, 0, 0, 0, 0];
  for (let m = edge; m < out.length - edge; m++) {
    const [s, c, y] = [Math.sin(radians * m), Math.cos(radians * m), out[m]!];
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
    yy += y * y;
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let rest = 0;
  for (let m = edge; m < out.length - edge; m++) {
    rest += (out[m]! - a * Math.sin(radians * m) - b * Math.cos(radians * m)) ** 2;
  }
  return 10 * Math.log10(yy / rest);
}

test("with minimum phase too, a tone that drifts is that tone at every speed, within 110 dB", () => {
  for (const pair of PAIRS) {
    const lower = Math.min(...pair);
    const n = Math.round((1500 * pair[0]) / lower);
    for (const part of [0.031, 0.25, 0.5, 0.7, 0.85, 0.9]) {
      const radians = (Math.PI * part * lower) / pair[0];
      const samples = Float32Array.from({ length: n }, (_, i) => 0.7 * Math.sin(radians * i));
      for (const ppm of [5000, -5000, 300, -300, 0.001]) {
        const step = pair[0] / pair[1] / (1 + ppm / 1e6);
        const out = drifted(pair, samples, ppm);
        const snr = toneSnrDb(out, radians * step, Math.ceil((80 * pair[1]) / lower));
        assert.ok(snr > 110, `${name(pair)}, ${part}, ${ppm} ppm: ${snr} dB`);
      }
    }
  }
});

test.run();
