/** Int16 samples that wait to be sent: a ring that grows with a burst and shrinks when it has gone. */

const SMALLEST = 4096;

/** First in, first out. Grows by doubling; a stream that runs steadily allocates no memory, but a view for each frame taken. */
export class SampleQueue {
  /** Made with the first sample that has to wait: most sessions answer at once and never need it. */
  #samples = new Int16Array(0);
  #start = 0;
  #length = 0;

  /** Samples that wait. */
  get length(): number {
    return this.#length;
  }

  /** Adds a copy of `samples`. */
  push(samples: Int16Array): void {
    const n = samples.length;
    if (this.#length + n > this.#samples.length) this.#grow(this.#length + n);
    const capacity = this.#samples.length;
    const at = (this.#start + this.#length) % capacity;
    const first = Math.min(n, capacity - at);
    if (first === n) this.#samples.set(samples, at);
    else {
      this.#samples.set(samples.subarray(0, first), at);
      this.#samples.set(samples.subarray(first), 0);
    }
    this.#length += n;
  }

  /** Moves the oldest `n` samples (that many must wait) to the start of `out`. */
  take(out: Int16Array, n: number): void {
    const capacity = this.#samples.length;
    const first = Math.min(n, capacity - this.#start);
    out.set(this.#samples.subarray(this.#start, this.#start + first), 0);
    if (first < n) out.set(this.#samples.subarray(0, n - first), first);
    this.#start = (this.#start + n) % capacity;
    this.#length -= n;
    if (this.#length === 0) this.#release();
  }

  /** Drops all; returns how many samples that were. */
  clear(): number {
    const dropped = this.#length;
    this.#length = 0;
    this.#release();
    return dropped;
  }

  #release(): void {
    this.#start = 0;
    if (this.#samples.length > SMALLEST * 16) this.#samples = new Int16Array(SMALLEST);
  }

  #grow(needed: number): void {
    let capacity = Math.max(SMALLEST, this.#samples.length);
    while (capacity < needed) capacity *= 2;
    const grown = new Int16Array(capacity);
    const n = this.#length;
    this.take(grown, n);
    this.#samples = grown;
    this.#start = 0;
    this.#length = n;
  }
}
