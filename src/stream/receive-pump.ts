/**
 * Drives one handler's `receive`: never twice at once, in order, frames held while the handler is starting or busy.
 *
 * A synchronous handler is called in the turn its frame arrived in. Only one that really is asynchronous pays for promises.
 */
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { StreamHandler } from "./handler.ts";
import { lastHandlerCall } from "./handler-calls.ts";
import type { Session, SessionStats } from "./session-handle.ts";
import type { SessionInput } from "./session-input.ts";
import { isThenable } from "./thenable.ts";
import type { Watchdog } from "./watchdog.ts";

/** What the pump works on and whom it tells. */
export interface ReceivePumpParts {
  handler: StreamHandler<SampleArray>;
  session: Session;
  stats: SessionStats;
  input: SessionInput;
  watch: Watchdog;
  /** The handler has taken a frame. */
  onReceived(): void;
  onError(error: unknown): void;
}

/** One session's frames on their way into the handler. */
export class ReceivePump {
  readonly #parts: ReceivePumpParts;
  #isStarted = false;
  #isBusy = false;
  #isStopped = false;
  /** The frame in the hands of an asynchronous `receive`. */
  #heldFrame: AudioFrame<SampleArray> | undefined;

  constructor(parts: ReceivePumpParts) {
    this.#parts = parts;
  }

  /** Hands a frame to the handler, or holds it until the handler is free. */
  offer(frame: AudioFrame<SampleArray>): void {
    const { input } = this.#parts;
    if (this.#isStopped) input.release(frame);
    else if (!this.#isStarted || this.#isBusy || input.isHolding) input.hold(frame);
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

  #deliver(frame: AudioFrame<SampleArray>): void {
    const { handler, session, stats, input, watch } = this.#parts;
    stats.framesReceived++;
    lastHandlerCall.sessionId = session.id;
    lastHandlerCall.method = "receive";
    try {
      const pending: unknown = handler.receive(frame, session);
      if (isThenable(pending)) {
        this.#isBusy = true;
        this.#heldFrame = frame;
        if (!handler.receiveMayWait) watch.enter("receive");
        Promise.resolve(pending).then(this.#onReceived, this.#onFailed);
        return;
      }
    } catch (error) {
      this.#parts.onError(error);
      return;
    }
    input.release(frame);
    this.#parts.onReceived();
  }

  readonly #onReceived = (): void => {
    this.#isBusy = false;
    this.#parts.watch.leave();
    if (this.#heldFrame !== undefined) this.#parts.input.release(this.#heldFrame);
    this.#heldFrame = undefined;
    if (this.#isStopped) return;
    this.#parts.onReceived();
    this.#deliverHeld();
  };

  readonly #onFailed = (error: unknown): void => {
    this.#parts.watch.leave();
    this.#parts.onError(error);
  };

  #deliverHeld(): void {
    while (!this.#isBusy && !this.#isStopped) {
      const frame = this.#parts.input.next();
      if (frame === undefined) return;
      this.#deliver(frame);
    }
  }
}
