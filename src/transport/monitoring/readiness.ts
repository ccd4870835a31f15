/** Whether a server should be sent new clients: for load balancers and orchestrators. */
import type { Clock } from "../../core/clock.ts";
import type { SessionRegistry } from "../session-registry.ts";
import { EventLoopDelay, type LoopDelay } from "./event-loop-delay.ts";

/** Delays are those of the latest whole stretch of this length. */
const WINDOW_MS = 5000;

/** The answer, and why not. */
export interface Readiness {
  readonly isReady: boolean;
  /** Sentences; empty where it is ready. */
  readonly reasons: readonly string[];
}

/** What readiness hangs on. */
export interface ReadinessParts {
  readonly clock: Clock;
  readonly registry: SessionRegistry;
  readonly maxEventLoopDelayMs: number;
}

/** Watches one server. */
export class ReadinessMonitor {
  readonly #parts: ReadinessParts;
  readonly #delay = new EventLoopDelay();
  #latest: LoopDelay | undefined;
  #timer: unknown;

  constructor(parts: ReadinessParts) {
    this.#parts = parts;
    this.#arm();
  }

  /** @param isClosing whether the server takes no more sessions */
  look(isClosing: boolean): Readiness {
    const { maxEventLoopDelayMs, registry } = this.#parts;
    const reasons: string[] = [];
    if (isClosing) reasons.push("The server is closing.");
    if (registry.isFull) reasons.push(`The limit of ${registry.maxSessions} sessions is reached.`);
    const p99Ms = this.#latest?.p99Ms ?? 0;
    if (p99Ms > maxEventLoopDelayMs) {
      const most = `at most ${maxEventLoopDelayMs} ms`;
      reasons.push(`The event loop is ${Math.round(p99Ms)} ms late (p99 of ${WINDOW_MS} ms; ${most}).`);
    }
    return { isReady: reasons.length === 0, reasons };
  }

  /** Watches no more. */
  stop(): void {
    this.#parts.clock.clearTimer(this.#timer);
    this.#delay.stop();
  }

  #arm(): void {
    this.#timer = this.#parts.clock.setTimer(() => {
      this.#latest = this.#delay.take();
      this.#arm();
    }, WINDOW_MS);
  }
}
