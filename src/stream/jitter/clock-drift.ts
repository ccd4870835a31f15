/**
 * How fast the sender's clock runs against ours, from the fastest packet of each second: their lateness lies on a line whose
 * slope is the drift. A line that does not fit (a change of route, a stall) tells nothing, and then the last one holds.
 */
import { jitterTuning as t } from "./tuning.ts";

const BLOCK_MS = 1000;
const BLOCKS = 60;
/** Points that a line needs. */
const MIN_BLOCKS = 4;

/** One stream's drift. */
export class ClockDrift {
  readonly #times = new Float64Array(BLOCKS);
  readonly #minima = new Float64Array(BLOCKS);
  #count = 0;
  #newest = -1;
  #endsMs = Number.NEGATIVE_INFINITY;
  #ppm = 0;

  /** Positive: the sender is slow. 0 until there is enough to tell. */
  get ppm(): number {
    return this.#ppm;
  }

  /** Takes in one packet's lateness. */
  add(latenessMs: number, arrivalMs: number): void {
    if (arrivalMs >= this.#endsMs) {
      if (this.#count >= MIN_BLOCKS) this.#fit();
      this.#newest = (this.#newest + 1) % BLOCKS;
      this.#count = Math.min(BLOCKS, this.#count + 1);
      this.#minima[this.#newest] = latenessMs;
      this.#times[this.#newest] = arrivalMs;
      this.#endsMs = arrivalMs + BLOCK_MS;
    } else if (latenessMs < this.#minima[this.#newest]!) {
      this.#minima[this.#newest] = latenessMs;
      this.#times[this.#newest] = arrivalMs;
    }
  }

  /** The sender has begun anew: the clock is the same, where it stood is not. */
  rebase(): void {
    this.#count = 0;
    this.#newest = -1;
    this.#endsMs = Number.NEGATIVE_INFINITY;
  }

  #fit(): void {
    const n = this.#count;
    const last = this.#times[this.#newest]!;
    let sumX = 0;
    let sumY = 0;
    let sumXx = 0;
    let sumXy = 0;
    let first = last;
    const origin = this.#minima[this.#newest]!;
    for (let i = 0; i < n; i++) {
      const x = this.#times[i]! - last;
      const y = this.#minima[i]! - origin;
      sumX += x;
      sumY += y;
      sumXx += x * x;
      sumXy += x * y;
      if (this.#times[i]! < first) first = this.#times[i]!;
    }
    const spread = n * sumXx - sumX * sumX;
    if (spread <= 0) return;
    const slope = (n * sumXy - sumX * sumY) / spread;
    const start = (sumY - slope * sumX) / n;
    let squares = 0;
    let worst = 0;
    for (let i = 0; i < n; i++) {
      const error = this.#minima[i]! - origin - start - slope * (this.#times[i]! - last);
      squares += error * error;
      worst = Math.max(worst, Math.abs(error));
    }
    const deviation = Math.sqrt(squares / (n - 2));
    const spanMs = last - first;
    const shiftMs = Math.abs(slope) * spanMs;
    const isStraight = worst < t.driftWorstMs && shiftMs > t.driftShiftMs + 5 * deviation;
    const isFineCorrection = this.#ppm !== 0 && worst < t.driftWorstMs;
    if (isStraight || isFineCorrection) {
      this.#ppm = Math.max(-t.driftMaxPpm, Math.min(t.driftMaxPpm, slope * 1e6));
    }
  }
}
