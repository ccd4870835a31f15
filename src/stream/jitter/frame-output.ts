/** What is heard: frames that came, frames made up in their place, and stretches put in or taken out; counted as it goes. */
import type { Concealer } from "../concealment/concealer.ts";
import type { DriftStage } from "./drift-stage.ts";
import type { JitterCounters } from "./jitter-stats.ts";
import { blendNoise, findPeriod, type Period, removePeriod, stretchNoise } from "./splice.ts";
import type { TargetDelay } from "./target-delay.ts";
import { jitterTuning as t } from "./tuning.ts";

/** What the way out is made of. */
export interface FrameOutputParts {
  sampleRate: number;
  frameSamples: number;
  concealer: Concealer;
  stage: DriftStage;
  counters: JitterCounters;
  target: TargetDelay;
}

/** One stream's way out. No allocation but for a view where a period of the voice is taken out. */
export class FrameOutput {
  readonly #parts: FrameOutputParts;
  readonly #work: Int16Array;
  readonly #pair: Int16Array;
  readonly #tail: Int16Array;
  readonly #period: Period = { samples: 0, likeness: 0 };
  #isConcealing = false;

  constructor(parts: FrameOutputParts) {
    this.#parts = parts;
    const n = parts.frameSamples;
    this.#work = new Int16Array(n);
    this.#pair = new Int16Array(2 * n);
    this.#tail = new Int16Array(n);
  }

  /** A frame that came. */
  emit(frame: Int16Array): void {
    const { concealer, stage, frameSamples } = this.#parts;
    this.#isConcealing = false;
    concealer.good(frame, frame);
    stage.push(frame, frameSamples);
    this.#countEmitted(frameSamples);
  }

  /** A lost frame that the packet after it carried once more. */
  emitRecovered(frame: Int16Array): void {
    this.emit(frame);
    this.#parts.counters.recoveredSamples += this.#parts.frameSamples;
  }

  /** A frame in place of one that is not there. @param next what follows it, where that is known */
  conceal(next: Int16Array | undefined): void {
    const { concealer, counters } = this.#parts;
    if (next !== undefined) concealer.concealBetween(this.#work, next);
    else concealer.conceal(this.#work);
    if (!this.#isConcealing) counters.concealmentEvents++;
    this.#isConcealing = true;
    this.#pushMadeUp();
  }

  /** A frame while the sender says nothing: what was heard before fades, and no hole is counted. */
  rest(): void {
    const { concealer, counters, frameSamples } = this.#parts;
    concealer.conceal(this.#work);
    counters.silentConcealedSamples += frameSamples;
    this.#pushMadeUp();
  }

  /** A frame of the noise that the sender said there is while it says nothing. */
  comfort(noise: Int16Array): void {
    const { concealer, counters, frameSamples } = this.#parts;
    concealer.good(noise, this.#work);
    this.#isConcealing = false;
    counters.silentConcealedSamples += frameSamples;
    this.#pushMadeUp();
  }

  /** Falls silent within a frame, and forgets what was heard. */
  stop(): void {
    const { concealer, frameSamples } = this.#parts;
    concealer.conceal(this.#work);
    for (let i = 0; i < frameSamples; i++)
      this.#work[i] = (this.#work[i]! * (frameSamples - i)) / frameSamples;
    this.#pushMadeUp();
    concealer.reset();
    this.#isConcealing = false;
  }

  /** Two quiet frames become one that begins as the first and ends as the second. */
  joinQuiet(frame: Int16Array, after: Int16Array): void {
    blendNoise(frame, after, this.#work);
    this.emit(this.#work);
    this.#parts.counters.removedSamplesForAcceleration += this.#parts.frameSamples;
  }

  /** A frame that begins as the quiet one to come and goes over into what continues the one before. */
  insertQuiet(frame: Int16Array): void {
    const { concealer, counters, frameSamples, stage } = this.#parts;
    concealer.conceal(this.#work);
    blendNoise(frame, this.#work, this.#work);
    stage.push(this.#work, frameSamples);
    counters.insertedSamplesForDeceleration += frameSamples;
    counters.totalSamplesReceived += frameSamples;
  }

  /**
   * A frame that came, as `emit`, where steering is about to begin. Without slack it must be quiet, and is made longer by
   * what the filter holds back.
   * @param hasSlack whether the frame after it is there, so that what is held back can be had from it
   */
  emitAndSteer(frame: Int16Array, hasSlack: boolean): void {
    const { concealer, counters, stage, frameSamples } = this.#parts;
    stage.begin();
    if (hasSlack) {
      this.emit(frame);
      return;
    }
    this.#isConcealing = false;
    concealer.good(frame, frame);
    const longer = stage.latencySamples;
    stretchNoise(frame, longer, this.#pair);
    stage.push(this.#pair, frameSamples + longer);
    this.#countEmitted(frameSamples);
    counters.insertedSamplesForDeceleration += longer;
    counters.totalSamplesReceived += longer;
  }

  /** Two frames lose one period of the voice; false, and nothing is heard, where it does not repeat well enough. */
  joinPeriod(frame: Int16Array, after: Int16Array): boolean {
    const { counters, concealer, stage, sampleRate, frameSamples } = this.#parts;
    // what was made up has yet to be joined to what came
    if (this.#isConcealing) return false;
    this.#pair.set(frame);
    this.#pair.set(after, frameSamples);
    findPeriod(this.#pair, sampleRate, this.#period);
    if (this.#period.likeness < t.periodLikeness) return false;
    const left = removePeriod(this.#pair, this.#period.samples);
    for (let i = 0; i < frameSamples; i++) this.#tail[i] = this.#pair[left - frameSamples + i]!;
    this.#isConcealing = false;
    concealer.good(this.#tail, this.#tail);
    stage.push(this.#pair, left);
    this.#countEmitted(left);
    counters.removedSamplesForAcceleration += this.#period.samples;
    return true;
  }

  #pushMadeUp(): void {
    const { counters, stage, frameSamples } = this.#parts;
    counters.concealedSamples += frameSamples;
    counters.totalSamplesReceived += frameSamples;
    stage.push(this.#work, frameSamples);
  }

  #countEmitted(samples: number): void {
    const { counters, target } = this.#parts;
    counters.totalSamplesReceived += samples;
    counters.jitterBufferEmittedCount += samples;
    counters.jitterBufferDelay += (Math.max(0, counters.delayMs) * samples) / 1000;
    counters.jitterBufferTargetDelay += (target.targetMs * samples) / 1000;
  }
}
