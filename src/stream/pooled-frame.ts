/** Frames for handlers, used again and again. What a handler does to one (writes it over, freezes it) ends with that frame. */
import type { AudioFrame, SampleArray, SampleFormat } from "../core/types.ts";

/** A frame that knows the array it was made with: a handler may have put one of its own in its place. */
export class PooledFrame<S extends SampleArray> implements AudioFrame<S> {
  samples: S;
  sampleRate: number;
  channels = 1;
  timestamp = 0;
  sequence = 0;
  readonly #own: S;

  constructor(length: number, sampleRate: number, sampleFormat: SampleFormat) {
    this.#own = (sampleFormat === "float32" ? new Float32Array(length) : new Int16Array(length)) as S;
    this.samples = this.#own;
    this.sampleRate = sampleRate;
  }

  /** How many samples it holds; 0 where its buffer was given away for good (posted to a worker). */
  get length(): number {
    return this.#own.length;
  }

  /**
   * Fills it with a copy of `samples`, as many as it holds. No allocation.
   * @returns false where it has been frozen: take another
   */
  fill(samples: S, sampleRate: number, timestamp: number, sequence: number): boolean {
    const own = this.#own;
    own.set(samples as never);
    try {
      // whatever the handler wrote over: never its own array, which other sessions may be sending from
      if (this.samples !== own) this.samples = own;
      if (this.sampleRate !== sampleRate) this.sampleRate = sampleRate;
      if (this.channels !== 1) this.channels = 1;
      this.timestamp = timestamp;
      this.sequence = sequence;
      return true;
    } catch {
      return false;
    }
  }
}
