/** The round trip of every frame of a run, in the order of their arrival. */

/** What round trips come to, in ms; 0 where there are none. */
export interface RoundTripSummary {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
  readonly mean: number;
}

/** Keeps each one: 8 bytes a frame, a quarter of a megabyte for ten minutes of 20 ms frames. */
export class RoundTrips {
  #values = new Float64Array(1024);
  #count = 0;

  add(roundTripMs: number): void {
    if (this.#count === this.#values.length) {
      const grown = new Float64Array(this.#count * 2);
      grown.set(this.#values);
      this.#values = grown;
    }
    this.#values[this.#count++] = roundTripMs;
  }

  /** All of them; a view, valid until the next `add`. */
  get all(): Float64Array {
    return this.#values.subarray(0, this.#count);
  }

  /** Exact percentiles (the value that so many do not exceed). */
  summary(): RoundTripSummary {
    const sorted = this.all.slice().sort();
    const at = (fraction: number) => sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)] ?? 0;
    return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1), mean: mean(sorted) };
  }

  /** How much longer the last `frames` took on average than the first `frames` (half of all at most), in ms. */
  growthMs(frames: number): number {
    const { all } = this;
    const n = Math.min(Math.max(1, frames), Math.floor(all.length / 2));
    return n === 0 ? 0 : mean(all.subarray(all.length - n)) - mean(all.subarray(0, n));
  }
}

function mean(values: Float64Array): number {
  let sum = 0;
  for (const value of values) sum += value;
  return values.length === 0 ? 0 : sum / values.length;
}
