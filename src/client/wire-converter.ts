/**
 * From a caller's samples to the wire's: any rate, any number of channels, int16 or float32 -> mono int16 at one rate.
 * One streaming resampler for as long as the caller's rate stays, so that no seam is heard between blocks.
 */
import { checkInteger, show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray } from "../core/types.ts";
import type { ClientDsp, ClientResampler } from "../dsp/client-dsp.ts";

/** A stretch of audio of any rate, length and number of channels (interleaved). */
export interface SampleBlock {
  readonly samples: SampleArray;
  /** Hz. */
  readonly sampleRate: number;
  /** Default 1. */
  readonly channels?: number;
}

/** One stream on its way to the wire. Results are views, valid until the next call. */
export class WireConverter {
  readonly sampleRate: number;
  readonly #dsp: ClientDsp;
  #gain = 1;
  #resampler: ClientResampler | undefined;
  #inputRate = 0;
  #mono = new Float32Array(0);
  #tail = new Int16Array(0);
  #out = new Int16Array(0);

  /** @param sampleRate the wire's, in Hz */
  constructor(dsp: ClientDsp, sampleRate: number) {
    this.#dsp = dsp;
    this.sampleRate = sampleRate;
  }

  /** Multiplies everything from here on; 1 is as it came. */
  setGain(gain: number): void {
    this.#gain = Math.fround(gain);
  }

  /**
   * Converts one block. A change of rate within a stream first gives back what the resampler of the old rate still held.
   * @throws ConfigError `ERR_CONFIG`, `ERR_RATE`
   */
  convert(samples: SampleArray, sampleRate: number, channels: number): Int16Array {
    checkBlock(samples, channels);
    if (sampleRate !== this.#inputRate) this.#changeRate(sampleRate);
    const mono = this.#toMono(samples, channels);
    const resampled = this.#resampler === undefined ? mono : this.#resampler.process(mono);
    return this.#toInt16(resampled);
  }

  /** What is still inside, at the end of a stream; the converter is then as new. */
  flush(): Int16Array {
    const rest = this.#resampler?.flush();
    const out = this.#toInt16(rest ?? new Float32Array(0));
    this.#resampler?.dispose();
    this.#resampler = undefined;
    this.#inputRate = 0;
    return out;
  }

  /** Gives the resampler's memory back. */
  dispose(): void {
    this.#resampler?.dispose();
    this.#resampler = undefined;
    this.#inputRate = 0;
  }

  #changeRate(sampleRate: number): void {
    checkSampleRate("sampleRate", sampleRate);
    if (this.#resampler !== undefined) this.#tail = this.flush().slice();
    this.#inputRate = sampleRate;
    if (sampleRate !== this.sampleRate) {
      this.#resampler = this.#dsp.createResampler({ inputRate: sampleRate, outputRate: this.sampleRate });
    }
  }

  #toMono(samples: SampleArray, channels: number): Float32Array {
    const n = samples.length / channels;
    if (this.#mono.length < n) this.#mono = new Float32Array(n);
    const mono = this.#mono.length === n ? this.#mono : this.#mono.subarray(0, n);
    const isFloat = samples instanceof Float32Array;
    if (channels === 1) {
      if (isFloat) mono.set(samples);
      else this.#dsp.pcm.int16ToFloatInto(samples, mono);
    } else {
      const scale = 1 / (channels * (isFloat ? 1 : 32768));
      for (let i = 0, at = 0; i < n; i++) {
        let sum = 0;
        for (let channel = 0; channel < channels; channel++) sum += samples[at++]!;
        mono[i] = sum * scale;
      }
    }
    if (this.#gain !== 1) for (let i = 0; i < n; i++) mono[i] = mono[i]! * this.#gain;
    return mono;
  }

  #toInt16(samples: Float32Array): Int16Array {
    const before = this.#tail.length;
    const n = before + samples.length;
    if (this.#out.length < n) this.#out = new Int16Array(n);
    const out = this.#out.length === n ? this.#out : this.#out.subarray(0, n);
    if (before > 0) {
      out.set(this.#tail);
      this.#tail = new Int16Array(0);
    }
    this.#dsp.pcm.floatToInt16Into(samples, before > 0 ? out.subarray(before) : out);
    return out;
  }
}

/** Refuses what is no audio. @throws ConfigError `ERR_CONFIG` */
export function checkBlock(samples: unknown, channels: number): asserts samples is SampleArray {
  if (!(samples instanceof Int16Array) && !(samples instanceof Float32Array)) {
    throw new ConfigError(
      "ERR_CONFIG",
      `samples is ${show(samples)}; expected an Int16Array or Float32Array.`,
      {
        hint: "Bytes of 16-bit PCM become samples by new Int16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2).",
      },
    );
  }
  checkInteger("channels", channels, 1, 64);
  if (samples.length % channels !== 0) {
    throw new ConfigError(
      "ERR_CONFIG",
      `${samples.length} samples do not divide into ${channels} channels.`,
      {
        hint: "Pass whole sample frames, interleaved: one sample for each channel.",
      },
    );
  }
}
