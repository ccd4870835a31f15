/**
 * The low-pass filters of the qualities that work in blocks, the same for every ratio: each falls from full to nothing just
 * below the lower rate's Nyquist frequency. Frequencies are in units of the lower rate.
 */

/** Nothing passes from here on: what a filter lets through beyond is cut off. */
export const FILTER_STOP = 1 / 2;

/** What a filter is made of: symmetrical, its middle coefficient first. */
interface FilterParts {
  /** The coefficients' own rate. */
  readonly rate: number;
  /** Coefficients to either side of the middle. */
  readonly halfLength: number;
  /** Asked for once, when the first resampler is made. */
  readonly design: () => ArrayLike<number>;
  /** Up to here the gain is 1 for short: off from it by less than the quality asks for, and a hundred times the work. */
  readonly pass: number;
}

export class BandFilter {
  /** How far the filter reaches to either side, in periods of the lower rate. */
  readonly reach: number;
  readonly #parts: FilterParts;
  #coefficients: ArrayLike<number> | undefined;

  constructor(parts: FilterParts) {
    this.reach = parts.halfLength / parts.rate;
    this.#parts = parts;
  }

  /** The gain at `frequency`. */
  gain(frequency: number): number {
    const { pass, rate, design } = this.#parts;
    if (frequency <= pass) return 1;
    if (frequency >= FILTER_STOP) return 0;
    this.#coefficients ??= design();
    const coefficients = this.#coefficients;
    // cos(k x) by recurrence
    const first = Math.cos((2 * Math.PI * frequency) / rate);
    let gain = coefficients[0]!;
    let before = 1;
    let cosine = first;
    for (let k = 1; k < coefficients.length; k++) {
      gain += 2 * coefficients[k]! * cosine;
      const next = 2 * first * cosine - before;
      before = cosine;
      cosine = next;
    }
    return gain;
  }
}

/** These coefficients, at `rate`. */
export function tabledFilter(rate: number, coefficients: readonly number[]): BandFilter {
  return new BandFilter({ rate, halfLength: coefficients.length - 1, design: () => coefficients, pass: -1 });
}

/** A sinc in a Kaiser window, flat up to `pass`, `attenuationDb` down from `FILTER_STOP` on. */
export function kaiserFilter(pass: number, attenuationDb: number): BandFilter {
  const rate = 4;
  const transition = (FILTER_STOP - pass) / rate;
  const halfLength = Math.ceil((attenuationDb - 7.95) / (14.36 * transition) / 2);
  const design = () => windowedSinc((pass + FILTER_STOP) / rate, halfLength, 0.1102 * (attenuationDb - 8.7));
  return new BandFilter({ rate, halfLength, design, pass });
}

/** Half the impulse response, from its middle on; its sum over both sides is 1. */
function windowedSinc(cutoff: number, halfLength: number, beta: number): Float64Array {
  const half = new Float64Array(halfLength + 1);
  let sum = 0;
  for (let k = 0; k <= halfLength; k++) {
    const sinc = k === 0 ? 1 : Math.sin(Math.PI * cutoff * k) / (Math.PI * cutoff * k);
    half[k] = sinc * kaiser(beta, k / (halfLength + 0.5));
    sum += (k === 0 ? 1 : 2) * half[k]!;
  }
  return half.map((value) => value / sum);
}

/** The Kaiser window at `place` (0 in its middle, 1 at its end), 1 in the middle. */
function kaiser(beta: number, place: number): number {
  return bessel(beta * Math.sqrt(Math.max(0, 1 - place * place))) / bessel(beta);
}

/** The modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
