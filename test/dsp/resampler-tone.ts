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
  const { a, b, meanSquare, meanSquareRest } = fitTone(out, (2 * Math.PI * frequency) / outputRate, edge);
  if (frequency >= outputRate / 2)
    return { gainDb: Number.NEGATIVE_INFINITY, phase: 0, restDb: decibel(2 * meanSquare) };
  return { gainDb: decibel(a * a + b * b), phase: Math.atan2(b, a), restDb: decibel(2 * meanSquareRest) };
}

/** a * sin + b * cos of `radians` a sample, next to `out` by least squares from `edge` to `edge` before its end. */
export function fitTone(
  out: Float32Array,
  radians: number,
  edge: number,
): { a: number; b: number; meanSquare: number; meanSquareRest: number } {
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
  const total = out.length - 2 * edge;
  return { a, b, meanSquare: yy / total, meanSquareRest: rest / total };
}

function decibel(power: number): number {
  return 10 * Math.log10(power);
}
