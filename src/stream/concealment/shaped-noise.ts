/** Noise with the spectrum of an all-pole filter: what unvoiced speech and the background of a call are made of. */

/** Samples by which a new shape settles and its level is measured. */
const SETTLING_SAMPLES = 320;
/** The filter's poles are drawn in by this: a resonance as sharp as a tone's would not have settled by then, and grow on. */
const DAMPING = 0.99;
const SEED = 0x2545f491;

/** A generator of noise. Allocates nothing after it has been made. */
export class ShapedNoise {
  readonly #coefficients: Float32Array;
  readonly #past: Float32Array;
  readonly #order: number;
  #at = 0;
  #seed = SEED;
  #gain = 0;

  /** @param order of the longest filter */
  constructor(order: number) {
    this.#order = order;
    this.#coefficients = new Float32Array(order + 1);
    // twice, so that a stretch of `order` never wraps
    this.#past = new Float32Array(2 * order);
  }

  /**
   * Noise of this spectrum from here on.
   * @param coefficients of the prediction error filter, the first being 1; `order` and one of them
   * @param level root of the mean square, in the samples' units
   */
  take(coefficients: Float32Array, level: number): void {
    let factor = 1;
    for (let i = 0; i <= this.#order; i++, factor *= DAMPING)
      this.#coefficients[i] = coefficients[i]! * factor;
    this.#past.fill(0);
    this.#gain = 1;
    let energy = 0;
    for (let i = 0; i < SETTLING_SAMPLES; i++) {
      const x = this.next();
      energy += x * x;
    }
    const measured = Math.sqrt(energy / SETTLING_SAMPLES);
    this.#gain = measured > 0 && Number.isFinite(measured) ? level / measured : 0;
  }

  /** The next sample. */
  next(): number {
    let seed = this.#seed;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.#seed = seed;
    const order = this.#order;
    const past = this.#past;
    const coefficients = this.#coefficients;
    let at = this.#at;
    let x = seed / 2 ** 31;
    for (let i = 1; i <= order; i++) x -= coefficients[i]! * past[at + i - 1]!;
    at = at === 0 ? order - 1 : at - 1;
    past[at] = x;
    past[at + order] = x;
    this.#at = at;
    return x * this.#gain;
  }

  /** As new. */
  reset(): void {
    this.#coefficients.fill(0);
    this.#past.fill(0);
    this.#seed = SEED;
    this.#gain = 0;
  }
}
