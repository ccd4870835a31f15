/**
 * Cuts a stream into exact frames: any chunk sizes in, frames of one length out, the remainder kept, time stamps right
 * across it. Pure TypeScript: slicing is copying, and a copy is what the typed arrays do best.
 */
import { checkInteger, checkOneOf } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import type { SampleArray, SampleFormat } from "../core/types.ts";
import { expectFloat32, expectInt16 } from "./arguments.ts";

const FORMATS: readonly SampleFormat[] = ["int16", "float32"];

/** What a slicer is made for. */
export interface SlicerOptions {
  /** Samples per channel in a frame. */
  frameSamples: number;
  /** Interleaved channels. Default 1. */
  channels?: number;
  /** Default `"int16"`. */
  sampleFormat?: SampleFormat;
}

const SLICER_OPTIONS: NamesOf<SlicerOptions> = { frameSamples: 1, channels: 1, sampleFormat: 1 };

/** Takes one frame: its samples (a view, valid during the call) and the time stamp of the first, in samples per channel. */
export type FrameConsumer<S extends SampleArray> = (frame: S, timestamp: number) => void;

/** A stream on its way through a slicer. It delays by less than a frame. */
export class Slicer<S extends SampleArray = Int16Array> {
  readonly frameSamples: number;
  readonly channels: number;
  readonly #isFloat: boolean;
  readonly #frame: S;
  readonly #frameLength: number;
  #filled = 0;
  #timestamp = 0;

  constructor(given: SlicerOptions) {
    const options = expectOptions("createSlicer()", given, SLICER_OPTIONS);
    this.frameSamples = checkInteger("frameSamples", options.frameSamples, 1, 1 << 22);
    this.channels = checkInteger("channels", options.channels ?? 1, 1, 64);
    this.#frameLength = this.frameSamples * this.channels;
    this.#isFloat = checkOneOf("sampleFormat", options.sampleFormat ?? "int16", FORMATS) === "float32";
    this.#frame = (
      this.#isFloat ? new Float32Array(this.#frameLength) : new Int16Array(this.#frameLength)
    ) as S;
  }

  /** Samples per channel that wait for their frame to fill. */
  get remainder(): number {
    return this.#filled / this.channels;
  }

  /** Time stamp of the next frame, in samples per channel since the start or the last `reset`. */
  get timestamp(): number {
    return this.#timestamp;
  }

  /**
   * Adds samples and hands on every frame that fills. No allocation but for the views of whole frames handed through.
   * @param samples any length that is a multiple of `channels`; copied
   * @param consume called in order, during the call; it must not push into the same slicer
   * @returns the number of frames handed on
   * @throws ConfigError `ERR_CONFIG` for samples of another type, or that do not divide into the channels
   */
  push(samples: S, consume: FrameConsumer<S>): number {
    if (this.#isFloat) expectFloat32(samples, "samples");
    else expectInt16(samples, "samples");
    const length = samples.length;
    if (length % this.channels !== 0) {
      throw new ConfigError("ERR_CONFIG", `${length} samples do not divide into ${this.channels} channels.`, {
        hint: "Push whole sample frames: one sample for each channel.",
      });
    }
    const frame = this.#frame;
    const frameLength = this.#frameLength;
    // nothing waits and a whole frame comes: as it is, without a copy
    if (this.#filled === 0 && length === frameLength) {
      const timestamp = this.#timestamp;
      this.#timestamp += this.frameSamples;
      consume(samples, timestamp);
      return 1;
    }
    let frames = 0;
    let at = 0;
    while (length - at >= frameLength - this.#filled) {
      const taken = frameLength - this.#filled;
      copy(samples, at, frame, this.#filled, taken);
      at += taken;
      this.#filled = 0;
      const timestamp = this.#timestamp;
      this.#timestamp += this.frameSamples;
      frames++;
      consume(frame, timestamp);
    }
    copy(samples, at, frame, this.#filled, length - at);
    this.#filled += length - at;
    return frames;
  }

  /** Hands on what is left, filled up with silence to a whole frame; returns the number of frames, 0 or 1. */
  flush(consume: FrameConsumer<S>): number {
    if (this.#filled === 0) return 0;
    this.#frame.fill(0, this.#filled);
    this.#filled = 0;
    const timestamp = this.#timestamp;
    this.#timestamp += this.frameSamples;
    consume(this.#frame, timestamp);
    return 1;
  }

  /** Hands on what is left as a shorter frame (a view, made anew); returns the number of frames, 0 or 1. */
  flushShort(consume: FrameConsumer<S>): number {
    const n = this.#filled;
    if (n === 0) return 0;
    this.#filled = 0;
    const timestamp = this.#timestamp;
    this.#timestamp += n / this.channels;
    consume(this.#frame.subarray(0, n) as S, timestamp);
    return 1;
  }

  /** Forgets the remainder and starts again at `timestamp`. */
  reset(timestamp = 0): void {
    this.#filled = 0;
    this.#timestamp = timestamp;
  }
}

/** Element by element where it is short: cheaper than a view, and without one. */
function copy(from: SampleArray, at: number, to: SampleArray, offset: number, n: number): void {
  if (at === 0 && n === from.length) to.set(from, offset);
  else if (n < 64) for (let i = 0; i < n; i++) to[offset + i] = from[at + i]!;
  else to.set(from.subarray(at, at + n), offset);
}
