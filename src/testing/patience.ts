/**
 * When a virtual clock may go on: not while the handler works in real time (on a model, on a network), and at once where
 * the handler waits for the clock itself.
 */
import { systemClock } from "../core/clock.ts";
import type { AnyHandler } from "../stream/handler.ts";
import type { Session } from "../stream/session-handle.ts";
import { isThenable } from "../stream/thenable.ts";

type Pending = Promise<unknown>;
type AnyMethod = (...args: never[]) => unknown;

/** Watches one handler and its session. */
export class Patience {
  readonly #handler: AnyHandler;
  readonly #patienceMs: number;
  /** What has outlasted the patience: not waited for again. */
  readonly #givenUp = new WeakSet<Pending>();
  #startUp: Pending | undefined;
  #receive: Pending | undefined;
  #emit: Pending | undefined;
  /** An `emit` has outlasted the patience: it is taken to wait for frames, as the next ones will. */
  #emitWaitsForFrames = false;
  /** Calls of `drained` that are open: only the clock lets them go. */
  #draining = 0;
  #onDraining: () => void = () => {};

  /** Must be made before the session is, which calls the methods as it finds them. */
  constructor(handler: AnyHandler, patienceMs: number) {
    this.#handler = handler;
    this.#patienceMs = patienceMs;
    this.#watch("receive", (pending) => {
      this.#receive = pending;
    });
    this.#watch("emit", (pending) => {
      this.#emit = pending;
    });
  }

  /** Watches the session's way of waiting, and its `startUp`. */
  begin(session: Session, opened: Pending): void {
    this.#startUp = opened;
    void opened.then(() => {
      this.#startUp = undefined;
    });
    const drained = session.drained.bind(session);
    session.drained = () => {
      const pending = drained();
      this.#draining++;
      this.#onDraining();
      return pending.finally(() => this.#draining--);
    };
  }

  /** Resolves when the handler has done, within the patience, all that it can without the clock. */
  async settled(): Promise<void> {
    for (;;) {
      await turn();
      const pending = this.#work();
      if (pending === undefined || this.#givenUp.has(pending)) return;
      if (await this.isInTime(pending)) continue;
      this.#givenUp.add(pending);
      if (pending === this.#emit) this.#emitWaitsForFrames = true;
    }
  }

  /** Waits for `pending`, or for a `drained`; false where neither came within the patience. */
  async isInTime(pending: Pending): Promise<boolean> {
    let timer: unknown;
    const late = new Promise<boolean>((resolve) => {
      timer = systemClock.setTimer(() => resolve(false), this.#patienceMs);
    });
    const draining = new Promise<boolean>((resolve) => {
      this.#onDraining = () => resolve(true);
    });
    const isInTime = await Promise.race([pending.then(isTrue, isTrue), draining, late]);
    systemClock.clearTimer(timer);
    this.#onDraining = () => {};
    return isInTime;
  }

  /** What the handler is working on. */
  #work(): Pending | undefined {
    if (this.#draining > 0) return undefined;
    if (this.#startUp !== undefined) return this.#startUp;
    // a generator works while it has a frame in hand and is asked for audio; with one of the two alone it waits
    if (this.#handler.receiveMayWait) return this.#receive === undefined ? undefined : this.#emit;
    return this.#receive ?? (this.#emitWaitsForFrames ? undefined : this.#emit);
  }

  /** Has `set` told of the promise that a method returns, and of its end. */
  #watch(name: "receive" | "emit", set: (pending: Pending | undefined) => void): void {
    const method = this.#handler[name] as AnyMethod;
    const watched = function (this: AnyHandler, ...args: never[]): unknown {
      const result = method.apply(this, args);
      if (!isThenable(result)) return result;
      const pending = Promise.resolve(result);
      const over = () => set(undefined);
      set(pending);
      pending.then(over, over);
      return pending;
    };
    Object.defineProperty(this.#handler, name, { value: watched, configurable: true, writable: true });
  }
}

function isTrue(): true {
  return true;
}

/** A turn of the event loop: every promise that can settle has settled. */
function turn(): Promise<void> {
  return new Promise((resolve) => systemClock.setImmediate(resolve));
}
