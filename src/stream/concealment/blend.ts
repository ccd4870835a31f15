/** Small operations on samples around a hole. None allocates. */

/** The greatest magnitude of the last (or, with `from` 0, the first) `n` samples, and one more. */
export function peakOf(samples: Float32Array, from: number, n: number): number {
  let peak = 0;
  for (let i = from; i < from + n; i++) peak = Math.max(peak, Math.abs(samples[i]!));
  return peak + 1;
}

/**
 * Reads `n` samples of `source` into `out` along a bent time axis: on time at the start, `shift` samples late at the end,
 * by the square in between, as a pitch that glides does. Cubic between samples.
 */
export function readBent(source: Float32Array, n: number, shift: number, out: Float32Array): void {
  if (shift === 0) {
    for (let i = 0; i < n; i++) out[i] = source[i]!;
    return;
  }
  for (let i = 0; i < n; i++) {
    const u = (i + 0.5) / n;
    const t = i + shift * u * u;
    const whole = Math.max(1, Math.min(source.length - 3, Math.floor(t)));
    out[i] = cubic(source, whole, t - whole);
  }
}

/** Third-order Lagrange interpolation, `part` of a sample after `at`. */
function cubic(x: Float32Array, at: number, part: number): number {
  const before = part + 1;
  const after = part - 1;
  const far = part - 2;
  return (
    (-part * after * far * x[at - 1]!) / 6 +
    (before * after * far * x[at]!) / 2 -
    (before * part * far * x[at + 1]!) / 2 +
    (before * part * after * x[at + 2]!) / 6
  );
}

/**
 * Keeps the first `n` samples within +-limit by a gain that only falls: a wave that is too loud is played softer, where
 * clipping it would make a square wave of it.
 * @param gain what the samples before had
 * @returns the gain at the end
 */
export function keepBelow(samples: Float32Array, n: number, limit: number, gain: number): number {
  for (let i = 0; i < n; i++) {
    const size = Math.abs(samples[i]!);
    if (size * gain > limit) gain = limit / size;
    samples[i] = samples[i]! * gain;
  }
  return gain;
}

/** Rounds half away from zero upwards, saturated. */
export function toInt16(x: number): number {
  return Math.max(-32768, Math.min(32767, Math.round(x)));
}
