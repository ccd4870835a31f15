/**
 * The concealer: each side of a hole is continued by linear prediction of an order so high that harmonics ring on
 * (forward alone, as long as what follows is not known), the continuations are bent so that they meet in phase, cross-faded,
 * and refined by least squares between both sides.
 */
import { VoxwireError } from "../../core/errors.ts";
import type { Formats } from "../../dsp/formats.ts";
import { createPredictor, type Predictor, type PredictorShape } from "../../dsp/voice/predictor.ts";
import { Background } from "./background.ts";
import { keepBelow, peakOf, readBent, toInt16 } from "./blend.ts";
import type { Concealer, ConcealerStats } from "./concealer.ts";
import { type Bends, PhaseAlignment } from "./phase-alignment.ts";
import { type Pitch, PitchFinder } from "./pitch.ts";
import { envelopeOrder, predictorShape, samplesIn } from "./shape.ts";
import { ShapedNoise } from "./shaped-noise.ts";
import { SpeechLevel } from "./speech-level.ts";

/** What was made up goes on at full level for so long, then fades over the second. */
const HOLD_MS = 30;
const FADE_MS = 150;
/** Noise of the same spectrum takes over from so long on, within so long, to this share: what lasts longer would buzz. */
const NOISE_FROM_MS = 20;
const NOISE_WITHIN_MS = 40;
const NOISE_SHARE = 0.8;
/** Cross-fade of the first frame after a hole. */
const MERGE_MS = 2.4;
/** A continuation may rise to this many times the peaks that it continues. */
const HEADROOM = 1.2;
const FULL_SCALE = 32767;
/** How much the interpolation holds to the cross-fade. */
const PRIOR_WEIGHT = 0.1;

/** See `Concealer`. */
export class SpeechConcealer implements Concealer {
  readonly sampleRate: number;
  readonly frameSamples: number;
  readonly stats: ConcealerStats = {
    totalSamples: 0,
    concealedSamples: 0,
    silentConcealedSamples: 0,
    concealmentEvents: 0,
    interpolatedFrames: 0,
  };
  readonly #predictor: Predictor;
  readonly #shape: PredictorShape;
  readonly #level: SpeechLevel;
  readonly #pitchFinder: PitchFinder;
  readonly #pitch: Pitch = { period: 0, strength: 0 };
  readonly #alignment: PhaseAlignment;
  readonly #bends: Bends = { ahead: 0, behind: 0 };
  readonly #holdSamples: number;
  readonly #fadeSamples: number;
  readonly #merge: Float32Array;
  readonly #noise: ShapedNoise;
  readonly #background = new Background();
  readonly #envelope: Float32Array;
  readonly #noiseFromSamples: number;
  readonly #noiseWithinSamples: number;
  readonly #ahead: Float32Array;
  readonly #behind: Float32Array;
  readonly #filled: Float32Array;
  #isDisposed = false;
  #isPitchKnown = false;
  #isFitted = false;
  #holeFrames = 0;
  #limit = 1;
  #gain = 1;
  #fadedGain = 1;

  constructor(dsp: Formats, sampleRate: number, frameSamples: number) {
    this.sampleRate = sampleRate;
    this.frameSamples = frameSamples;
    this.#shape = predictorShape(sampleRate, frameSamples);
    this.#predictor = createPredictor(dsp, this.#shape);
    this.#level = new SpeechLevel(frameSamples / sampleRate);
    this.#pitchFinder = new PitchFinder(sampleRate);
    this.#alignment = new PhaseAlignment(sampleRate, frameSamples);
    this.#holdSamples = samplesIn(HOLD_MS, sampleRate);
    this.#fadeSamples = samplesIn(FADE_MS, sampleRate);
    const order = envelopeOrder(sampleRate);
    this.#noise = new ShapedNoise(order);
    this.#envelope = new Float32Array(order + 1);
    this.#noiseFromSamples = samplesIn(NOISE_FROM_MS, sampleRate);
    this.#noiseWithinSamples = samplesIn(NOISE_WITHIN_MS, sampleRate);
    const mergeSamples = samplesIn(MERGE_MS, sampleRate);
    this.#merge = Float32Array.from(
      { length: mergeSamples },
      (_, i) => (1 - Math.cos((Math.PI * (i + 0.5)) / mergeSamples)) / 2,
    );
    this.#ahead = new Float32Array(frameSamples);
    this.#behind = new Float32Array(frameSamples);
    this.#filled = new Float32Array(frameSamples);
  }

  get isVoiced(): boolean {
    return this.pitchPeriodSamples > 0;
  }

  get pitchPeriodSamples(): number {
    if (this.#isDisposed) throw disposed();
    if (!this.#isPitchKnown) {
      this.#pitchFinder.find(this.#predictor.history, this.#pitch);
      this.#isPitchKnown = true;
    }
    return this.#pitch.period;
  }

  get levelDb(): number {
    return this.#level.levelDb;
  }

  get noiseDb(): number {
    return this.#level.noiseDb;
  }

  get speechDb(): number {
    return this.#level.speechDb;
  }

  good(frame: Int16Array, out: Int16Array): void {
    if (this.#isDisposed) throw disposed();
    const n = this.frameSamples;
    if (out !== frame) for (let i = 0; i < n; i++) out[i] = frame[i]!;
    this.#level.follow(frame);
    this.#background.follow(frame, this.#level);
    if (this.#holeFrames > 0) this.#recover(out);
    this.#predictor.keep(out, n);
    this.#count(n);
  }

  conceal(out: Int16Array): void {
    if (this.#isDisposed) throw disposed();
    const n = this.frameSamples;
    this.#beginHole();
    this.#continueAhead(n + this.#merge.length);
    const ahead = this.#ahead;
    for (let i = 0; i < n; i++) ahead[i] = this.#predictor.ahead[i]!;
    this.#gain = keepBelow(ahead, n, this.#limit, this.#gain);
    if (this.#holeFrames === 0) this.#shapeNoise(n);
    this.#fade(ahead, n);
    for (let i = 0; i < n; i++) out[i] = toInt16(ahead[i]!);
    if (this.#gainAt(0) === 0) this.stats.silentConcealedSamples += n;
    this.#predictor.advanceAhead(n);
    this.#predictor.keep(out, n);
    this.#holeFrames++;
    this.#count(n);
    this.stats.concealedSamples += n;
  }

  concealBetween(out: Int16Array, next: Int16Array, missing = 1): void {
    if (this.#isDisposed) throw disposed();
    if (missing > 1) {
      this.conceal(out);
      return;
    }
    const n = this.frameSamples;
    const predictor = this.#predictor;
    const known = Math.min(next.length, predictor.future.length);
    for (let i = 0; i < known; i++) predictor.future[i] = next[i]!;
    this.#beginHole();
    const isStart = this.#holeFrames === 0;
    const reach = n + this.#shape.beyondSamples;
    this.#continueAhead(isStart ? reach : n);
    const futureLimit = Math.min(FULL_SCALE, HEADROOM * peakOf(predictor.future, 0, known));
    predictor.continueBehind(known, reach);
    const bends = this.#bends;
    if (isStart) this.#alignment.find(predictor, bends);
    else bends.ahead = bends.behind = 0;
    readBent(predictor.ahead, n, bends.ahead, this.#ahead);
    readBent(predictor.behind, n, bends.behind, this.#behind);
    this.#gain = keepBelow(this.#ahead, n, this.#limit, this.#gain);
    keepBelow(this.#behind, n, futureLimit, 1);
    if (!isStart) this.#fade(this.#ahead, n);
    const filled = this.#filled;
    for (let i = 0; i < n; i++) {
      const u = (i + 0.5) / n;
      const weight = isStart ? u : Math.min(1, 2 * u);
      filled[i] = this.#ahead[i]! * (1 - weight) + this.#behind[n - 1 - i]! * weight;
    }
    predictor.interpolate(filled, n, known, PRIOR_WEIGHT);
    const limit = Math.max(this.#limit, futureLimit);
    for (let i = 0; i < n; i++) out[i] = toInt16(Math.max(-limit, Math.min(limit, filled[i]!)));
    predictor.keep(out, n);
    this.#holeFrames = 0;
    this.#count(n);
    this.stats.concealedSamples += n;
    this.stats.interpolatedFrames++;
  }

  continueInto(out: Int16Array, before: number): void {
    if (this.#isDisposed) throw disposed();
    const { ahead, history } = this.#predictor;
    const n = out.length - before;
    this.#fit();
    this.#continueAhead(n);
    for (let i = 0; i < before; i++) out[i] = toInt16(history[history.length - before + i]!);
    for (let i = 0; i < n; i++) out[before + i] = toInt16(ahead[i]! * this.#gainAt(i));
  }

  reset(): void {
    if (this.#isDisposed) throw disposed();
    this.#predictor.reset();
    this.#level.reset();
    this.#noise.reset();
    this.#background.reset();
    this.#holeFrames = 0;
    this.#isPitchKnown = false;
    this.#isFitted = false;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.#predictor.dispose();
  }

  #beginHole(): void {
    if (this.#holeFrames > 0) return;
    this.#fit();
    this.stats.concealmentEvents++;
  }

  /** Fits to what came, unless it is fitted: within a hole, or to continue it without beginning one. */
  #fit(): void {
    if (this.#holeFrames > 0 || this.#isFitted) return;
    const { history } = this.#predictor;
    const near = Math.min(history.length, 2 * this.frameSamples);
    this.#limit = Math.min(FULL_SCALE, HEADROOM * peakOf(history, history.length - near, near));
    this.#gain = 1;
    this.#fadedGain = 1;
    this.#predictor.fitForward();
    this.#isFitted = true;
  }

  #continueAhead(n: number): void {
    this.#predictor.extendAhead(n);
  }

  /** What stands for the speech and what stands for the silence behind it, each from the newest that came. */
  #shapeNoise(n: number): void {
    const ahead = this.#ahead;
    let energy = 0;
    for (let i = 0; i < n; i++) energy += ahead[i]! * ahead[i]!;
    this.#predictor.fitEnvelope(this.#envelope.length - 1, this.#envelope);
    this.#noise.take(this.#envelope, Math.sqrt(energy / n));
    this.#background.begin(this.#level);
  }

  /** The continuation through the present frame, on its way into noise and out. */
  #fade(ahead: Float32Array, n: number): void {
    for (let i = 0; i < n; i++) ahead[i] = this.#fadedAt(ahead[i]!, i);
    this.#fadedGain = keepBelow(ahead, n, this.#limit, this.#fadedGain);
  }

  /** A sample of the continuation, `i` into the present frame, on its way into noise and out. */
  #fadedAt(sample: number, i: number): number {
    const since = this.#holeFrames * this.frameSamples + i - this.#noiseFromSamples;
    const share = NOISE_SHARE * Math.max(0, Math.min(1, since / this.#noiseWithinSamples));
    const gain = this.#gainAt(i);
    let x = sample * gain;
    if (share > 0 && gain > 0) x = x * Math.sqrt(1 - share * share) + this.#noise.next() * share * gain;
    return gain < 1 ? x + this.#background.next() * Math.sqrt(1 - gain * gain) : x;
  }

  /** The level of what is made up, `i` samples into the present frame. */
  #gainAt(i: number): number {
    const since = this.#holeFrames * this.frameSamples + i - this.#holdSamples;
    return Math.max(0, Math.min(1, 1 - since / this.#fadeSamples));
  }

  /** Cross-fades the start of a frame with the continuation of what was made up. */
  #recover(out: Int16Array): void {
    const merge = this.#merge;
    const n = Math.min(merge.length, this.frameSamples);
    this.#continueAhead(n);
    const { ahead } = this.#predictor;
    for (let i = 0; i < n; i++) {
      const weight = merge[i]!;
      const faded = this.#fadedAt(ahead[i]! * this.#gain, i) * this.#fadedGain;
      out[i] = toInt16(faded * (1 - weight) + out[i]! * weight);
    }
    this.#holeFrames = 0;
  }

  #count(n: number): void {
    this.#isFitted = false;
    this.#isPitchKnown = false;
    this.stats.totalSamples += n;
  }
}

/** Its memory may be another stream's by now. */
function disposed(): VoxwireError {
  return new VoxwireError("ERR_DISPOSED", "This concealer has been disposed of.", {
    hint: "Make a new one with createConcealer().",
  });
}
