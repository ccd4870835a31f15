/** The resampler's public shape; converters stand behind it, one for each quality. */
import type { SampleArray } from "../../core/types.ts";

/**
 * `"voice"`: linear phase, flat within 0.1 dB to 0.9 of the lower rate's Nyquist frequency, 100 dB down from 1.1 of it;
 * delay at most 4.5 ms where the lower rate is 8 kHz, in proportion elsewhere.
 *
 * `"high"`, for files, music and recognition: linear phase, flat within 0.001 dB to 0.91 and 0.1 dB to 0.93 of the lower
 * rate's Nyquist frequency, 134 dB down from 1.0 of it (both as float32 allows); delay at most 116 ms where the lower rate
 * is 8 kHz, in proportion elsewhere.
 *
 * `"best"`, for archives and measurement: as `"high"`, computed in float64, and 169 dB down, so that what is left is the
 * rounding of float32 samples in and out, 149 dB down or more. Delay at most 155 ms where the lower rate is 8 kHz; half
 * the speed.
 */
export type ResamplerQuality = "voice" | "high" | "best";

/**
 * How the filter delays. `"linear"`: all frequencies alike, output exactly aligned with input.
 *
 * `"minimum"` (with `"voice"`): for conversation, where the least delay counts. The same attenuation, flat within 0.06 dB,
 * `latencySamples` at most 0.7 ms where the lower rate is 8 kHz. High frequencies come later than low ones: at 8 kHz, against
 * exact alignment, 0.1 ms at most below 1.6 kHz, 0.2 at 2.4, 0.5 at 3.2 and 1 ms at 3.6 kHz; in proportion elsewhere.
 * Equal rates that drift stay linear.
 */
export type ResamplerPhase = "linear" | "minimum";

/** The most drift either way, in parts per million. */
export const MAX_DRIFT_PPM = 5000;

/** What a resampler is made for. */
export interface ResamplerOptions {
  /** Hz, whole, 4,000 to 192,000. */
  inputRate: number;
  /** Hz, whole, 4,000 to 192,000. */
  outputRate: number;
  /** Default `"voice"`. */
  quality?: ResamplerQuality;
  /** Default `"linear"`. */
  phase?: ResamplerPhase;
  /** Interleaved channels, 1 to 64, in and out. Default 1. */
  channels?: number;
}

/**
 * A stream on its way from one rate to another.
 *
 * Output is aligned in time with input: sample m of the output is the input at instant m * inputRate / outputRate, with no
 * shift to take off. Any chunking gives the same samples, bit for bit. All lengths are of whole arrays, all channels
 * counted; arrays hold one sample for each channel in turn.
 *
 * NaN and infinities go no further than the filter reaches: after `latencySamples` more samples of input, and 3 at most
 * beyond it, the output is as if they had never been (with minimum phase, 44 samples of the lower rate; with `"high"` and
 * `"best"`, which work in blocks, up to twice `latencySamples`). Values beyond [-1, 1] are nothing special, nothing is clipped.
 */
export interface Resampler {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly channels: number;
  readonly quality: ResamplerQuality;
  /**
   * How many input samples must follow an instant before its output is returned; may end in a fraction. Exactly: output m
   * is returned with input sample floor(m * inputRate / outputRate + latencySamples), samples counted from 0 on each
   * channel. With drift "at the latest with"; the first `setDrift` raises it (see there).
   */
  readonly latencySamples: number;
  /**
   * Samples in, samples out. The result is a view in this resampler's own memory, valid until its next call.
   * @throws ConfigError `ERR_CONFIG` for samples that do not divide into the channels, `ERR_DISPOSED`; WasmError
   * `ERR_ARENA_FULL` where a chunk longer than any before finds no room. What throws has consumed nothing.
   */
  process(samples: Float32Array): Float32Array;
  /** Int16 of int16: computed in float32, rounded half to even, saturated. */
  process(samples: Int16Array): Int16Array;
  /**
   * As `process`, into `out`, without allocating, int16 or float32 on each side; returns how many samples were written. Arrays in the
   * engine's memory (`dsp.allocFloat32`, `dsp.allocInt16`) are worked on where they are. `out` must not overlap `samples`.
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL` where `out` is shorter than what this call gives (never where it holds
   * `maxOutput(samples.length)`), and as `process`, but not `ERR_ARENA_FULL`. What throws has consumed nothing.
   */
  processInto(samples: SampleArray, out: SampleArray): number;
  /**
   * As `processInto`, with an array for each channel in place of interleaved ones; returns the samples written to each.
   * @throws ConfigError `ERR_CONFIG` where there are not `channels` of them or inputs differ in length, and as `processInto`
   */
  processPlanarInto(inputs: readonly SampleArray[], outputs: readonly SampleArray[]): number;
  /**
   * The end of the stream: what is still inside, so that the whole output is exactly ceil(n * outputRate / inputRate)
   * samples per channel for n samples of input. The view is valid until the next call. Afterwards the resampler is as new.
   */
  flush(): Float32Array;
  /** As `flush`, interleaved into `out`; returns how many samples were written. @throws CodecError `ERR_OUTPUT_TOO_SMALL` */
  flushInto(out: SampleArray): number;
  /**
   * For live streams, before the first sample: begins with just enough silence that from then on no output is owed. After
   * n samples of input, at least floor(n * outputRate / inputRate) samples of output have been returned, at every n. (The
   * silence is a whole number of the ratio's periods, and what it gives is dropped.) Output is then late by the number of
   * samples per channel that this returns; it begins with them, and is longer by them in all.
   * @throws ConfigError `ERR_CONFIG` after the first sample, `ERR_DISPOSED`
   */
  prime(): number;
  /**
   * Steers the output rate to `outputRate * (1 + ppm / 1,000,000)`: positive gives more output. From the next output on,
   * without a step in the signal, at any time and as often as wanted; `ppm` from -5,000 to 5,000, rounded to a thousandth.
   * Not at once heard: outputs that `latencySamples` still holds back are the first to be spaced anew. Towards a lower rate
   * a change is spread over 7 periods of it times the square root of the change in ppm: 9 ms at 8 kHz for 100 ppm.
   *
   * Output m is then the input at the instant where the rate, summed over the input, reaches m. The sum is exact but for a
   * rounding of 1e-9 of a sample at each change, and the whole output is as long as it says, flush included: a stream that
   * begins with drift has ceil(n * outputRate / inputRate * (1 + ppm / 1,000,000)) samples for n.
   *
   * The first call of a stream, also one with 0, moves it to an interpolated filter, where it stays until `flush` or `reset`
   * (as new ones have no drift). Tones up to 0.9 of the lower rate's Nyquist frequency stay what they are within -110 dB,
   * with linear phase. `latencySamples` grows by 3 samples of the lower rate and 0.6 % on most pairs, as the filter is longer;
   * by 4 more at 2:1 and 1:2; from 0 to 39 between equal rates, which need no filter before: call it with 0 before `prime` to
   * be primed for drift. Costs some 10 to 40 KiB for each ratio that drifts.
   * @throws ConfigError `ERR_DRIFT_UNSUPPORTED` in other qualities than `"voice"`, `ERR_CONFIG` for other numbers,
   * `ERR_DISPOSED`; WasmError `ERR_ARENA_FULL` the first time. What throws has changed nothing.
   */
  setDrift(ppm: number): void;
  /** As new, not primed, without drift. */
  reset(): void;
  /**
   * The most samples that `process` can return for `inputSamples` samples, whatever came before: never less, never more.
   * After `setDrift`, room for every drift there is.
   */
  maxOutput(inputSamples: number): number;
  /** Gives its memory back, cleared. Using it or its views afterwards is a mistake: calls throw `ERR_DISPOSED`. */
  dispose(): void;
}
