/** How fast inputs of a session may come over HTTP. */
import type { Clock } from "../core/clock.ts";
import { RateLimit } from "./rate-limit.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { LiveSession } from "./session-registry.ts";

/** As fast as its client may send, counted apart, so that nobody who knows the id alone can use up what is the client's. */
export class InputRates {
  readonly #clock: Clock;
  readonly #bounds: ServerLimits;
  readonly #rates = new WeakMap<LiveSession, RateLimit>();

  constructor(clock: Clock, bounds: ServerLimits) {
    this.#clock = clock;
    this.#bounds = bounds;
  }

  /** Whether the session takes one more message of so many bytes. */
  take(session: LiveSession, bytes: number): boolean {
    let rate = this.#rates.get(session);
    if (rate === undefined) {
      rate = new RateLimit(this.#clock, this.#bounds);
      this.#rates.set(session, rate);
    }
    return rate.take(bytes, 0) === "taken";
  }
}
