/** A line of the log that strangers can cause: written the first time, then once in a minute at most, with how often it was. */
import type { Clock } from "../core/clock.ts";

const MIN_GAP_MS = 60_000;

/** One kind of line. No timer: what has not been told is told with the next that comes. */
export class RareLine {
  readonly #clock: Clock;
  readonly #write: (times: number) => void;
  #times = 0;
  #writtenMs = Number.NEGATIVE_INFINITY;

  /** @param write is given how often it has happened since the last line */
  constructor(clock: Clock, write: (times: number) => void) {
    this.#clock = clock;
    this.#write = write;
  }

  /** It has happened. */
  happened(): void {
    this.#times++;
    const nowMs = this.#clock.now();
    if (nowMs - this.#writtenMs < MIN_GAP_MS) return;
    const times = this.#times;
    this.#times = 0;
    this.#writtenMs = nowMs;
    this.#write(times);
  }
}
