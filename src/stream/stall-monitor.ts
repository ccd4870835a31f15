/**
 * Notices when the event loop stood still: a handler that computes, or loops, without giving the turn back. Nothing in
 * the same thread can stop it; this says afterwards for how long everyone waited, and who may have been it.
 */
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { forgetHandlerCalls, handlerCalls } from "./handler-calls.ts";

const INTERVAL_MS = 200;
/** Lateness from which a stall is reported: more than scheduling and garbage collection take. */
const REPORT_MS = 250;

/** Watches one thread's event loop. */
export class StallMonitor {
  /** Stalls seen so far, and the longest. */
  stalls = 0;
  maxStallMs = 0;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #whoWaited: string;
  #dueMs = 0;
  #timer: unknown;
  readonly #look = (): void => this.#onTimer();

  /** @param whoWaited for the log */
  constructor(clock: Clock, logger: Logger, whoWaited = "every session") {
    this.#clock = clock;
    this.#logger = logger;
    this.#whoWaited = whoWaited;
    this.#arm();
  }

  /** Watches no more. */
  stop(): void {
    this.#clock.clearTimer(this.#timer);
  }

  #arm(): void {
    // what was called before this moment had given the turn back
    forgetHandlerCalls();
    this.#dueMs = this.#clock.now() + INTERVAL_MS;
    this.#timer = this.#clock.setTimer(this.#look, INTERVAL_MS);
  }

  #onTimer(): void {
    const lateMs = this.#clock.now() - this.#dueMs;
    if (lateMs >= REPORT_MS) this.#report(Math.round(lateMs));
    this.#arm();
  }

  #report(stallMs: number): void {
    this.stalls++;
    this.maxStallMs = Math.max(this.maxStallMs, stallMs);
    const { sessionId, method } = handlerCalls;
    const suspect = suspectOf(handlerCalls);
    this.#logger.warn(`The event loop stood still for ${stallMs} ms; ${this.#whoWaited} waited.${suspect}`, {
      stallMs,
      session: sessionId,
      method,
    });
  }
}

/** Calls are not timed, which would cost each of them: of several, any may have been the one, and the last is named. */
function suspectOf({ sessionId, method, count }: typeof handlerCalls): string {
  if (count === 0) return "";
  const call = `${method}() of session ${sessionId}`;
  return count === 1
    ? ` One call into a handler was made meanwhile: ${call}.`
    : ` At least one of ${count} calls into handlers took so long, or all together; the last was ${call}.`;
}
