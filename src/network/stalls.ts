/** When nothing gets through: stretches of time, drawn one after another as time goes on. */
import type { Draw } from "./draw.ts";
import type { NetworkProfile } from "./profile.ts";

/** The stalls of one way. Times only grow. */
export class Stalls {
  readonly #shape: NonNullable<NetworkProfile["stalls"]>;
  readonly #draw: Draw;
  #startMs: number;
  #endMs: number;
  #left: number;

  constructor(shape: NonNullable<NetworkProfile["stalls"]>, draw: Draw) {
    this.#shape = shape;
    this.#draw = draw;
    this.#startMs = 0;
    this.#endMs = 0;
    this.#left = 0;
    this.#next();
  }

  /** How long a message of `nowMs` is held up; 0 outside a stall. */
  waitMs(nowMs: number): number {
    while (nowMs >= this.#endMs) this.#next();
    return nowMs >= this.#startMs ? this.#endMs - nowMs : 0;
  }

  /** Whether a message that is held up is one of the first of its stall, which never come. */
  takesOne(): boolean {
    if (this.#left === 0) return false;
    this.#left--;
    return true;
  }

  #next(): void {
    const { everyMs, restMs, leastMs, mostMs, lost = 0 } = this.#shape;
    const meanMs = Math.max(0, everyMs - restMs);
    this.#startMs = this.#endMs + restMs + this.#draw.exponential(meanMs);
    // a stall of no length would be looked for again and again
    this.#endMs = this.#startMs + Math.max(1, this.#draw.between(leastMs, mostMs));
    this.#left = lost;
  }
}
