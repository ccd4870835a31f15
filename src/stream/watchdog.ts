/** Time-outs of a handler's calls. */
import type { Clock } from "../core/clock.ts";
import { type TimerWheel, type WheelItem, wheelOf } from "./timer-wheel.ts";

/** Reports a call that never settles, at the price of one wheel item a session. Watches one call at a time. */
export class Watchdog implements WheelItem {
  dueMs = 0;
  isArmed = false;
  slot = 0;
  next: WheelItem | null = null;
  readonly #clock: Clock;
  readonly #wheel: TimerWheel;
  readonly #timeoutMs: number;
  readonly #onTimeout: (method: string) => void;
  #method = "";
  #sinceMs = 0;

  constructor(clock: Clock, timeoutMs: number, onTimeout: (method: string) => void) {
    this.#clock = clock;
    this.#wheel = wheelOf(clock);
    this.#timeoutMs = timeoutMs;
    this.#onTimeout = onTimeout;
  }

  /** A call has begun. */
  enter(method: string): void {
    this.#method = method;
    this.#sinceMs = this.#clock.now();
    // one that waits already comes round soon enough, and looks then how far the call is
    if (!this.isArmed) this.#wheel.add(this, this.#sinceMs + this.#timeoutMs);
  }

  /** It has settled. The wheel is left alone: the next call is likely to follow within a frame. */
  leave(): void {
    this.#method = "";
  }

  /** The session has ended: a timer left behind would keep the process alive for as long as a handler may take. */
  stop(): void {
    this.#method = "";
    this.#wheel.remove(this);
  }

  onDue(nowMs: number): void {
    if (this.#method === "") return;
    const dueMs = this.#sinceMs + this.#timeoutMs;
    if (nowMs >= dueMs) this.#onTimeout(this.#method);
    else this.#wheel.add(this, dueMs);
  }
}
