import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { DRIFTING_PAIRS, name, type Pair } from "./resampler-rates.ts";
import { fitTone } from "./resampler-tone.ts";

const wasm = loadDspSync({ backend: "wasm" });

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

test("with minimum phase too, a tone that drifts is that tone at every speed, within 110 dB", () => {
  for (const pair of DRIFTING_PAIRS) {
    const lower = Math.min(...pair);
    const n = Math.round((1500 * pair[0]) / lower);
    for (const part of [0.031, 0.25, 0.5, 0.7, 0.85, 0.9]) {
      const radians = (Math.PI * part * lower) / pair[0];
      const samples = Float32Array.from({ length: n }, (_, i) => 0.7 * Math.sin(radians * i));
      for (const ppm of [5000, -5000, 300, -300, 0.001]) {
        const step = pair[0] / pair[1] / (1 + ppm / 1e6);
        const out = drifted(pair, samples, ppm);
        const { meanSquare, meanSquareRest } = fitTone(
          out,
          radians * step,
          Math.ceil((80 * pair[1]) / lower),
        );
        const snr = 10 * Math.log10(meanSquare / meanSquareRest);
        assert.ok(snr > 110, `${name(pair)}, ${part}, ${ppm} ppm: ${snr} dB`);
      }
    }
  }
});

test.run();
