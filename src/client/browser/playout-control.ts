/**
 * How much audio waits before it is played, and how fast it is played. Pure.
 *
 * The worklet says, twice a second and whenever playing begins again, the least that waited and how late it plays: the
 * first taken from the second is how late audio came, whatever the playout did. The worst of the latest 20 s, and
 * a little, is what the playout is to be late by: a calm line is played soon after it comes, and a rough one later.
 */

/** How often lateness is kept: 20 s of windows. */
const KEPT = 40;
/** A call's first windows, in which its threads warm up, and when they are forgotten. */
const FIRST = 4;
const FORGOTTEN_AT = 12;
/** What a single window may ask for beyond all others: a stall that comes but once is not worth its length for ever. */
const ONCE_MS = 20;
/** What is to be left at the worst: the fade that ends in silence, and a block. */
const LEFT_MS = 6;
const MAX_MARGIN_MS = 200;
/** ppm for each ms that playing is too late or too early: half of that is gone in three seconds. */
const GAIN_PPM_PER_MS = 250;
/** 9 cents: while it lasts a few seconds, speech that is higher by so little is not heard as such. */
const MAX_PPM = 5000;

/** The controller of one playout. */
export class PlayoutControl {
  readonly #leastMarginMs: number;
  readonly #late = new Float64Array(KEPT);
  readonly #sorted = new Float64Array(KEPT);
  #count = 0;
  #next = 0;
  #windows = 0;
  #isNew = true;
  #usualMs = 0;
  #targetMs = 0;

  /** @param marginMs what is to wait at least, 0 to 200 */
  constructor(marginMs: number) {
    this.#leastMarginMs = marginMs;
    this.#targetMs = marginMs;
  }

  /** What usually waits at the least: the lateness that is provided for. */
  get marginMs(): number {
    return this.#targetMs - this.#usualMs;
  }

  /** Playing begins after a pause of the speaker's: what is late is counted from another moment. */
  began(): void {
    this.#isNew = true;
  }

  /**
   * A window has passed.
   * @param leastMs the least that waited in it
   * @param offsetMs how late audio is played, from any moment that stays the same until `began`
   * @returns the drift for the resampler, in ppm
   */
  heard(leastMs: number, offsetMs: number): number {
    const lateMs = offsetMs - leastMs;
    if (this.#isNew) {
      // what comes first after a pause is as late as usual: the best guess there is
      this.#isNew = false;
      this.#moveBy(lateMs - this.#usualMs);
      return 0;
    }
    this.#late[this.#next] = lateMs;
    this.#next = (this.#next + 1) % KEPT;
    this.#count = Math.min(KEPT, this.#count + 1);
    if (++this.#windows === FORGOTTEN_AT) this.#forgetFirst();
    this.#aim();
    const ppm = (this.#targetMs - offsetMs) * GAIN_PPM_PER_MS;
    return Math.max(-MAX_PPM, Math.min(MAX_PPM, ppm));
  }

  #aim(): void {
    const sorted = this.#sorted.subarray(0, this.#count);
    sorted.set(this.#late.subarray(0, this.#count));
    sorted.sort();
    this.#usualMs = sorted[this.#count >> 1]!;
    const worst = sorted.at(-1)!;
    const worstMs = Math.min(worst, (sorted.at(-2) ?? worst) + ONCE_MS);
    const marginMs = Math.max(this.#leastMarginMs, worstMs - this.#usualMs + LEFT_MS);
    this.#targetMs = this.#usualMs + Math.min(MAX_MARGIN_MS, marginMs);
  }

  /** Nothing has been overwritten yet. */
  #forgetFirst(): void {
    this.#late.copyWithin(0, FIRST, this.#count);
    this.#count -= FIRST;
    this.#next = this.#count;
  }

  #moveBy(shiftMs: number): void {
    for (let i = 0; i < this.#count; i++) this.#late[i] = this.#late[i]! + shiftMs;
    this.#usualMs += shiftMs;
    this.#targetMs += shiftMs;
  }
}
