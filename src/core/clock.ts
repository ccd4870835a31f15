/** Time as the engine sees it: one monotonic clock, and a virtual one that tests turn by hand. */

/** A monotonic clock with one-shot timers. */
export interface Clock {
  /** Milliseconds since an arbitrary origin; never goes back. */
  now(): number;
  /** Calls `callback` once, no sooner than `delayMs` from now. */
  setTimer(callback: () => void, delayMs: number): unknown;
  /** Forgets a timer; one that has fired or is unknown is no error. */
  clearTimer(timer: unknown): void;
  /** Resolves after the turn of the event loop: breaks a chain of microtasks. */
  setImmediate(callback: () => void): void;
}

/** Kept here: the global is a getter. */
const { performance } = globalThis;

/** The process's clock. */
export const systemClock: Clock = {
  now: () => performance.now(),
  setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
  clearTimer: (timer) => clearTimeout(timer as ReturnType<typeof setTimeout>),
  setImmediate: (callback) => {
    if (typeof globalThis.setImmediate === "function") globalThis.setImmediate(callback);
    else setTimeout(callback, 0);
  },
};

interface VirtualTimer {
  readonly dueMs: number;
  readonly order: number;
  readonly callback: () => void;
}

/** A clock that stands still until it is told to advance; timers fire in the order of their due times. */
export class VirtualClock implements Clock {
  #nowMs: number;
  #order = 0;
  readonly #timers = new Set<VirtualTimer>();

  constructor(startMs = 0) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  setTimer(callback: () => void, delayMs: number): unknown {
    // NaN is taken for 0, as setTimeout takes it
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs || 0), order: this.#order++, callback };
    this.#timers.add(timer);
    return timer;
  }

  clearTimer(timer: unknown): void {
    this.#timers.delete(timer as VirtualTimer);
  }

  /** Takes a virtual millisecond: a handler that asks again and again must not make time stand still. */
  setImmediate(callback: () => void): void {
    this.setTimer(callback, 1);
  }

  /** How many timers wait. */
  get pending(): number {
    return this.#timers.size;
  }

  /** When the next timer is due, or Infinity. */
  get nextDueMs(): number {
    return this.#next()?.dueMs ?? Number.POSITIVE_INFINITY;
  }

  /** Moves time on to `timeMs`, firing what falls due, and lets promises settle after each timer. */
  async advanceTo(timeMs: number): Promise<void> {
    await settle();
    for (let timer = this.#next(); timer !== undefined && timer.dueMs <= timeMs; timer = this.#next()) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.callback();
      await settle();
    }
    this.#nowMs = Math.max(this.#nowMs, timeMs);
  }

  /** Moves time on by `durationMs`. */
  async advanceBy(durationMs: number): Promise<void> {
    await this.advanceTo(this.#nowMs + durationMs);
  }

  #next(): VirtualTimer | undefined {
    let best: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (
        best === undefined ||
        timer.dueMs < best.dueMs ||
        (timer.dueMs === best.dueMs && timer.order < best.order)
      ) {
        best = timer;
      }
    }
    return best;
  }
}

/** One turn of the real event loop: every promise that can settle has settled. */
function settle(): Promise<void> {
  return new Promise((resolve) => systemClock.setImmediate(resolve));
}
