/** The tone in a signal, by least squares: how strong, where, and what is left without it. */

export interface ToneFit {
  readonly amplitude: number;
  /** Radians, of a sine that begins `offset` samples before the first one. */
  readonly phase: number;
  /** Root mean square of the rest. */
  readonly residualRms: number;
}

/** Fits `samples[from, to)`, whose first sample is `offset` samples after the instant of phase 0. */
export function fitTone(
  samples: Float32Array,
  from: number,
  to: number,
  hz: number,
  sampleRate: number,
  offset = 0,
): ToneFit {
  const w = (2 * Math.PI * hz) / sampleRate;
  const n = to - from;
  const sines = new Float64Array(n);
  const cosines = new Float64Array(n);
  let [ss, cc, sc, ys, yc] = [0, 0, 0, 0, 0];
  for (let i = 0; i < n; i++) {
    const s = Math.sin(w * (i + offset));
    const c = Math.cos(w * (i + offset));
    const y = samples[from + i]!;
    sines[i] = s;
    cosines[i] = c;
    ss += s * s;
    cc += c * c;
    sc += s * c;
    ys += y * s;
    yc += y * c;
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let rest = 0;
  for (let i = 0; i < n; i++) rest += (samples[from + i]! - a * sines[i]! - b * cosines[i]!) ** 2;
  return { amplitude: Math.hypot(a, b), phase: Math.atan2(b, a), residualRms: Math.sqrt(rest / n) };
}
