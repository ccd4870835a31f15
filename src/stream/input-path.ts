/** From what the wire carries to the exact frames a handler asked for: format, rate and length. */
import type { SampleArray, SampleFormat } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { Resampler } from "../dsp/resampler/resampler.ts";
import type { FrameConsumer, Slicer } from "../dsp/slicer.ts";
import { BLOCK_SAMPLES, type ConversionScratch, conversionScratch } from "./conversion-scratch.ts";

/** What an input path is made for. */
export interface InputPathOptions {
  /** Hz on the wire. */
  wireRate: number;
  /** Hz that the handler asked for. */
  sampleRate: number;
  /** Samples of each frame, at `sampleRate`. */
  frameSamples: number;
  sampleFormat: SampleFormat;
  /** Whether what is over at the end of a `push` is handed on at once, as a shorter frame. */
  takesShortFrames: boolean;
}

/** One session's way in. Takes its memory when made, gives it back by `dispose`. */
export class InputPath {
  /** Silence that comes before the first sample, in samples at `sampleRate`: what the resampler was primed with. */
  readonly delaySamples: number = 0;
  readonly #dsp: Dsp;
  readonly #slicer: Slicer<SampleArray>;
  readonly #consume: FrameConsumer<SampleArray>;
  /** Undefined where nothing is converted. */
  readonly #scratch: ConversionScratch | undefined;
  readonly #resampler: Resampler | undefined;
  readonly #isFloat: boolean;
  readonly #takesShortFrames: boolean;

  /** @param consume takes each frame; its samples are valid during the call */
  constructor(dsp: Dsp, options: InputPathOptions, consume: FrameConsumer<SampleArray>) {
    const { wireRate, sampleRate, frameSamples, sampleFormat } = options;
    this.#dsp = dsp;
    this.#consume = consume;
    this.#slicer = dsp.createSlicer<SampleArray>({ frameSamples, sampleFormat });
    this.#takesShortFrames = options.takesShortFrames;
    this.#isFloat = sampleFormat === "float32";
    if (wireRate === sampleRate && !this.#isFloat) return;
    const scratch = conversionScratch(dsp).input;
    this.#scratch = scratch;
    if (wireRate === sampleRate) return;
    this.#resampler = dsp.createResampler({ inputRate: wireRate, outputRate: sampleRate });
    this.delaySamples = this.#resampler.prime();
    try {
      const most = this.#resampler.maxOutput(BLOCK_SAMPLES);
      scratch.resampled.reserve(most);
      if (!this.#isFloat) scratch.int16.reserve(most);
    } catch (error) {
      this.dispose();
      throw error;
    }
  }

  /** Takes int16 samples at the wire's rate, any length; hands on every frame that fills. No allocation, no throw. */
  push(samples: Int16Array): void {
    const scratch = this.#scratch;
    if (scratch === undefined) this.#slicer.push(samples, this.#consume);
    else {
      for (let at = 0; at < samples.length; at += BLOCK_SAMPLES) {
        const n = Math.min(BLOCK_SAMPLES, samples.length - at);
        this.#block(n === samples.length ? samples : samples.subarray(at, at + n), scratch);
      }
    }
    if (this.#takesShortFrames) this.#slicer.flushShort(this.#consume);
  }

  /** Whether the next sample begins a frame. */
  get isBetweenFrames(): boolean {
    return this.#slicer.remainder === 0;
  }

  /** Time stamp of the next frame. */
  get timestamp(): number {
    return this.#slicer.timestamp;
  }

  /** The next sample begins a frame with this time stamp: what went before did not come this way. */
  startAt(timestamp: number): void {
    this.#slicer.reset(timestamp);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#resampler?.dispose();
  }

  #block(samples: Int16Array, scratch: ConversionScratch): void {
    const { pcm } = this.#dsp;
    const float = scratch.float.first(samples.length);
    pcm.int16ToFloatInto(samples, float);
    if (this.#resampler === undefined) {
      this.#slicer.push(float, this.#consume);
      return;
    }
    const n = this.#resampler.processInto(float, scratch.resampled.all);
    if (n === 0) return;
    const resampled = scratch.resampled.first(n);
    if (this.#isFloat) {
      this.#slicer.push(resampled, this.#consume);
      return;
    }
    const int16 = scratch.int16.first(n);
    pcm.floatToInt16Into(resampled, int16);
    this.#slicer.push(int16, this.#consume);
  }
}
