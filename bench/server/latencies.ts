/** Latencies in classes of a hundredth of a millisecond up to a second: no array that grows, no sorting. */

const CLASSES_PER_MS = 100;
const MAX_MS = 1000;

export class Latencies {
  readonly #counts = new Uint32Array(MAX_MS * CLASSES_PER_MS + 1);
  #total = 0;

  add(ms: number): void {
    const at = Math.min(MAX_MS * CLASSES_PER_MS, Math.max(0, Math.round(ms * CLASSES_PER_MS)));
    this.#counts[at] = this.#counts[at]! + 1;
    this.#total++;
  }

  get total(): number {
    return this.#total;
  }

  /** The latency that `share` of all (0 to 1) stay within; 0 where there are none. */
  quantile(share: number): number {
    let left = Math.ceil(share * this.#total);
    for (let at = 0; at < this.#counts.length && left > 0; at++) {
      left -= this.#counts[at]!;
      if (left <= 0) return at / CLASSES_PER_MS;
    }
    return 0;
  }
}
