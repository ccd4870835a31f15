/**
 * What is played next: the frame whose turn it is, something in its place, or nothing because the delay is to shrink.
 *
 * A frame that is not there is made up. When it comes after all, it is played (the delay has grown) unless the delay would
 * pass the knee of the E-model: then what was made up stands for it. The delay otherwise changes in quiet, a frame at a
 * time, blended; and, where there is no quiet and the delay is far over its target, by whole periods of the voice.
 */
import type { Concealer } from "../concealment/concealer.ts";
import type { ArrivalHistory } from "./arrival-history.ts";
import type { DriftStage } from "./drift-stage.ts";
import type { FrameStore } from "./frame-store.ts";
import type { JitterCounters } from "./jitter-stats.ts";
import { rmsOf, SpeechLevel } from "./speech-level.ts";
import { blendNoise, findPeriod, type Period, removePeriod } from "./splice.ts";
import type { TargetDelay } from "./target-delay.ts";
import { jitterTuning as t } from "./tuning.ts";

/** The margin halves in about a minute of frames. */
const MARGIN_DECAY = 0.9998;

/** What playout works with. */
export interface PlayoutParts {
  sampleRate: number;
  frameMs: number;
  frameSamples: number;
  /** Delay outside the buffer, in ms. */
  networkMs: number;
  /** The most that a frame may be late, in ms. */
  maxDelayMs: number;
  store: FrameStore;
  history: ArrivalHistory;
  target: TargetDelay;
  concealer: Concealer;
  stage: DriftStage;
  counters: JitterCounters;
}

/** One stream's playout. */
export class Playout {
  readonly #parts: PlayoutParts;
  readonly #level = new SpeechLevel();
  readonly #work: Int16Array;
  readonly #pair: Int16Array;
  readonly #pairTail: Int16Array;
  readonly #period: Period = { samples: 0, likeness: 0 };
  readonly #freeMs: number;
  /** The index whose turn is next; -1 before the first packet. */
  next = -1;
  /** How far the last frame from a packet was played above the target. */
  overMs = 0;
  /** The newest index that has come. */
  highest = -1;
  /** Frames made up for `next` so far. */
  #held = 0;
  #quietRun = 0;
  #loudRun = 0;
  #isConcealing = false;
  #marginMs = 0;
  /** Playing of `next` waits until then. */
  #startsMs = Number.NEGATIVE_INFINITY;

  constructor(parts: PlayoutParts) {
    this.#parts = parts;
    const n = parts.frameSamples;
    this.#work = new Int16Array(n);
    this.#pair = new Int16Array(2 * n);
    this.#pairTail = new Int16Array(n);
    this.#freeMs = Math.max(0, t.kneeMs - parts.networkMs);
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

  /**
   * Makes the samples that are heard from `askedMs + aheadMs` on: none where frames were only passed over. What comes between
   * the two is not known yet, so the most that playout looks ahead is kept as a margin.
   */
  step(askedMs: number, aheadMs: number): void {
    this.#marginMs = Math.max(aheadMs, this.#marginMs * MARGIN_DECAY);
    const nowMs = askedMs + aheadMs;
    if (nowMs < this.#startsMs) this.#conceal(-1);
    else if (this.#parts.store.has(this.next)) this.#play(nowMs);
    else this.#bridge();
  }

  #play(nowMs: number): void {
    const { store, history, target, counters, frameMs } = this.#parts;
    const delayMs = nowMs - this.next * frameMs - history.baseMs;
    if (this.#isTooLate(delayMs)) {
      store.take(this.next++);
      this.#held = Math.max(0, this.#held - 1);
      counters.packetsDiscarded++;
      return;
    }
    this.#held = 0;
    counters.delayMs = delayMs;
    const frame = store.at(this.next);
    const isQuiet = this.#level.isQuiet(this.#level.hear(frame));
    const overMs = delayMs - target.targetMs - this.#marginMs;
    this.overMs = overMs;
    if (isQuiet) {
      this.#loudRun = 0;
      if (this.#shrinksInQuiet(overMs) && this.#dropQuiet(frame)) return;
      if (overMs < -t.underMs && this.#quietRun >= t.insertRun) {
        this.#insertQuiet(frame);
        return;
      }
      this.#quietRun++;
    } else {
      this.#quietRun = 0;
      this.#loudRun++;
      if (overMs > t.farMs && this.#loudRun >= t.loudRun && this.#dropPeriod(frame)) return;
    }
    this.#emit(frame);
    store.take(this.next++);
  }

  #isTooLate(delayMs: number): boolean {
    const { target, maxDelayMs } = this.#parts;
    if (delayMs > maxDelayMs) return true;
    return this.#held > 0 && delayMs > Math.max(target.targetMs + this.#marginMs + t.overMs, this.#freeMs);
  }

  #shrinksInQuiet(overMs: number): boolean {
    return overMs > t.overMs && this.#quietRun >= (overMs > t.farMs ? t.farRun : t.quietRun);
  }

  /** Two quiet frames become one that begins as the first and ends as the second. */
  #dropQuiet(frame: Int16Array): boolean {
    const { store, counters, frameSamples } = this.#parts;
    if (!store.has(this.next + 1)) return false;
    const after = store.at(this.next + 1);
    if (!this.#level.isQuiet(rmsOf(after))) return false;
    blendNoise(frame, after, this.#work);
    this.#emit(this.#work);
    counters.removedSamplesForAcceleration += frameSamples;
    store.take(this.next++);
    store.take(this.next++);
    return true;
  }

  /** A frame that begins as the next one and goes over into what continues the one before. */
  #insertQuiet(frame: Int16Array): void {
    const { concealer, counters, frameSamples, stage } = this.#parts;
    concealer.conceal(this.#work);
    blendNoise(frame, this.#work, this.#work);
    stage.push(this.#work, frameSamples);
    counters.insertedSamplesForDeceleration += frameSamples;
    counters.totalSamplesReceived += frameSamples;
    this.#quietRun++;
  }

  /** Two frames lose one period of the voice, where it repeats well enough. */
  #dropPeriod(frame: Int16Array): boolean {
    const { store, counters, concealer, stage, sampleRate, frameSamples } = this.#parts;
    if (!store.has(this.next + 1)) return false;
    this.#pair.set(frame);
    this.#pair.set(store.at(this.next + 1), frameSamples);
    findPeriod(this.#pair, sampleRate, this.#period);
    if (this.#period.likeness < t.periodLikeness) return false;
    const left = removePeriod(this.#pair, this.#period.samples);
    for (let i = 0; i < frameSamples; i++) this.#pairTail[i] = this.#pair[left - frameSamples + i]!;
    this.#isConcealing = false;
    concealer.good(this.#pairTail, this.#pairTail);
    stage.push(this.#pair, left);
    this.#countEmitted(left);
    counters.removedSamplesForAcceleration += this.#period.samples;
    this.#loudRun = 0;
    store.take(this.next++);
    store.take(this.next++);
    return true;
  }

  #bridge(): void {
    const { store, counters } = this.#parts;
    this.#quietRun = 0;
    const later = store.nextWaiting(this.next + 1, this.highest);
    if (later < 0) {
      this.#held++;
      this.#conceal(-1);
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
    this.#conceal(store.has(this.next) ? this.next : -1);
  }

  #conceal(between: number): void {
    const { store, concealer, counters, stage, frameSamples } = this.#parts;
    if (between >= 0) concealer.concealBetween(this.#work, store.at(between));
    else concealer.conceal(this.#work);
    if (!this.#isConcealing) counters.concealmentEvents++;
    this.#isConcealing = true;
    counters.concealedSamples += frameSamples;
    if (this.isIdle) counters.silentConcealedSamples += frameSamples;
    counters.totalSamplesReceived += frameSamples;
    stage.push(this.#work, frameSamples);
  }

  #emit(frame: Int16Array): void {
    const { concealer, stage, frameSamples } = this.#parts;
    this.#isConcealing = false;
    concealer.good(frame, frame);
    stage.push(frame, frameSamples);
    this.#countEmitted(frameSamples);
  }

  #countEmitted(samples: number): void {
    const { counters, target } = this.#parts;
    counters.totalSamplesReceived += samples;
    counters.jitterBufferEmittedCount += samples;
    counters.jitterBufferDelay += (Math.max(0, counters.delayMs) * samples) / 1000;
    counters.jitterBufferTargetDelay += (target.targetMs * samples) / 1000;
  }
}
