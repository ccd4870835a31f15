/**
 * How much audio waits before it is played, and how fast it is played. Pure.
 *
 * The worklet says the least that waited in each half second: what was to spare. That is held at the margin by playing a
 * little faster or slower, which also follows the two ends' clocks. An underrun raises the margin, quiet time lowers it.
 */

/** ppm for each ms that the level is off. */
const GAIN_PPM_PER_MS = 100;
/** Up to here a change of rate is not heard as one of pitch (2 cents). */
const USUAL_PPM = 1200;
/** Beyond this much to spare the delay is worth hurrying for. */
const HURRY_MS = 25;
const HURRY_PPM = 5000;
const MAX_MARGIN_MS = 200;
/** What an underrun adds, and what is taken back after this many windows without one. */
const RAISE_MS = 10;
const CALM_WINDOWS = 20;
const LOWER_MS = 2;

/** The controller of one playout. */
export class PlayoutControl {
  readonly #leastMarginMs: number;
  #marginMs: number;
  #levelMs = Number.NaN;
  #calm = 0;

  /** @param marginMs what is to wait at least, 0 to 200 */
  constructor(marginMs: number) {
    this.#leastMarginMs = marginMs;
    this.#marginMs = marginMs;
  }

  /** What is to be to spare. */
  get marginMs(): number {
    return this.#marginMs;
  }

  /** Audio ran out. */
  ranOut(): void {
    this.#marginMs = Math.min(MAX_MARGIN_MS, this.#marginMs + RAISE_MS);
    this.#levelMs = Number.NaN;
    this.#calm = 0;
  }

  /** Half a second has passed in which at least `leastMs` waited. Returns the drift for the resampler, in ppm. */
  heard(leastMs: number): number {
    this.#levelMs = Number.isNaN(this.#levelMs) ? leastMs : (this.#levelMs + leastMs) / 2;
    if (++this.#calm >= CALM_WINDOWS) {
      this.#marginMs = Math.max(this.#leastMarginMs, this.#marginMs - LOWER_MS);
      this.#calm = 0;
    }
    const excessMs = this.#levelMs - this.#marginMs;
    const limit = excessMs > HURRY_MS ? HURRY_PPM : USUAL_PPM;
    return Math.max(-limit, Math.min(limit, -excessMs * GAIN_PPM_PER_MS));
  }
}
