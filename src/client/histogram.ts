/** A histogram of durations in a fixed amount of memory: bins that grow by 2 %, from 10 microseconds to ten minutes. */

/** What a histogram says; all in ms, 0 where nothing was recorded. */
export interface DurationSummary {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

const FIRST_MS = 0.01;
const GROWTH = 1.02;
const LAST_MS = 600_000;
const LOG_GROWTH = Math.log(GROWTH);
const BINS = Math.ceil(Math.log(LAST_MS / FIRST_MS) / LOG_GROWTH) + 2;

/** Records durations; percentiles are right to 2 % (and to 0.01 ms). No allocation per record. */
export class DurationHistogram {
  readonly #bins = new Uint32Array(BINS);
  #count = 0;
  #max = 0;

  /** Counts one duration; negative ones (a timer that was early) count as 0. */
  record(durationMs: number): void {
    const value = Math.max(0, durationMs);
    const bin = value < FIRST_MS ? 0 : 1 + Math.floor(Math.log(value / FIRST_MS) / LOG_GROWTH);
    this.#bins[Math.min(bin, BINS - 1)]!++;
    this.#count++;
    if (value > this.#max) this.#max = value;
  }

  /** The duration that `fraction` (0 to 1) of all do not exceed: the upper edge of its bin, at most the maximum. */
  percentile(fraction: number): number {
    const wanted = Math.ceil(this.#count * fraction);
    let seen = 0;
    for (let bin = 0; bin < BINS && this.#count > 0; bin++) {
      seen += this.#bins[bin]!;
      if (seen >= wanted && seen > 0) return bin === 0 ? Math.min(FIRST_MS, this.#max) : this.#edge(bin);
    }
    return 0;
  }

  /** Everything at once. */
  summary(): DurationSummary {
    return {
      count: this.#count,
      p50: this.percentile(0.5),
      p99: this.percentile(0.99),
      max: this.#max,
    };
  }

  #edge(bin: number): number {
    return Math.min(FIRST_MS * GROWTH ** bin, this.#max);
  }
}
