/** Pings while a session is up: measures the way there and back, and notices a peer that has gone without a word. */
import type { Clock } from "../core/clock.ts";
import { DurationHistogram } from "./histogram.ts";

/** What a heartbeat is made for. */
export interface HeartbeatOptions {
  clock: Clock;
  intervalMs: number;
  timeoutMs: number;
  sendPing(): void;
  /** Nothing at all has come for `timeoutMs` after a ping. */
  onSilence(): void;
}

/** One ping at a time, one timer at a time. */
export class Heartbeat {
  readonly rtt = new DurationHistogram();
  readonly #options: HeartbeatOptions;
  readonly #beat = () => this.#ping();
  readonly #check = () => this.#judge();
  #timer: unknown;
  #sentMs = 0;
  #heardMs = 0;
  #isWaiting = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Sends the first ping now. */
  start(): void {
    this.#ping();
  }

  /** Any message has come: the peer is there. */
  heard(): void {
    this.#heardMs = this.#options.clock.now();
  }

  /** The answer to a ping has come; returns after how many ms, or -1 where none was waited for. */
  pong(): number {
    if (!this.#isWaiting) return -1;
    this.#isWaiting = false;
    const ms = this.#options.clock.now() - this.#sentMs;
    this.rtt.record(ms);
    return ms;
  }

  /** Forgets everything that is planned. */
  stop(): void {
    this.#options.clock.clearTimer(this.#timer);
  }

  #ping(): void {
    const { clock, timeoutMs, sendPing } = this.#options;
    this.#sentMs = clock.now();
    this.#isWaiting = true;
    sendPing();
    this.#timer = clock.setTimer(this.#check, timeoutMs);
  }

  #judge(): void {
    const { clock, intervalMs, timeoutMs, onSilence } = this.#options;
    if (this.#isWaiting && this.#heardMs < this.#sentMs) onSilence();
    else this.#timer = clock.setTimer(this.#beat, Math.max(0, intervalMs - timeoutMs));
  }
}
