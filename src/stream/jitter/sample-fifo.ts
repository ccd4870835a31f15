/** Samples made and not yet played: what is left of a frame when the clock has taken its part. */

/** A short queue. All memory is made at construction. */
export class SampleFifo {
  readonly #samples: Int16Array;
  #start = 0;
  #end = 0;

  /** @param capacity the most samples that may wait */
  constructor(capacity: number) {
    this.#samples = new Int16Array(2 * capacity);
  }

  get length(): number {
    return this.#end - this.#start;
  }

  /** Room for `n` samples at the end, as a start in `samples`; `commit` counts them in. */
  reserve(n: number): number {
    if (this.#end + n > this.#samples.length) {
      this.#samples.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    return this.#end;
  }

  /** The whole memory; see `reserve`. */
  get samples(): Int16Array {
    return this.#samples;
  }

  commit(n: number): void {
    this.#end += n;
  }

  /** Adds the first `n` samples. */
  push(samples: Int16Array, n: number): void {
    const at = this.reserve(n);
    const to = this.#samples;
    for (let i = 0; i < n; i++) to[at + i] = samples[i]!;
    this.#end += n;
  }

  /** Takes samples into `out` from `offset` on; returns how many. */
  take(out: Int16Array, offset: number): number {
    const n = Math.min(this.length, out.length - offset);
    const from = this.#samples;
    for (let i = 0, at = this.#start; i < n; i++) out[offset + i] = from[at + i]!;
    this.#start += n;
    return n;
  }

  clear(): void {
    this.#start = 0;
    this.#end = 0;
  }
}
