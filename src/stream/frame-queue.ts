/** Frames that wait for a busy handler: bounded, oldest dropped and counted, buffers recycled. */
import type { AudioFrame, SampleArray, SampleFormat } from "../core/types.ts";

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
  readonly #options: FrameQueueOptions;
  readonly #waiting: (AudioFrame<S> | null)[];
  readonly #free: AudioFrame<S>[] = [];
  /** The array made with each frame: a handler may have put one of its own in its place. */
  readonly #arrays = new WeakMap<AudioFrame<S>, S>();
  /** The frame filled last, with its array: nearly always the one that comes back next, without a look-up. */
  #last: AudioFrame<S> | undefined;
  #lastArray: S | undefined;
  #first = 0;
  #length = 0;
  #dropped = 0;

  constructor(options: FrameQueueOptions) {
    this.#options = options;
    this.#waiting = new Array<AudioFrame<S> | null>(options.maxFrames).fill(null);
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
  fill(samples: S, timestamp: number, sequence: number): AudioFrame<S> {
    const isWhole = samples.length === this.#options.frameSamples;
    let frame = isWhole ? this.#free.pop() : undefined;
    let array = frame === undefined ? undefined : this.#arrayOf(frame);
    // a handler may have given a frame's buffer away for good (posted to a worker), which is empty then, or frozen it
    if (
      frame === undefined ||
      array === undefined ||
      array.length !== samples.length ||
      !Object.isExtensible(frame)
    ) {
      frame = this.#make(samples.length);
      array = frame.samples;
    }
    array.set(samples as never);
    // whatever the handler wrote over: never its own array, which other sessions may be sending from
    frame.samples = array;
    frame.sampleRate = this.#options.sampleRate;
    frame.channels = 1;
    frame.timestamp = timestamp;
    frame.sequence = sequence;
    this.#last = frame;
    this.#lastArray = array;
    return frame;
  }

  /** Adds a frame; where the queue is full the oldest is dropped. */
  push(frame: AudioFrame<S>): void {
    const { maxFrames } = this.#options;
    if (this.#length === maxFrames) {
      const oldest = this.shift();
      if (oldest !== undefined) this.release(oldest);
      this.#dropped++;
    }
    this.#waiting[(this.#first + this.#length) % maxFrames] = frame;
    this.#length++;
  }

  /** Takes the oldest frame. */
  shift(): AudioFrame<S> | undefined {
    if (this.#length === 0) return undefined;
    const frame = this.#waiting[this.#first]!;
    this.#waiting[this.#first] = null;
    this.#first = (this.#first + 1) % this.#options.maxFrames;
    this.#length--;
    return frame;
  }

  /** Gives a frame back for reuse. */
  release(frame: AudioFrame<S>): void {
    const isWhole = this.#arrayOf(frame)?.length === this.#options.frameSamples;
    if (isWhole && !this.#options.isFresh && this.#free.length <= this.#options.maxFrames)
      this.#free.push(frame);
  }

  /** Drops all. */
  clear(): void {
    for (let frame = this.shift(); frame !== undefined; frame = this.shift()) this.release(frame);
  }

  #arrayOf(frame: AudioFrame<S>): S | undefined {
    return frame === this.#last ? this.#lastArray : this.#arrays.get(frame);
  }

  #make(length: number): AudioFrame<S> {
    const { sampleRate, sampleFormat } = this.#options;
    const samples = sampleFormat === "float32" ? new Float32Array(length) : new Int16Array(length);
    const frame = { samples: samples as S, sampleRate, channels: 1, timestamp: 0, sequence: 0 };
    this.#arrays.set(frame, frame.samples);
    return frame;
  }
}
