/** A session's way in, up to the handler: exact frames, copied over the handler border, held while the handler is busy. */
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";
import { FrameQueue } from "./frame-queue.ts";
import type { AnyHandler } from "./handler.ts";
import { InputPath } from "./input-path.ts";
import type { SessionStats } from "./session-handle.ts";

/** What the way in is made of. */
export interface SessionInputOptions {
  dsp: Dsp;
  handler: AnyHandler;
  stats: SessionStats;
  /** Hz on the wire. */
  wireRate: number;
  /** Hz of the handler's frames. */
  sampleRate: number;
  /** Samples of the handler's frames. */
  frameSamples: number;
  maxInputMs: number;
  /** Takes each frame: hand it to the handler, or `hold` it. */
  onFrame(frame: AudioFrame<SampleArray>): void;
}

/** Frames for one handler. */
export class SessionInput {
  readonly #options: SessionInputOptions;
  readonly #path: InputPath;
  readonly #frames: FrameQueue<SampleArray>;
  readonly #frameMs: number;
  #sequence = 0;

  constructor(options: SessionInputOptions) {
    const { handler, sampleRate, frameSamples } = options;
    const { sampleFormat, keepsFrames, takesShortFrames } = handler;
    this.#options = options;
    this.#frameMs = (frameSamples * 1000) / sampleRate;
    this.#frames = new FrameQueue({
      frameSamples,
      sampleRate,
      sampleFormat,
      maxFrames: Math.max(1, Math.floor(options.maxInputMs / this.#frameMs)),
      isFresh: keepsFrames,
    });
    const path = { wireRate: options.wireRate, sampleRate, frameSamples, sampleFormat, takesShortFrames };
    this.#path = new InputPath(options.dsp, path, (samples, timestamp) => this.#onFrame(samples, timestamp));
  }

  /** Takes audio from the wire: copied before this returns. */
  push(samples: Int16Array): void {
    this.#path.push(samples);
  }

  /** Whether frames wait for the handler. */
  get isHolding(): boolean {
    return this.#frames.length > 0;
  }

  /** Keeps a frame until the handler is free; beyond the bound the oldest is dropped and counted. */
  hold(frame: AudioFrame<SampleArray>): void {
    this.#frames.push(frame);
    this.#count();
  }

  /** The oldest frame held. */
  next(): AudioFrame<SampleArray> | undefined {
    const frame = this.#frames.shift();
    this.#count();
    return frame;
  }

  /** The handler has done with a frame. */
  release(frame: AudioFrame<SampleArray>): void {
    this.#frames.release(frame);
  }

  /** Drops what is held. */
  clear(): void {
    this.#frames.clear();
    this.#count();
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#frames.clear();
    this.#path.dispose();
  }

  #onFrame(samples: SampleArray, timestamp: number): void {
    this.#options.onFrame(this.#frames.fill(samples, timestamp, this.#sequence++));
  }

  #count(): void {
    const { stats } = this.#options;
    stats.framesDropped = this.#frames.dropped;
    stats.inputQueuedMs = this.#frames.length * this.#frameMs;
  }
}
