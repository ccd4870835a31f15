/** A session's way in, up to the handler: exact frames, copied over the handler border, held while the handler is busy. */
import type { SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { AnyHandler } from "./handler.ts";
import { InputPath, type InputPathOptions } from "./input-path.ts";
import type { PooledFrame } from "./pooled-frame.ts";

/** What the way in is made of. */
export interface SessionInputOptions {
  dsp: Dsp;
  handler: AnyHandler;
  /** Hz on the wire. */
  wireRate: number;
  /** Hz of the handler's frames. */
  sampleRate: number;
  /** Samples of the handler's frames. */
  frameSamples: number;
  maxInputMs: number;
}

/** Takes each frame: hands it to the handler, or has it held. */
export interface FrameTaker {
  offer(frame: PooledFrame<SampleArray>): void;
}

/** Frames for one handler. Throws `ERR_ARENA_FULL` where it is made and there is no memory, with nothing taken. */
export class SessionInput {
  #taker: FrameTaker | undefined;
  readonly #frames: FrameQueue<SampleArray>;
  readonly #frameSamples: number;
  /** Whole frames come, of the handler's own rate and format, and nothing waits: each is handed on as it is. */
  #isDirect: boolean;
  #receivedSamples = 0;
  #sequence = 0;
  /** What was dropped before it came here, in samples of the wire, of the handler and in frames. */
  #skippedWireSamples = 0;
  #skippedSamples = 0;
  #skippedFrames = 0;
  /** Of the next frame, while frames are handed on as they are. */
  #timestamp = 0;
  readonly #wireRate: number;
  readonly #frameMs: number;
  readonly #canBeDirect: boolean;
  readonly #dsp: Dsp;
  readonly #pathOptions: InputPathOptions;
  /** Made at once where something has to be converted, else with the first message of another length. */
  #path: InputPath | undefined;

  constructor({ dsp, handler, wireRate, sampleRate, frameSamples, maxInputMs }: SessionInputOptions) {
    const { sampleFormat, keepsFrames, takesShortFrames } = handler;
    this.#dsp = dsp;
    this.#wireRate = wireRate;
    this.#frameSamples = frameSamples;
    this.#frameMs = (frameSamples * 1000) / sampleRate;
    const maxFrames = Math.max(1, Math.floor(maxInputMs / this.#frameMs));
    this.#frames = new FrameQueue({
      frameSamples,
      sampleRate,
      sampleFormat,
      maxFrames,
      isFresh: keepsFrames,
    });
    this.#pathOptions = { wireRate, sampleRate, frameSamples, sampleFormat, takesShortFrames };
    this.#isDirect = this.#canBeDirect = wireRate === sampleRate && sampleFormat === "int16";
    if (!this.#isDirect) this.#path = this.#createPath();
  }

  /** From here on frames go to `taker`. */
  deliverTo(taker: FrameTaker): void {
    this.#taker = taker;
  }

  /** Takes audio from the wire: copied before this returns. No allocation for frames of the handler's length. */
  push(samples: Int16Array): void {
    this.#receivedSamples += samples.length;
    if (this.#isDirect && samples.length === this.#frameSamples) {
      const timestamp = this.#timestamp;
      this.#timestamp = timestamp + samples.length;
      this.#onFrame(samples, timestamp);
    } else this.#pushThroughPath(samples);
  }

  /** So many samples of the wire's were dropped before they came here: what follows is stamped as if they had come. */
  skip(wireSamples: number): void {
    const { wireRate, sampleRate } = this.#pathOptions;
    this.#skippedWireSamples += wireSamples;
    this.#skippedSamples = Math.round((this.#skippedWireSamples * sampleRate) / wireRate);
    const frames = Math.round(this.#skippedSamples / this.#frameSamples);
    this.#sequence += frames - this.#skippedFrames;
    this.#skippedFrames = frames;
  }

  /** Whether frames wait for the handler. */
  get isHolding(): boolean {
    return this.#frames.length > 0;
  }

  /** Audio that waits for the handler. */
  get queuedMs(): number {
    return this.#frames.length * this.#frameMs;
  }

  /** Frames that waited too long and were dropped. */
  get framesDropped(): number {
    return this.#frames.dropped + this.#skippedFrames;
  }

  /** Audio taken so far. */
  get receivedMs(): number {
    return (this.#receivedSamples * 1000) / this.#wireRate;
  }

  /** Keeps a frame until the handler is free; beyond the bound the oldest is dropped and counted. */
  hold(frame: PooledFrame<SampleArray>): void {
    this.#frames.push(frame);
  }

  /** The oldest frame held. */
  next(): PooledFrame<SampleArray> | undefined {
    return this.#frames.shift();
  }

  /** The handler has done with a frame. */
  release(frame: PooledFrame<SampleArray>): void {
    this.#frames.release(frame);
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#frames.clear();
    this.#path?.dispose();
  }

  #pushThroughPath(samples: Int16Array): void {
    this.#path ??= this.#createPath();
    if (this.#isDirect) this.#path.startAt(this.#timestamp);
    this.#path.push(samples);
    this.#isDirect = this.#canBeDirect && this.#path.isBetweenFrames;
    if (this.#isDirect) this.#timestamp = this.#path.timestamp;
  }

  #createPath(): InputPath {
    return new InputPath(this.#dsp, this.#pathOptions, (samples, timestamp) =>
      this.#onFrame(samples, timestamp),
    );
  }

  #onFrame(samples: SampleArray, timestamp: number): void {
    this.#taker?.offer(this.#frames.fill(samples, timestamp + this.#skippedSamples, this.#sequence++));
  }
}
