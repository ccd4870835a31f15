/** Which moment of the received audio each position of a playout is: drift and skips move the one against the other. */

/** Pairs kept: ten seconds of frames of 20 ms. */
const KEPT = 512;
/** Of these, pairs that have been played: what a worklet says of its position is some ms old. */
const KEPT_PLAYED = 64;

/** The positions of one playout, oldest forgotten. */
export class PlayedPositions {
  readonly #positions = new Float64Array(KEPT);
  readonly #mediaMs = new Float64Array(KEPT);
  #first = 0;
  #count = 0;

  /** Audio up to `mediaMs` ends at `position`. Both grow. */
  add(position: number, mediaMs: number): void {
    const at = (this.#first + this.#count) % KEPT;
    this.#positions[at] = position;
    this.#mediaMs[at] = mediaMs;
    if (this.#count < KEPT) this.#count++;
    else this.#first = (this.#first + 1) % KEPT;
  }

  /** The moment that `position` is, in ms of received audio; forgets what is long before. */
  at(position: number): number {
    while (this.#count > KEPT_PLAYED && this.#positionOf(KEPT_PLAYED) <= position) {
      this.#first = (this.#first + 1) % KEPT;
      this.#count--;
    }
    let next = 0;
    while (next < this.#count && this.#positionOf(next) <= position) next++;
    if (next === 0 || next === this.#count) return this.#count === 0 ? 0 : this.#msOf(Math.max(0, next - 1));
    const from = this.#positionOf(next - 1);
    const share = (position - from) / (this.#positionOf(next) - from);
    return this.#msOf(next - 1) + share * (this.#msOf(next) - this.#msOf(next - 1));
  }

  #positionOf(i: number): number {
    return this.#positions[(this.#first + i) % KEPT]!;
  }

  #msOf(i: number): number {
    return this.#mediaMs[(this.#first + i) % KEPT]!;
  }
}
