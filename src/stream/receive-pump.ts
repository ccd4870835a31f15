/**
 * Drives one handler's `receive`: never twice at once, in order, frames held while the handler is starting or busy.
 *
 * A synchronous handler is called in the turn its frame arrived in. Only one that really is asynchronous pays for promises.
 */
import type { SampleArray } from "../core/types.ts";
import type { EmitPump } from "./emit-pump.ts";
import type { StreamHandler } from "./handler.ts";
import { enterHandler } from "./handler-calls.ts";
import type { PooledFrame } from "./pooled-frame.ts";
import type { Session } from "./session-handle.ts";
import type { FrameTaker, SessionInput } from "./session-input.ts";
import { isThenable } from "./thenable.ts";
import type { Watchdog } from "./watchdog.ts";

/** What the pump works on and whom it tells. */
export interface ReceivePumpParts {
  handler: StreamHandler<SampleArray>;
  session: Session;
  input: SessionInput;
  watch: Watchdog;
  /** Asked when the handler has taken a frame. */
  emit: EmitPump;
  onError(error: unknown): void;
}

/** One session's frames on their way into the handler. */
export class ReceivePump implements FrameTaker {
  /** Frames handed to the handler. */
  frames = 0;
  #isStopped = false;
  #isStarted = false;
  #isBusy = false;
  readonly #handler: StreamHandler<SampleArray>;
  readonly #session: Session;
  readonly #input: SessionInput;
  readonly #emit: EmitPump;
  readonly #watch: Watchdog;
  readonly #onError: (error: unknown) => void;
  /** The frame in the hands of an asynchronous `receive`. */
  #heldFrame: PooledFrame<SampleArray> | undefined;
  /** Made for the first promise: only a handler that really is asynchronous pays for it. */
  #settle: { onReceived: () => void; onFailed: (error: unknown) => void } | undefined;

  constructor({ handler, session, input, watch, emit, onError }: ReceivePumpParts) {
    this.#handler = handler;
    this.#session = session;
    this.#input = input;
    this.#emit = emit;
    this.#watch = watch;
    this.#onError = onError;
  }

  /** Hands a frame to the handler, or holds it until the handler is free. */
  offer(frame: PooledFrame<SampleArray>): void {
    if (this.#isStopped) this.#input.release(frame);
    else if (!this.#isStarted || this.#isBusy || this.#input.isHolding) this.#input.hold(frame);
    else this.#deliver(frame);
  }

  /** The handler is ready: hands it what has been held. */
  start(): void {
    this.#isStarted = true;
    this.#deliverHeld();
  }

  /** Calls no more. */
  stop(): void {
    this.#isStopped = true;
  }

  #deliver(frame: PooledFrame<SampleArray>): void {
    this.frames++;
    enterHandler(this.#session.id, "receive");
    try {
      const pending: unknown = this.#handler.receive(frame, this.#session);
      if (pending !== undefined && isThenable(pending)) {
        this.#wait(frame, pending);
        return;
      }
    } catch (error) {
      this.#onError(error);
      return;
    }
    this.#input.release(frame);
    this.#emit.pull();
  }

  #wait(frame: PooledFrame<SampleArray>, pending: PromiseLike<unknown>): void {
    this.#isBusy = true;
    this.#heldFrame = frame;
    if (!this.#handler.receiveMayWait) this.#watch.enter("receive");
    this.#settle ??= {
      onReceived: () => this.#onReceived(),
      onFailed: (error) => this.#onFailed(error),
    };
    Promise.resolve(pending).then(this.#settle.onReceived, this.#settle.onFailed);
  }

  #onReceived(): void {
    this.#isBusy = false;
    this.#watch.leave();
    if (this.#heldFrame !== undefined) this.#input.release(this.#heldFrame);
    this.#heldFrame = undefined;
    if (this.#isStopped) return;
    this.#emit.pull();
    this.#deliverHeld();
  }

  #onFailed(error: unknown): void {
    this.#watch.leave();
    this.#onError(error);
  }

  #deliverHeld(): void {
    while (!this.#isBusy && !this.#isStopped) {
      const frame = this.#input.next();
      if (frame === undefined) return;
      this.#deliver(frame);
    }
  }
}
