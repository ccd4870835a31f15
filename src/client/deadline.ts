/** One timer with one meaning at a time: setting it anew forgets what it was set for. */
import type { Clock } from "../core/clock.ts";

/** A wait that may be replaced or called off. */
export class Deadline {
  readonly #clock: Clock;
  #timer: unknown;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Calls `onPassed` in `delayMs`, unless set again or cleared before. */
  set(delayMs: number, onPassed: () => void): void {
    this.clear();
    this.#timer = this.#clock.setTimer(onPassed, delayMs);
  }

  clear(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
  }
}
