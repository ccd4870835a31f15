/** Which moment of the received audio each position of a playout is: drift and skips move the one against the other. */

/** Pairs kept: ten seconds of frames of 20 ms. */
const KEPT = 512;

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

  /** The moment that `position` is, in ms of received audio; forgets what is before. */
  at(position: number): number {
    while (this.#count > 1 && this.#positions[(this.#first + 1) % KEPT]! <= position) {
      this.#first = (this.#first + 1) % KEPT;
      this.#count--;
    }
    if (this.#count === 0) return 0;
    const from = this.#positions[this.#first]!;
    const fromMs = this.#mediaMs[this.#first]!;
    if (this.#count === 1 || position <= from) return fromMs;
    const next = (this.#first + 1) % KEPT;
    const share = (position - from) / (this.#positions[next]! - from);
    return fromMs + share * (this.#mediaMs[next]! - fromMs);
  }
}
