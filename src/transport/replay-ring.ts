/**
 * The frames that a client was sent last, kept for when its connection is lost: so many ms, the oldest written over. Frames
 * are known by their sequence numbers (uint32, one after another, with wrap-around), which is what the client tells of.
 */

/** What takes a frame; `samples` is valid during the call only. */
export type FrameTaker = (samples: Int16Array, sequence: number, timestamp: number) => void;

/** One per session that may be resumed. Its memory is taken with the first frame: as much as the ms say, in int16. */
export class ReplayRing {
  readonly #capacity: number;
  readonly #frameSamples: number;
  readonly #msPerSample: number;
  #samples: Int16Array | undefined;
  readonly #lengths: Int32Array;
  readonly #timestamps: Float64Array;
  /** The slot of the next frame, and how many before it hold one. */
  #slot = 0;
  #kept = 0;
  #next = 0;

  /**
   * @param maxMs what is kept, rounded up to whole frames
   * @param sampleRate, frameMs of the wire: no frame is longer
   */
  constructor(maxMs: number, sampleRate: number, frameMs: number) {
    this.#capacity = Math.ceil(maxMs / frameMs);
    this.#frameSamples = Math.ceil((frameMs * sampleRate) / 1000);
    this.#msPerSample = 1000 / sampleRate;
    this.#lengths = new Int32Array(this.#capacity);
    this.#timestamps = new Float64Array(this.#capacity);
  }

  /** The number of the frame that comes next. */
  get next(): number {
    return this.#next;
  }

  /** Keeps a copy of a frame. No allocation but for the first. */
  push(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#samples ??= new Int16Array(this.#capacity * this.#frameSamples);
    const slot = this.#slot;
    this.#samples.set(samples, slot * this.#frameSamples);
    this.#lengths[slot] = samples.length;
    this.#timestamps[slot] = timestamp;
    this.#slot = slot + 1 === this.#capacity ? 0 : slot + 1;
    if (this.#kept < this.#capacity) this.#kept++;
    this.#next = (sequence + 1) >>> 0;
  }

  /** Forgets all frames: they are not to be heard any more. */
  clear(): void {
    this.#kept = 0;
  }

  /** How long the frames are that `replay` would give. */
  msFrom(sequence: number): number {
    let samples = 0;
    for (let back = this.#framesFrom(sequence); back > 0; back--)
      samples += this.#lengths[this.#slotOf(back)]!;
    return samples * this.#msPerSample;
  }

  /** Gives every frame that is kept, from the one of this number on, in order. */
  replay(sequence: number, take: FrameTaker): void {
    for (let back = this.#framesFrom(sequence); back > 0; back--) {
      const slot = this.#slotOf(back);
      const from = slot * this.#frameSamples;
      const samples = this.#samples!.subarray(from, from + this.#lengths[slot]!);
      take(samples, (this.#next - back) >>> 0, this.#timestamps[slot]!);
    }
  }

  /** A client that claims to be ahead of what was sent is told nothing anew. */
  #framesFrom(sequence: number): number {
    return Math.max(0, Math.min(this.#kept, (this.#next - sequence) | 0));
  }

  #slotOf(back: number): number {
    const slot = this.#slot - back;
    return slot < 0 ? slot + this.#capacity : slot;
  }
}
