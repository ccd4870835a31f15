/**
 * The low-pass filters of the qualities that work in blocks, the same for every ratio: a sinc in a Kaiser window that
 * falls from full to nothing just below the lower rate's Nyquist frequency. Frequencies are in units of the lower rate.
 */

/** The filters' own rate: what one lets through beyond twice the lower rate is cut off anyway. */
const RATE = 4;
/** Nothing passes from here on. */
export const FILTER_STOP = 1 / 2;

export class BandFilter {
  /** How far the filter reaches to either side, in periods of the lower rate. */
  readonly reach: number;
  readonly #pass: number;
  readonly #attenuationDb: number;
  readonly #halfLength: number;
  #coefficients: Float64Array | undefined;

  /** Flat up to `pass`, `attenuationDb` down from `FILTER_STOP` on. */
  constructor(pass: number, attenuationDb: number) {
    this.#pass = pass;
    this.#attenuationDb = attenuationDb;
    const transition = (FILTER_STOP - pass) / RATE;
    this.#halfLength = Math.ceil((attenuationDb - 7.95) / (14.36 * transition) / 2);
    this.reach = this.#halfLength / RATE;
  }

  /**
   * The gain at `frequency`. Outside the transition it is 1 and 0 for short: the filter's own ripple there is less than
   * what the quality asks for, and a hundred times the work.
   */
  gain(frequency: number): number {
    if (frequency <= this.#pass) return 1;
    if (frequency >= FILTER_STOP) return 0;
    this.#coefficients ??= this.#design();
    const coefficients = this.#coefficients;
    // cos(k x) by recurrence
    const first = Math.cos((2 * Math.PI * frequency) / RATE);
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

  /** Half the impulse response, from its middle on; its sum over both sides is 1. */
  #design(): Float64Array {
    const beta = 0.1102 * (this.#attenuationDb - 8.7);
    const cutoff = (this.#pass + FILTER_STOP) / RATE;
    const length = this.#halfLength;
    const half = new Float64Array(length + 1);
    let sum = 0;
    for (let k = 0; k <= length; k++) {
      const sinc = k === 0 ? 1 : Math.sin(Math.PI * cutoff * k) / (Math.PI * cutoff * k);
      half[k] = sinc * kaiser(beta, k / (length + 0.5));
      sum += (k === 0 ? 1 : 2) * half[k]!;
    }
    return half.map((value) => value / sum);
  }
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
