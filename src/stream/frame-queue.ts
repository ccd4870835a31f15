/** Frames that wait for a busy handler: bounded, oldest dropped and counted, buffers recycled. */
import type { SampleArray, SampleFormat } from "../core/types.ts";
import { PooledFrame } from "./pooled-frame.ts";

/** What a queue of frames is made for. */
export interface FrameQueueOptions {
  frameSamples: number;
  sampleRate: number;
  sampleFormat: SampleFormat;
  maxFrames: number;
  /** True: every frame is a new array, for those who keep them. */
  isFresh: boolean;
}

/** First in, first out. A frame that was taken goes back by `release`; a steady stream allocates nothing. */
export class FrameQueue<S extends SampleArray> {
  /** The frame that came back last: a handler that keeps up needs no other. */
  #spare: PooledFrame<S> | undefined;
  readonly #frameSamples: number;
  readonly #sampleRate: number;
  readonly #isFresh: boolean;
  #length = 0;
  #first = 0;
  #dropped = 0;
  readonly #maxFrames: number;
  readonly #sampleFormat: SampleFormat;
  /** Made when the first frame has to wait, and when a second one comes back: most handlers keep up. */
  #waiting: (PooledFrame<S> | undefined)[] | undefined;
  #free: PooledFrame<S>[] | undefined;

  constructor({ frameSamples, sampleRate, sampleFormat, maxFrames, isFresh }: FrameQueueOptions) {
    this.#frameSamples = frameSamples;
    this.#sampleRate = sampleRate;
    this.#sampleFormat = sampleFormat;
    this.#maxFrames = maxFrames;
    this.#isFresh = isFresh;
  }

  /** Frames that wait. */
  get length(): number {
    return this.#length;
  }

  /** Frames dropped so far because the queue was full. */
  get dropped(): number {
    return this.#dropped;
  }

  /** A frame filled with a copy of `samples` (shorter ones get an array of their own), not in the queue. */
  fill(samples: S, timestamp: number, sequence: number): PooledFrame<S> {
    if (samples.length === this.#frameSamples) {
      const spare = this.#spare;
      this.#spare = undefined;
      const frame = spare ?? this.#free?.pop();
      if (
        frame !== undefined &&
        frame.length === samples.length &&
        frame.fill(samples, this.#sampleRate, timestamp, sequence)
      )
        return frame;
    }
    const frame = new PooledFrame<S>(samples.length, this.#sampleRate, this.#sampleFormat);
    frame.fill(samples, this.#sampleRate, timestamp, sequence);
    return frame;
  }

  /** Adds a frame; where the queue is full the oldest is dropped. */
  push(frame: PooledFrame<S>): void {
    this.#waiting ??= new Array<PooledFrame<S> | undefined>(this.#maxFrames).fill(undefined);
    if (this.#length === this.#maxFrames) {
      const oldest = this.shift();
      if (oldest !== undefined) this.release(oldest);
      this.#dropped++;
    }
    this.#waiting[(this.#first + this.#length) % this.#maxFrames] = frame;
    this.#length++;
  }

  /** Takes the oldest frame. */
  shift(): PooledFrame<S> | undefined {
    if (this.#length === 0 || this.#waiting === undefined) return undefined;
    const frame = this.#waiting[this.#first];
    this.#waiting[this.#first] = undefined;
    this.#first = (this.#first + 1) % this.#maxFrames;
    this.#length--;
    return frame;
  }

  /** Gives a frame back for reuse. */
  release(frame: PooledFrame<S>): void {
    if (this.#isFresh || frame.length !== this.#frameSamples) return;
    if (this.#spare === undefined) {
      this.#spare = frame;
      return;
    }
    this.#free ??= [];
    if (this.#free.length < this.#maxFrames) this.#free.push(frame);
  }

  /** Drops all. */
  clear(): void {
    for (let frame = this.shift(); frame !== undefined; frame = this.shift()) this.release(frame);
  }
}
