/**
 * One way of one connection through a network. Audio meets what the network does; everything else arrives surely, after
 * all that was sent before it and before all that is sent after it, as a protocol expects of its socket.
 */
import type { Clock } from "../core/clock.ts";
import { Delivery } from "./delivery.ts";
import { NEVER, type NetworkPath } from "./path.ts";

/** Messages on their way beyond which audio is lost: half a minute of 5 ms frames. */
const MAX_ON_THE_WAY = 6000;

/** What has become of the messages of one way. */
export interface LinkStats {
  /** Messages with audio that were sent. */
  readonly media: number;
  /** Of these, those that never come. */
  readonly lost: number;
  /** Of these, those that came twice. */
  readonly duplicated: number;
  /** Of these, those that came, or will come, after one that was sent later. */
  readonly reordered: number;
  /** Messages without audio. */
  readonly others: number;
  /** Mean and most delay of what was not lost, in ms. */
  readonly meanDelayMs: number;
  readonly maxDelayMs: number;
}

/** The two ways of one connection; undefined where a message passes as it is. */
export interface NetworkLinks {
  readonly up: NetworkLink | undefined;
  readonly down: NetworkLink | undefined;
}

/** One way of one connection. */
export class NetworkLink {
  readonly #clock: Clock;
  readonly #path: NetworkPath;
  readonly #delivery: Delivery;
  readonly #originMs: number;
  readonly #counts = { media: 0, lost: 0, duplicated: 0, reordered: 0, others: 0 };
  #sumDelayMs = 0;
  #maxDelayMs = 0;
  /** The latest arrival of anything sent so far. */
  #latestMs = 0;
  /** The latest arrival of audio. */
  #latestMediaMs = 0;
  /** Nothing sent from now on may arrive before. */
  #barrierMs = 0;
  #isClosed = false;

  constructor(path: NetworkPath, clock: Clock) {
    this.#path = path;
    this.#clock = clock;
    this.#delivery = new Delivery(clock);
    this.#originMs = clock.now();
  }

  get stats(): LinkStats {
    const { media, lost, others } = this.#counts;
    const came = media + others - lost;
    return {
      ...this.#counts,
      meanDelayMs: came === 0 ? 0 : this.#sumDelayMs / came,
      maxDelayMs: this.#maxDelayMs,
    };
  }

  /** Takes audio: `deliver` is called once, twice, or never. What it sends must not change meanwhile. */
  sendMedia(bytes: number, deliver: () => void): void {
    if (this.#isClosed) return;
    const counts = this.#counts;
    counts.media++;
    const nowMs = this.#nowMs();
    const drawnMs = this.#path.send(nowMs, bytes);
    if (drawnMs === NEVER || this.#delivery.length >= MAX_ON_THE_WAY) {
      counts.lost++;
      return;
    }
    const arrivalMs = Math.max(drawnMs, this.#barrierMs);
    if (arrivalMs < this.#latestMediaMs) counts.reordered++;
    else this.#latestMediaMs = arrivalMs;
    this.#put(nowMs, arrivalMs, deliver);
    const { copyMs } = this.#path;
    if (copyMs === NEVER) return;
    counts.duplicated++;
    this.#delivery.put(this.#originMs + Math.max(copyMs, this.#barrierMs), deliver);
  }

  /** Takes anything else: `deliver` is called once. */
  send(deliver: () => void): void {
    if (this.#isClosed) return;
    this.#counts.others++;
    const nowMs = this.#nowMs();
    this.#barrierMs = Math.max(this.#path.sendSurely(nowMs), this.#latestMs);
    this.#put(nowMs, this.#barrierMs, deliver);
  }

  /** Drops what is on its way, and takes no more. */
  close(): void {
    this.#isClosed = true;
    this.#delivery.clear();
  }

  #put(nowMs: number, arrivalMs: number, deliver: () => void): void {
    this.#latestMs = Math.max(this.#latestMs, arrivalMs);
    this.#sumDelayMs += arrivalMs - nowMs;
    this.#maxDelayMs = Math.max(this.#maxDelayMs, arrivalMs - nowMs);
    this.#delivery.put(this.#originMs + arrivalMs, deliver);
  }

  #nowMs(): number {
    return this.#clock.now() - this.#originMs;
  }
}
