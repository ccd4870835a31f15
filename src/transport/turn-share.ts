/**
 * One client's share of a turn of the event loop: whoever sends without pause is read on in the next turn, after all
 * the others. Counted in messages, so that a client that keeps to real time pays a comparison in 64 messages.
 */
import { systemClock } from "../core/clock.ts";
import type { Counters } from "./counters.ts";

/** Messages after which a client's share is looked at, a power of two; twice as many in one turn are too many. */
export const SHARE_MESSAGES = 64;

/** What can be kept from reading. */
export interface PausableSocket {
  pause(): void;
  resume(): void;
}

/** Pauses one client's socket to the end of the turn in which it has sent too much. */
export class TurnShare {
  readonly #socket: PausableSocket;
  readonly #counters: Counters;
  /** A share has been used up, and the turn in which that was has not ended. */
  #isCounting = false;
  #isPaused = false;
  readonly #endTurn = (): void => this.#onTurnEnd();

  constructor(socket: PausableSocket, counters: Counters) {
    this.#socket = socket;
    this.#counters = counters;
  }

  /** `SHARE_MESSAGES` more have come. No allocation. */
  usedUp(): void {
    if (!this.#isCounting) {
      this.#isCounting = true;
      // a turn is the event loop's, whatever clock the server has: a virtual one would never end it
      systemClock.setImmediate(this.#endTurn);
    } else if (!this.#isPaused) {
      this.#isPaused = true;
      this.#counters.pausedReads++;
      this.#socket.pause();
    }
  }

  #onTurnEnd(): void {
    this.#isCounting = false;
    if (!this.#isPaused) return;
    this.#isPaused = false;
    this.#socket.resume();
  }
}
