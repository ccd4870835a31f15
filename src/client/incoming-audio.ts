/** From the wire's samples to frames of the caller's own: rate, format, time stamps. */
import type { AudioFrame, SampleArray, SampleFormat } from "../core/types.ts";
import type { ClientDsp, ClientResampler } from "../dsp/client-dsp.ts";

/** One session's received audio. A message becomes a frame; with a resampler its length varies by a sample or two. */
export class IncomingAudio {
  readonly #dsp: ClientDsp;
  readonly #wireRate: number;
  readonly #sampleRate: number;
  readonly #isFloat: boolean;
  readonly #resampler: ClientResampler | undefined;
  #float = new Float32Array(0);
  #timestamp = 0;
  #sequence = 0;

  /**
   * @param wireRate Hz of what comes
   * @param sampleRate Hz of the frames
   */
  constructor(dsp: ClientDsp, wireRate: number, sampleRate: number, sampleFormat: SampleFormat) {
    this.#dsp = dsp;
    this.#wireRate = wireRate;
    this.#sampleRate = sampleRate;
    this.#isFloat = sampleFormat === "float32";
    if (sampleRate !== wireRate) {
      this.#resampler = dsp.createResampler({ inputRate: wireRate, outputRate: sampleRate });
    }
  }

  /** Hz of the wire. */
  get wireRate(): number {
    return this.#wireRate;
  }

  /** One message's samples (a view) -> a frame that is the caller's own; undefined where it holds nothing yet. */
  accept(samples: Int16Array): AudioFrame<SampleArray> | undefined {
    if (this.#resampler === undefined) {
      if (samples.length === 0) return undefined;
      return this.#frame(this.#isFloat ? this.#toFloat(samples) : samples.slice());
    }
    if (this.#float.length < samples.length) this.#float = new Float32Array(samples.length);
    const float =
      this.#float.length === samples.length ? this.#float : this.#float.subarray(0, samples.length);
    this.#dsp.pcm.int16ToFloatInto(samples, float);
    return this.#own(this.#resampler.process(float));
  }

  /** What the resampler still holds, at the end. */
  flush(): AudioFrame<SampleArray> | undefined {
    return this.#resampler === undefined ? undefined : this.#own(this.#resampler.flush());
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#resampler?.dispose();
  }

  #own(samples: Float32Array): AudioFrame<SampleArray> | undefined {
    if (samples.length === 0) return undefined;
    return this.#frame(this.#isFloat ? samples.slice() : this.#toInt16(samples));
  }

  #toFloat(samples: Int16Array): Float32Array {
    const out = new Float32Array(samples.length);
    this.#dsp.pcm.int16ToFloatInto(samples, out);
    return out;
  }

  #toInt16(samples: Float32Array): Int16Array {
    const out = new Int16Array(samples.length);
    this.#dsp.pcm.floatToInt16Into(samples, out);
    return out;
  }

  #frame(samples: SampleArray): AudioFrame<SampleArray> {
    const timestamp = this.#timestamp;
    this.#timestamp += samples.length;
    return { samples, sampleRate: this.#sampleRate, channels: 1, timestamp, sequence: this.#sequence++ };
  }
}
