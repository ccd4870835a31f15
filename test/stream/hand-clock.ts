/** A clock that tests turn by hand, in one turn: no promise is let settle between timers, nothing is allocated by `advanceTo`. */
import type { Clock } from "../../src/core/clock.ts";

interface HandTimer {
  dueMs: number;
  callback: (() => void) | undefined;
}

/** For one timer at a time, as the wheel uses it, and any number of immediates. */
export class HandClock implements Clock {
  nowMs: number;
  readonly immediates: (() => void)[] = [];
  readonly #timer: HandTimer = { dueMs: 0, callback: undefined };

  constructor(startMs = 0) {
    this.nowMs = startMs;
  }

  now(): number {
    return this.nowMs;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    if (this.#timer.callback !== undefined) throw new Error("a second timer");
    this.#timer.callback = callback;
    this.#timer.dueMs = this.nowMs + Math.max(0, delayMs);
    return this.#timer;
  }

  clearTimer(timer: unknown): void {
    if (timer === this.#timer) this.#timer.callback = undefined;
  }

  setImmediate(callback: () => void): void {
    this.immediates.push(callback);
  }

  /** Whether a timer waits. */
  get isArmed(): boolean {
    return this.#timer.callback !== undefined;
  }

  /** Moves on to `timeMs`, stopping where the timer is due. */
  advanceTo(timeMs: number): void {
    while (this.#timer.callback !== undefined && this.#timer.dueMs <= timeMs) {
      this.nowMs = Math.max(this.nowMs, this.#timer.dueMs);
      this.#fire();
    }
    this.nowMs = Math.max(this.nowMs, timeMs);
  }

  /** Stands still until `timeMs`, as a process that was held up; then fires what has fallen due. */
  jumpTo(timeMs: number): void {
    this.nowMs = timeMs;
    this.advanceTo(timeMs);
  }

  #fire(): void {
    const { callback } = this.#timer;
    this.#timer.callback = undefined;
    callback?.();
  }
}
