/** What a quality that works in blocks does to a tone. */
import type { Dsp, ResamplerQuality } from "../../src/index.ts";
import type { Pair } from "./resampler-rates.ts";

/** Half the length of the part that is looked at, in periods of the lower rate. */
const HALF_PERIODS = 400;
/** More than the filters reach, likewise. */
const REACH_PERIODS = 145;

/** `frequency` in units of the lower Nyquist. */
export interface Tone {
  gainDb: number;
  phase: number;
  restDb: number;
}

/** A tone's own gain and phase, and the level of all else, in dB: by least squares under a window. */
export function measure(
  dsp: Dsp,
  quality: ResamplerQuality,
  [inputRate, outputRate]: Pair,
  frequency: number,
): Tone {
  const lower = Math.min(inputRate, outputRate);
  const hertz = (frequency * lower) / 2;
  const n = Math.ceil((2 * (HALF_PERIODS + REACH_PERIODS) * inputRate) / lower);
  const input = Float32Array.from({ length: n }, (_, i) => Math.sin((2 * Math.PI * hertz * i) / inputRate));
  const out = dsp.resample(input, { inputRate, outputRate, quality });
  const edge = Math.ceil((REACH_PERIODS * outputRate) / lower);
  let [ss, sc, cc, ys, yc, yy] = [0, 0, 0, 0, 0, 0];
  let total = 0;
  for (let m = edge; m < out.length - edge; m++) {
    const s = Math.sin((2 * Math.PI * hertz * m) / outputRate);
    const c = Math.cos((2 * Math.PI * hertz * m) / outputRate);
    const y = out[m]!;
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
    yy += y * y;
    total++;
  }
  if (frequency >= 1 && outputRate <= inputRate) {
    return { gainDb: Number.NEGATIVE_INFINITY, phase: 0, restDb: decibel((2 * yy) / total) };
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let rest = 0;
  for (let m = edge; m < out.length - edge; m++) {
    const angle = (2 * Math.PI * hertz * m) / outputRate;
    rest += (out[m]! - a * Math.sin(angle) - b * Math.cos(angle)) ** 2;
  }
  return { gainDb: decibel(a * a + b * b), phase: Math.atan2(b, a), restDb: decibel((2 * rest) / total) };
}

function decibel(power: number): number {
  return 10 * Math.log10(power);
}

/** Stop-band tones below the input's own Nyquist frequency, from the first one that must be gone. */
export function stopTones([inputRate, outputRate]: Pair, count: number): number[] {
  const top = (inputRate / Math.min(inputRate, outputRate)) * 0.999;
  if (top <= 1.001) return [];
  return Array.from({ length: count }, (_, i) => 1.001 + ((top - 1.001) * i) / Math.max(1, count - 1));
}
