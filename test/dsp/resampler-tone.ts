/** What a resampler does to a tone. */
import type { Dsp, ResamplerPhase } from "../../src/index.ts";
import type { Pair } from "./resampler-rates.ts";

/** What a tone of amplitude 1 at `frequency` becomes: its own gain and phase, and the level of all else, in dB. */
export interface Tone {
  gainDb: number;
  phase: number;
  restDb: number;
}

/** The tone's part by least squares, away from the ends, where the filter sees them. */
export function measure(
  dsp: Dsp,
  [inputRate, outputRate]: Pair,
  frequency: number,
  phase: ResamplerPhase = "linear",
): Tone {
  const lower = Math.min(inputRate, outputRate);
  const n = Math.ceil((600 * inputRate) / lower);
  const input = Float32Array.from({ length: n }, (_, i) =>
    Math.sin((2 * Math.PI * frequency * i) / inputRate),
  );
  const out = dsp.resample(input, { inputRate, outputRate, phase });
  const edge = Math.ceil((40 * outputRate) / lower);
  let [ss, sc, cc, ys, yc, yy] = [0, 0, 0, 0, 0, 0];
  let total = 0;
  for (let m = edge; m < out.length - edge; m++) {
    const angle = (2 * Math.PI * frequency * m) / outputRate;
    const s = Math.sin(angle);
    const c = Math.cos(angle);
    const y = out[m]!;
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
    yy += y * y;
    total++;
  }
  if (frequency >= outputRate / 2)
    return { gainDb: Number.NEGATIVE_INFINITY, phase: 0, restDb: decibel((2 * yy) / total) };
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let rest = 0;
  for (let m = edge; m < out.length - edge; m++) {
    const angle = (2 * Math.PI * frequency * m) / outputRate;
    rest += (out[m]! - a * Math.sin(angle) - b * Math.cos(angle)) ** 2;
  }
  return { gainDb: decibel(a * a + b * b), phase: Math.atan2(b, a), restDb: decibel((2 * rest) / total) };
}

function decibel(power: number): number {
  return 10 * Math.log10(power);
}
