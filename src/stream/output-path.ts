/** From what a handler gives, of any rate, format and length, to int16 at the wire's rate. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { Resampler } from "../dsp/resampler/resampler.ts";
import { BLOCK_SAMPLES, type ConversionScratch, conversionScratch } from "./conversion-scratch.ts";

/** Takes int16 at the wire's rate; valid during the call. */
export type Int16Consumer = (samples: Int16Array) => void;

/** One session's way out. The resampler is kept while the rate stays; one for another rate is made when first needed. */
export class OutputPath {
  readonly #dsp: Dsp;
  readonly #wireRate: number;
  readonly #consume: Int16Consumer;
  readonly #scratch: ConversionScratch;
  #resampler: Resampler | undefined;
  /** The resampler holds samples that have not come out yet. */
  #isDirty = false;
  /** What has gone into the resampler since it began anew, and what has come out, in samples. */
  #resamplerIn = 0;
  #resamplerOut = 0;

  /**
   * Throws `ERR_ARENA_FULL` with nothing taken.
   * @param usualRate Hz that most audio will be at: what it needs is taken at once, so that no frame waits for a filter
   */
  constructor(dsp: Dsp, wireRate: number, usualRate: number, consume: Int16Consumer) {
    this.#dsp = dsp;
    this.#wireRate = wireRate;
    this.#consume = consume;
    this.#scratch = conversionScratch(dsp).output;
    if (usualRate !== wireRate) this.#changeRate(usualRate);
  }

  /**
   * Converts and hands on. Throws `ConfigError` for what is not audio: the handler's mistake, in the handler's stack.
   * Without a change of rate int16 is handed on as it is.
   */
  push(samples: SampleArray, sampleRate: number): void {
    const isInt16 = samples instanceof Int16Array;
    if (!isInt16 && !(samples instanceof Float32Array)) throw notAudio(samples);
    if (sampleRate === this.#wireRate) {
      if (this.#isDirty) this.flush();
      if (isInt16) this.#consume(samples);
      else this.#each(samples, this.#toInt16);
      return;
    }
    if (this.#resampler?.inputRate !== sampleRate) this.#changeRate(sampleRate);
    this.#isDirty = true;
    this.#each(samples, this.#resample);
  }

  /** Hands on what the resampler still holds: the end of a talk spurt must not wait for the next. */
  flush(): void {
    if (!this.#isDirty || this.#resampler === undefined) return;
    this.#isDirty = false;
    this.#each(this.#resampler.flush(), this.#toInt16);
    this.#startAnew(this.#resampler);
  }

  /** Forgets what the resampler still holds. */
  clear(): void {
    if (!this.#isDirty || this.#resampler === undefined) return;
    this.#isDirty = false;
    this.#startAnew(this.#resampler);
  }

  /** Whether the resampler holds a rest. */
  get holdsRest(): boolean {
    return this.#isDirty;
  }

  /** How many samples at the wire's rate the resampler still holds. */
  get pendingSamples(): number {
    if (!this.#isDirty || this.#resampler === undefined) return 0;
    const wholeSamples = Math.ceil((this.#resamplerIn * this.#wireRate) / this.#resampler.inputRate);
    return Math.max(0, wholeSamples - this.#resamplerOut);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#resampler?.dispose();
    this.#resampler = undefined;
    this.#isDirty = false;
  }

  #startAnew(resampler: Resampler): void {
    this.#resamplerIn = this.#resamplerOut = 0;
    resampler.reset();
    resampler.prime();
  }

  #each(samples: SampleArray, step: (block: SampleArray) => void): void {
    for (let at = 0; at < samples.length; at += BLOCK_SAMPLES) {
      const n = Math.min(BLOCK_SAMPLES, samples.length - at);
      step(n === samples.length ? samples : samples.subarray(at, at + n));
    }
  }

  readonly #toInt16 = (block: SampleArray): void => {
    const int16 = this.#scratch.int16.first(block.length);
    this.#dsp.pcm.floatToInt16Into(block as Float32Array, int16);
    this.#consume(int16);
  };

  readonly #resample = (block: SampleArray): void => {
    const scratch = this.#scratch;
    const { pcm } = this.#dsp;
    let float = block as Float32Array;
    if (block instanceof Int16Array) {
      float = scratch.float.first(block.length);
      pcm.int16ToFloatInto(block, float);
    }
    const n = this.#resampler!.processInto(float, scratch.resampled.all);
    this.#resamplerIn += block.length;
    this.#resamplerOut += n;
    if (n === 0) return;
    const int16 = scratch.int16.first(n);
    pcm.floatToInt16Into(scratch.resampled.first(n), int16);
    this.#consume(int16);
  };

  #changeRate(sampleRate: number): void {
    const inputRate = checkSampleRate("sampleRate", sampleRate);
    this.flush();
    this.dispose();
    this.#resamplerIn = this.#resamplerOut = 0;
    const resampler = this.#dsp.createResampler({ inputRate, outputRate: this.#wireRate });
    try {
      resampler.prime();
      const most = resampler.maxOutput(BLOCK_SAMPLES);
      this.#scratch.resampled.reserve(most);
      this.#scratch.int16.reserve(most);
    } catch (error) {
      // a handler may catch this and send again: the next call begins anew
      resampler.dispose();
      throw error;
    }
    this.#resampler = resampler;
  }
}

function notAudio(value: unknown): ConfigError {
  return new ConfigError(
    "ERR_CONFIG",
    `${show(value)} is not audio; expected an Int16Array or a Float32Array.`,
    {
      hint: "Send samples, or { samples, sampleRate }; bytes of PCM become samples by new Int16Array(buffer, offset, length).",
    },
  );
}
