/**
 * One way of a network, message by message: when each arrives, if it does.
 *
 * Every message takes the same number of draws, so the n-th one of a way meets the same jitter and loss in every run;
 * stalls, detours and rates go by the time at which it is sent.
 */
import { Draw } from "./draw.ts";
import type { NetworkProfile, NetworkTrace } from "./profile.ts";
import { Stalls } from "./stalls.ts";

/** What `send` says of a message that never comes, and `copyMs` where there is no second one. */
export const NEVER = -1;

/** Drawn apart, so that one part more does not change all others. */
const STREAMS = { jitter: 0, loss: 1, duplicates: 2, stalls: 3, resends: 4 } as const;

/** One way. Times are ms since it was opened and must not go back. */
export interface NetworkPath {
  /** When a message of `bytes` that is sent at `nowMs` arrives, or `NEVER`. */
  send(nowMs: number, bytes: number): number;
  /** When the second copy of that message arrives, or `NEVER`. */
  readonly copyMs: number;
  /** When a message arrives that is never lost and takes no draw: what holds everything up holds it up as well. */
  sendSurely(nowMs: number): number;
}

/** A way through a network. @param seed the same one gives the same fates */
export function openPath(network: NetworkProfile | NetworkTrace, seed: number): NetworkPath {
  return "delaysMs" in network ? new TracePath(network) : new ModelPath(network, seed);
}

class ModelPath implements NetworkPath {
  copyMs = NEVER;
  readonly #profile: NetworkProfile;
  readonly #jitter: Draw;
  readonly #loss: Draw;
  readonly #duplicates: Draw;
  readonly #resends: Draw;
  readonly #stalls: Stalls | undefined;
  #isBadState = false;
  #wander = 0;
  #lastMs = 0;
  /** No message arrives before this one where order is kept. */
  #frontMs = 0;
  #lineFreeMs = 0;

  constructor(profile: NetworkProfile, seed: number) {
    this.#profile = profile;
    this.#jitter = new Draw(seed, STREAMS.jitter);
    this.#loss = new Draw(seed, STREAMS.loss);
    this.#duplicates = new Draw(seed, STREAMS.duplicates);
    this.#resends = new Draw(seed, STREAMS.resends);
    if (profile.stalls !== undefined)
      this.#stalls = new Stalls(profile.stalls, new Draw(seed, STREAMS.stalls));
  }

  send(nowMs: number, bytes: number): number {
    const isLost = this.#drawLoss();
    const jitterMs = this.#drawJitter(nowMs);
    const resendMs = this.#drawResend();
    const { duplicatePercent = 0, isOrdered = false } = this.#profile;
    const isDouble = duplicatePercent > 0 && 100 * this.#duplicates.unit() < duplicatePercent;
    this.copyMs = NEVER;
    const waitMs = this.#stalls?.waitMs(nowMs) ?? 0;
    if (waitMs > 0 && this.#stalls?.takesOne() === true) return NEVER;
    if (isLost) return NEVER;
    const lineMs = this.#takeLine(nowMs, bytes);
    if (lineMs < 0) return NEVER;
    const ownMs = this.#toGrid(nowMs, this.#baseMs(nowMs) + jitterMs + resendMs);
    let arrivalMs = Math.max(lineMs + ownMs, waitMs > 0 ? nowMs + waitMs : 0);
    if (isOrdered) {
      arrivalMs = Math.max(arrivalMs, this.#frontMs);
      this.#frontMs = arrivalMs;
    }
    if (isDouble) this.copyMs = arrivalMs + jitterMs;
    return arrivalMs;
  }

  sendSurely(nowMs: number): number {
    const arrivalMs = nowMs + Math.max(this.#baseMs(nowMs), this.#stalls?.waitMs(nowMs) ?? 0);
    if (this.#profile.isOrdered !== true) return arrivalMs;
    this.#frontMs = Math.max(arrivalMs, this.#frontMs);
    return this.#frontMs;
  }

  #baseMs(nowMs: number): number {
    const { delayMs, detour } = this.#profile;
    if (detour === undefined) return delayMs;
    return Math.floor(nowMs / detour.everyMs) % 2 === 1 ? delayMs + detour.extraMs : delayMs;
  }

  #toGrid(nowMs: number, delayMs: number): number {
    const { gridMs } = this.#profile;
    return gridMs === undefined ? delayMs : Math.ceil((nowMs + delayMs) / gridMs) * gridMs - nowMs;
  }

  #drawJitter(nowMs: number): number {
    const { jitter } = this.#profile;
    if (jitter === undefined) return 0;
    if (jitter.kind === "uniform") return this.#jitter.between(0, jitter.ms);
    if (jitter.kind === "exponential") return this.#jitter.exponential(jitter.ms);
    const keep = Math.exp(-(nowMs - this.#lastMs) / (jitter.memoryMs ?? 200));
    this.#lastMs = nowMs;
    this.#wander = keep * this.#wander + jitter.ms * Math.sqrt(1 - keep * keep) * this.#jitter.normal();
    return Math.abs(this.#wander);
  }

  /** A good state that loses nothing and a bad one that loses all; a burst of 1 on average is loss without memory. */
  #drawLoss(): boolean {
    const { loss } = this.#profile;
    if (loss === undefined) return false;
    const { percent, burst = 1 } = loss;
    const share = percent / 100;
    const drawn = this.#loss.unit();
    if (burst <= 1 || share >= 1) return drawn < share;
    this.#isBadState = this.#isBadState ? drawn >= 1 / burst : drawn < share / burst / (1 - share);
    return this.#isBadState;
  }

  #drawResend(): number {
    const { resends } = this.#profile;
    if (resends === undefined) return 0;
    const isHit = 100 * this.#resends.unit() < resends.percent;
    const isQuick = 100 * this.#resends.unit() < resends.quickPercent;
    const slowMs = this.#resends.between(resends.slowLeastMs, resends.slowMostMs);
    if (!isHit) return 0;
    return isQuick ? resends.quickMs : slowMs;
  }

  /** When the line has passed the message on; below 0 where the queue in front of it is full. */
  #takeLine(nowMs: number, bytes: number): number {
    const { rate } = this.#profile;
    if (rate === undefined) return nowMs;
    const startMs = Math.max(nowMs, this.#lineFreeMs);
    if (startMs - nowMs > rate.queueMs) return NEVER;
    this.#lineFreeMs = startMs + (bytes * 8) / rate.kbps;
    return this.#lineFreeMs;
  }
}

class TracePath implements NetworkPath {
  readonly copyMs = NEVER;
  readonly #trace: NetworkTrace;
  readonly #leastMs: number;
  #at = 0;
  #frontMs = 0;

  constructor(trace: NetworkTrace) {
    this.#trace = trace;
    this.#leastMs = trace.delaysMs.reduce<number>((least, ms) => Math.min(least, ms ?? least), Infinity);
  }

  send(nowMs: number): number {
    const { delaysMs } = this.#trace;
    const delayMs = delaysMs[this.#at] ?? null;
    this.#at = (this.#at + 1) % delaysMs.length;
    return delayMs === null ? NEVER : this.#inOrder(nowMs + delayMs);
  }

  sendSurely(nowMs: number): number {
    return this.#inOrder(nowMs + this.#leastMs);
  }

  #inOrder(arrivalMs: number): number {
    if (this.#trace.isOrdered !== true) return arrivalMs;
    this.#frontMs = Math.max(this.#frontMs, arrivalMs);
    return this.#frontMs;
  }
}
