/**
 * The adapter of `emit` over `send`: never called twice at once, only while less than the lead is queued, `null` means
 * "nothing now" until the next `receive` or `wake`, and what was begun before a `clear` is discarded.
 */
import type { Clock } from "../core/clock.ts";
import type { SampleArray } from "../core/types.ts";
import { checkEmitted } from "./check-emitted.ts";
import type { Emitted, StreamHandler } from "./handler.ts";
import { enterHandler } from "./handler-calls.ts";
import type { Session } from "./session-handle.ts";
import { isThenable } from "./thenable.ts";

/** What the pump asks of its session. */
export interface PumpedSession extends Session {
  readonly wantsMore: boolean;
}

/** Drives one handler's `emit`. */
export class EmitPump {
  readonly #handler: StreamHandler<SampleArray>;
  readonly #session: PumpedSession;
  /** An `emit` is under way, synchronously or awaited. */
  #isBusy = false;
  /** Asked for while one was under way. */
  #isAskedAgain = false;
  /** The last answer was "nothing now": only `receive` and `wake` change that. */
  #hasNothing = false;
  #isWakePending = false;
  #isStopped = false;
  /** Counts clears: what was begun under another count is discarded. */
  #generation = 0;
  #begunGeneration = 0;
  readonly #clock: Clock;
  readonly #onError: (error: unknown) => void;
  /** Made for the first promise. */
  #settle: { onEmitted: (emitted: Emitted) => void; onFailed: (error: unknown) => void } | undefined;

  constructor(
    handler: StreamHandler<SampleArray>,
    session: PumpedSession,
    clock: Clock,
    onError: (error: unknown) => void,
  ) {
    this.#handler = handler;
    this.#session = session;
    this.#clock = clock;
    this.#onError = onError;
  }

  /** Queued audio has left: goes on where `emit` was kept waiting for that, and leaves one that has nothing in peace. */
  refill(): void {
    if (!this.#isBusy && !this.#hasNothing) this.pull();
  }

  /** As `refill`, in a turn of its own: for a `clear` from inside the handler, which is not done with its turn. */
  refillLater(): void {
    if (!this.#isBusy && !this.#hasNothing) this.wake();
  }

  /** Calls `emit` until it has nothing, awaits, or enough is queued. */
  pull(): void {
    this.#hasNothing = false;
    if (this.#isBusy) {
      this.#isAskedAgain = true;
      return;
    }
    while (!this.#isStopped && this.#session.wantsMore) {
      this.#isAskedAgain = false;
      this.#begunGeneration = this.#generation;
      enterHandler(this.#session.id, "emit");
      this.#isBusy = true;
      let emitted: Emitted | Promise<Emitted>;
      try {
        emitted = this.#handler.emit(this.#session);
        if (emitted !== null && isThenable(emitted)) {
          this.#wait(emitted);
          return;
        }
      } catch (error) {
        this.#isBusy = false;
        this.#onError(error);
        return;
      }
      this.#isBusy = false;
      if (!this.#take(emitted) && !this.#isAskedAgain) return;
    }
  }

  /** Calls `emit` again in a turn of its own, so that a handler that wakes itself spins the event loop and not this one. */
  wake(): void {
    if (this.#isWakePending || this.#isStopped) return;
    this.#isWakePending = true;
    this.#clock.setImmediate(() => {
      this.#isWakePending = false;
      this.pull();
    });
  }

  /** What is under way will be thrown away. */
  discard(): void {
    this.#generation++;
  }

  /** Calls no more. */
  stop(): void {
    this.#isStopped = true;
  }

  #wait(pending: PromiseLike<Emitted>): void {
    this.#settle ??= {
      onEmitted: (emitted) => this.#onEmitted(emitted),
      onFailed: (error) => this.#onFailed(error),
    };
    Promise.resolve(pending).then(this.#settle.onEmitted, this.#settle.onFailed);
  }

  #onEmitted(emitted: Emitted): void {
    this.#isBusy = false;
    if (this.#isStopped) return;
    if (this.#take(emitted) || this.#isAskedAgain) this.pull();
  }

  #onFailed(error: unknown): void {
    this.#isBusy = false;
    if (!this.#isStopped) this.#onError(error);
  }

  /** Returns whether there may be more: false for "nothing now". */
  #take(emitted: Emitted): boolean {
    if (emitted === null || emitted === undefined) return this.#nothing();
    if (this.#begunGeneration !== this.#generation) {
      // in a turn of its own: a handler that clears in each emit must not spin this one
      this.wake();
      return false;
    }
    try {
      if (ArrayBuffer.isView(emitted)) {
        if (emitted.length === 0) return this.#nothing();
        this.#session.send(emitted);
        return true;
      }
      const { samples, sampleRate } = checkEmitted(emitted);
      if (samples?.length === 0) return this.#nothing();
      this.#session.send(samples, sampleRate);
      return true;
    } catch (error) {
      this.#onError(error);
      return false;
    }
  }

  #nothing(): false {
    this.#hasNothing = true;
    return false;
  }
}
