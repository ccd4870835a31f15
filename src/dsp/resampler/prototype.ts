/** Continuous impulse responses, of which every row of every bank is samples. */

/** The sum of cosines[k] * cos(2 pi k t / duration) for |t| < duration / 2. */
export interface Prototype {
  /** In periods of the lower rate. */
  readonly duration: number;
  readonly cosines: readonly number[];
}

/** At `time`, in periods of the lower rate, by Clenshaw's recurrence over the cosines. */
export function responseAt({ duration, cosines }: Prototype, time: number): number {
  if (Math.abs(time) >= duration / 2) return 0;
  const cosine = Math.cos((2 * Math.PI * time) / duration);
  let next = 0;
  let afterNext = 0;
  for (let k = cosines.length - 1; k > 0; k--) {
    const sum = cosines[k]! + 2 * cosine * next - afterNext;
    afterNext = next;
    next = sum;
  }
  return cosines[0]! + cosine * next - afterNext;
}

/**
 * For rows that are blended linearly, `spacing` apart in periods of the lower rate. A chord lies to one side of its curve,
 * by an eighth of the second derivative times the spacing squared at most; moved by half of that, the error is half as
 * large, and none of it is left in the mean.
 */
export function forBlending({ duration, cosines }: Prototype, spacing: number): Prototype {
  const moved = cosines.map((a, k) => a * (1 + ((2 * Math.PI * k * spacing) / duration) ** 2 / 16));
  return { duration, cosines: moved };
}

/** Samples that lie within half the response, `density` of them to a period of the lower rate. */
export function reachOf({ duration }: Prototype, density: number): number {
  return Math.ceil((duration / 2) * density - 1e-9);
}

/** Coefficients from whole numbers of 1e-8, the very numbers that so many decimals are: a page downloads fewer characters. */
export function scaled(coefficients: readonly number[]): readonly number[] {
  return coefficients.map((coefficient) => coefficient / 1e8);
}
