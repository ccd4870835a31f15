/**
 * What is played next: the frame whose turn it is, something in its place, or nothing because the delay is to shrink.
 *
 * A frame that is not there is made up. When it comes after all, it is played, and the delay has grown, as far as that pays;
 * beyond it what was made up stands for it, where later frames have come with it. Where none have, the sender has paused or
 * the way has become longer, and waiting less would gain nothing: delays count from there on. The delay otherwise changes in
 * quiet, a frame at a time, blended; and, where there is no quiet and the delay is far over its target, by whole periods of
 * the voice.
 */
import type { ArrivalHistory } from "./arrival-history.ts";
import type { DriftStage } from "./drift-stage.ts";
import type { FrameOutput } from "./frame-output.ts";
import type { FrameStore } from "./frame-store.ts";
import type { JitterCounters } from "./jitter-stats.ts";
import type { LeftOut } from "./left-out.ts";
import type { NoiseFrames } from "./noise-frames.ts";
import type { PacketFrames } from "./packet-frames.ts";
import { rmsOf, SpeechLevel } from "./speech-level.ts";
import type { TargetDelay } from "./target-delay.ts";
import { jitterTuning as t } from "./tuning.ts";

/** The margin halves in about a minute of frames. */
const MARGIN_DECAY = 0.9998;

/** What playout works with. */
export interface PlayoutParts {
  frameMs: number;
  frameSamples: number;
  /** Delay outside the buffer, in ms. */
  networkMs: number;
  /** The most that a frame may be late, in ms. */
  maxDelayMs: number;
  store: FrameStore;
  /** There where packets wait undecoded. */
  packets: PacketFrames | undefined;
  /** There where the sender may say what its silence sounds like. */
  noise: NoiseFrames | undefined;
  history: ArrivalHistory;
  leftOut: LeftOut;
  target: TargetDelay;
  counters: JitterCounters;
  stage: DriftStage;
  out: FrameOutput;
}

/** One stream's playout. */
export class Playout {
  readonly #parts: PlayoutParts;
  readonly #level = new SpeechLevel();
  #freeMs: number;
  /** The index whose turn is next; -1 before the first packet. */
  next = -1;
  /** How far the last frame from a packet was played above the target. */
  overMs = 0;
  /** The newest index that has come. */
  highest = -1;
  /** Frames made up for `next` so far. */
  #held = 0;
  /** Whether one more frame was made up to see what comes behind a late one. */
  #hasLooked = false;
  /** Frames made up for what looked like a pause, and played frames until that is believed. */
  #credit = 0;
  #creditFrames = 0;
  /** Whether the newest frame from a packet was one of noise: it goes on until something else comes. */
  #isInNoise = false;
  #quietRun = 0;
  #loudRun = 0;
  #marginMs = 0;
  /** Playing of `next` waits until then. */
  #startsMs = Number.NEGATIVE_INFINITY;

  constructor(parts: PlayoutParts) {
    this.#parts = parts;
    this.#freeMs = Math.max(0, t.kneeMs - parts.networkMs);
  }

  /** Delay outside the buffer has changed. */
  set networkMs(ms: number) {
    this.#freeMs = Math.max(0, t.kneeMs - ms);
  }

  /** Whether nothing has come for so long that the sender must have paused. */
  get isIdle(): boolean {
    return this.#held * this.#parts.frameMs >= t.idleMs;
  }

  /** A sender goes on after a pause: its frames are played from `startsMs` on. */
  resumeAt(index: number, startsMs: number): void {
    this.next = Math.max(this.next, index);
    this.#held = 0;
    this.#startsMs = startsMs;
  }

  /** Falls silent until the sender goes on: what waits has been dropped. */
  rest(): void {
    if (this.next < 0) return;
    this.next = Math.max(this.next, this.highest + 1);
    this.#isInNoise = false;
    this.#held = Math.ceil(t.idleMs / this.#parts.frameMs);
    this.#parts.out.stop();
  }

  /**
   * Makes the samples that are heard from `askedMs + aheadMs` on: none where frames were only passed over. What comes between
   * the two is not known yet, so the most that playout looks ahead is kept as a margin.
   */
  step(askedMs: number, aheadMs: number): void {
    this.#marginMs = Math.max(aheadMs, this.#marginMs * MARGIN_DECAY);
    const nowMs = askedMs + aheadMs;
    const { store } = this.#parts;
    if (nowMs < this.#startsMs) this.#rest();
    else if (store.has(this.next)) this.#play(nowMs);
    else {
      const silenceEnd = this.#silenceEnd();
      if (silenceEnd > this.next) this.#passLeftOut(nowMs, silenceEnd);
      else this.#bridge();
    }
  }

  #play(nowMs: number): void {
    const { store, noise, stage, target, counters, out } = this.#parts;
    const delayMs = this.#delayMs(nowMs);
    if (this.#held > 0 && delayMs > this.#mostMs()) {
      if (this.#isBunch(delayMs)) {
        this.#giveUp();
        return;
      }
      if (!this.#hasLooked) {
        this.#hasLooked = true;
        this.#held++;
        out.conceal(undefined);
        return;
      }
      this.#countAnew();
      return;
    }
    if (delayMs > this.#parts.maxDelayMs) {
      this.#giveUp();
      return;
    }
    if (
      this.#creditFrames > 0 &&
      this.#creditFrames-- > 0 &&
      delayMs > this.#mostMs() + t.leadMs &&
      this.#isBunch(delayMs)
    ) {
      this.#jump();
      return;
    }
    this.#held = 0;
    this.#hasLooked = false;
    counters.delayMs = delayMs;
    this.#isInNoise = noise?.has(this.next) === true;
    if (this.#isInNoise) {
      this.#playNoise(delayMs);
      return;
    }
    const frame = this.#frame(this.next);
    const isQuiet = this.#level.isQuiet(this.#level.hear(frame));
    const overMs = delayMs - target.targetMs - this.#marginMs;
    this.overMs = overMs;
    if (isQuiet) {
      this.#loudRun = 0;
      if (this.#shrinksInQuiet(overMs) && this.#joinQuiet(frame)) return;
      if (overMs < -t.underMs && this.#quietRun >= t.insertRun) {
        out.insertQuiet(frame);
        this.#quietRun++;
        return;
      }
      this.#quietRun++;
    } else {
      this.#quietRun = 0;
      this.#loudRun++;
      if (overMs > t.farMs && this.#loudRun >= t.loudRun && this.#joinPeriod(frame)) return;
    }
    const hasSlack = this.#hasSound(this.next + 1);
    if (stage.isWaiting && (hasSlack || isQuiet)) out.emitAndSteer(frame, hasSlack);
    else out.emit(frame);
    store.take(this.next++);
  }

  /** A packet that says what the silence sounds like: a frame of it, or none, or one more, as the delay would have it. */
  #playNoise(delayMs: number): void {
    const { store, noise, target, counters, frameSamples } = this.#parts;
    noise?.begin(this.next);
    this.overMs = delayMs - target.targetMs - this.#marginMs;
    if (this.overMs > t.overMs) counters.removedSamplesForAcceleration += frameSamples;
    else this.#rest();
    if (this.overMs >= -t.underMs) store.take(this.next++);
  }

  /** A frame while the sender says nothing. */
  #rest(): void {
    const { noise, out } = this.#parts;
    if (this.#isInNoise && noise !== undefined) out.comfort(noise.next());
    else out.rest();
  }

  /** How late the next frame would be played now, against the fastest packets. */
  #delayMs(nowMs: number): number {
    const { history, frameMs } = this.#parts;
    return nowMs - this.next * frameMs - history.baseMs;
  }

  /** How late a frame may be played after its turn has passed. */
  #mostMs(): number {
    const { target } = this.#parts;
    const paysMs = Math.min(this.#freeMs, target.targetMs + t.resumeMs);
    return Math.max(target.targetMs + this.#marginMs + t.overMs, paysMs);
  }

  /** Whether so much has come with the next frame that it was held up on its way, and not sent late. */
  #isBunch(delayMs: number): boolean {
    const { frameMs } = this.#parts;
    const cameMs = (this.highest - this.next + 1) * frameMs;
    return cameMs > t.leadMs || cameMs >= t.bunchShare * delayMs;
  }

  #giveUp(): void {
    const { store, counters } = this.#parts;
    store.take(this.next++);
    this.#held = Math.max(0, this.#held - 1);
    counters.packetsDiscarded++;
  }

  /** From here on delays count from the packets that wait now. */
  #countAnew(): void {
    const { history, store, target, frameMs } = this.#parts;
    const { next, highest } = this;
    let baseMs = Number.POSITIVE_INFINITY;
    for (let index = next; index <= highest; index++) {
      if (store.has(index)) baseMs = Math.min(baseMs, store.arrivalMs(index) - index * frameMs);
    }
    this.#credit = this.#held;
    this.#creditFrames = t.doubtMs / frameMs;
    const isPause = this.#held * frameMs >= t.pauseMs;
    history.startAnew(highest, baseMs);
    this.#held = 0;
    this.#hasLooked = false;
    if (isPause) this.#startsMs = baseMs + next * frameMs + target.targetMs;
  }

  /** It was a stall in two parts after all: what was made up stands for as many frames, over a frame made up once more. */
  #jump(): void {
    const { out } = this.#parts;
    out.conceal(undefined);
    for (; this.#credit > 0 && this.next < this.highest; this.#credit--) this.#giveUp();
    this.#creditFrames = 0;
  }

  #shrinksInQuiet(overMs: number): boolean {
    return overMs > t.overMs && this.#quietRun >= (overMs > t.farMs ? t.farRun : t.quietRun);
  }

  #joinQuiet(frame: Int16Array): boolean {
    const { store, out } = this.#parts;
    if (!this.#hasSound(this.next + 1)) return false;
    const after = this.#frame(this.next + 1);
    if (!this.#level.isQuiet(rmsOf(after))) return false;
    out.joinQuiet(frame, after);
    store.take(this.next++);
    store.take(this.next++);
    return true;
  }

  #joinPeriod(frame: Int16Array): boolean {
    const { store, out } = this.#parts;
    if (!this.#hasSound(this.next + 1) || !out.joinPeriod(frame, this.#frame(this.next + 1))) return false;
    this.#loudRun = 0;
    store.take(this.next++);
    store.take(this.next++);
    return true;
  }

  /** Where what was left out from the next frame on ends; the next frame itself where none was. */
  #silenceEnd(): number {
    const { leftOut, store } = this.#parts;
    if (leftOut.has(this.next)) return leftOut.end;
    // noise goes on until something else comes, also in place of packets that are lost
    return this.#isInNoise ? store.nextWaiting(this.next + 1, this.highest) : this.next;
  }

  /** Nothing was sent for this turn: it may as well be passed over, or made longer. */
  #passLeftOut(nowMs: number, silenceEnd: number): void {
    const { target, counters, frameSamples } = this.#parts;
    if (this.#held > 0) {
      // what was made up before that was known stands for it
      const passed = Math.min(this.#held, silenceEnd - this.next);
      this.#held -= passed;
      this.next += passed;
      return;
    }
    const overMs = this.#delayMs(nowMs) - target.targetMs - this.#marginMs;
    if (overMs > t.overMs) {
      counters.removedSamplesForAcceleration += frameSamples;
      this.next++;
      return;
    }
    this.#rest();
    if (overMs >= -t.underMs) this.next++;
  }

  #bridge(): void {
    const { store, packets, counters, out } = this.#parts;
    this.#quietRun = 0;
    const later = store.nextWaiting(this.next + 1, this.highest);
    if (later < 0) {
      this.#held++;
      if (this.isIdle || this.#isInNoise) this.#rest();
      else out.conceal(undefined);
      return;
    }
    if (this.#held > 0) {
      // lost, not late: what was made up meanwhile stands for it
      const passed = Math.min(this.#held, later - this.next);
      this.#held -= passed;
      this.next += passed;
      counters.packetsLost += passed;
      return;
    }
    counters.packetsLost++;
    this.next++;
    if (!this.#hasSound(this.next)) {
      out.conceal(undefined);
      return;
    }
    const recovered = packets?.recover(this.next);
    if (recovered !== undefined) out.emitRecovered(recovered);
    else out.conceal(packets?.at(this.next, true) ?? store.at(this.next));
  }

  /** Whether a frame waits, and is none of noise. */
  #hasSound(index: number): boolean {
    const { noise, store } = this.#parts;
    return store.has(index) && noise?.has(index) !== true;
  }

  /** The samples of a frame that waits. */
  #frame(index: number): Int16Array {
    const { packets, store } = this.#parts;
    return packets === undefined ? store.at(index) : packets.at(index);
  }
}
