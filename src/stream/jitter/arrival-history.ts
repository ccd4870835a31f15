/**
 * How much later than the fastest packets come, and how many never do: what the target delay is chosen from.
 *
 * A packet's lateness is its arrival less the time of its frame in the sender's count. The least of the last 30 s is the
 * base, moved along with the drift of the clocks; what lies above it is kept as a distribution in bins, older packets
 * weighing less.
 */
import { ClockDrift } from "./clock-drift.ts";
import { jitterTuning as t } from "./tuning.ts";

export const BIN_MS = 5;
/** The base is the least of this many blocks of time. */
const BLOCKS = 10;
const BLOCK_MS = 3000;
/** Packets after a gap that are forgotten if it was none of the network's. */
const MAX_SUSPECTS = 16;

/** One stream's arrivals. Nothing is allocated after construction. */
export class ArrivalHistory {
  readonly #frameMs: number;
  /** Weight of the packets that came `i * BIN_MS` to `(i + 1) * BIN_MS` above the base; the last bin also of all beyond. */
  readonly weights: Float64Array;
  /** How fast the two clocks part. */
  readonly drift = new ClockDrift();
  readonly #minima = new Float64Array(BLOCKS).fill(Number.POSITIVE_INFINITY);
  readonly #minimaMs = new Float64Array(BLOCKS);
  #block = 0;
  #blockEndsMs = Number.NEGATIVE_INFINITY;
  #binsBase = 0;
  #base = 0;
  #rebasedMs = Number.NEGATIVE_INFINITY;
  #total = 0;
  #expected = 0;
  #came = 0;
  #highest = -1;
  #count = 0;
  readonly #suspectBins = new Uint16Array(MAX_SUSPECTS);
  #suspects = 0;
  #lastMs = Number.NEGATIVE_INFINITY;

  /** @param rangeMs how much lateness is told apart */
  constructor(frameMs: number, rangeMs: number) {
    this.#frameMs = frameMs;
    this.weights = new Float64Array(Math.ceil(rangeMs / BIN_MS) + 1);
  }

  /** Arrival less frame time of the fastest packet, in ms. */
  get baseMs(): number {
    return this.#base;
  }

  /** Sum of `weights`. */
  get total(): number {
    return this.#total;
  }

  /** Packets taken in. */
  get count(): number {
    return this.#count;
  }

  /** Share of packets that never came, or have not yet. */
  get lostShare(): number {
    return this.#expected < 1 ? 0 : Math.max(0, 1 - this.#came / this.#expected);
  }

  /** Takes a packet in. */
  add(index: number, arrivalMs: number): void {
    const lateness = arrivalMs - index * this.#frameMs;
    this.drift.add(lateness, arrivalMs);
    this.#moveBase(lateness, arrivalMs);
    const keep = 1 - 1 / t.memoryPackets;
    const { weights } = this;
    for (let i = 0; i < weights.length; i++) weights[i] = weights[i]! * keep;
    this.#total = this.#total * keep + 1;
    const bin = Math.min(weights.length - 1, Math.max(0, Math.ceil((lateness - this.#binsBase) / BIN_MS)));
    weights[bin] = weights[bin]! + 1;
    this.#suspect(bin, arrivalMs);
    this.#count++;
    this.#countLoss(index);
  }

  /** The sender's count or pace has begun anew: what was learnt of its delays stays, where it stood does not. */
  rebase(index: number, arrivalMs: number): void {
    this.drift.rebase();
    this.#minima.fill(Number.POSITIVE_INFINITY);
    this.#blockEndsMs = Number.NEGATIVE_INFINITY;
    this.#base = arrivalMs - index * this.#frameMs;
    this.#binsBase = this.#base;
    this.#rebasedMs = arrivalMs;
    this.#highest = index - 1;
  }

  /**
   * Delays count from `baseMs` on: the sender has paused, or its way has become longer. Packets that this made late are
   * forgotten. @param index the newest packet's
   */
  startAnew(index: number, baseMs: number): void {
    const { weights } = this;
    for (; this.#suspects > 0; this.#suspects--) {
      const bin = this.#suspectBins[this.#suspects - 1]!;
      const weight = Math.min(1, weights[bin]!);
      weights[bin] = weights[bin]! - weight;
      this.#total -= weight;
    }
    const arrivalMs = baseMs + (index + 1) * this.#frameMs;
    this.rebase(index + 1, arrivalMs);
  }

  #moveBase(lateness: number, arrivalMs: number): void {
    const isNewBlock = arrivalMs >= this.#blockEndsMs;
    if (isNewBlock) {
      this.#block = (this.#block + 1) % BLOCKS;
      this.#blockEndsMs = arrivalMs + BLOCK_MS;
    }
    if (isNewBlock || lateness < this.#minima[this.#block]!) {
      this.#minima[this.#block] = lateness;
      this.#minimaMs[this.#block] = arrivalMs;
    }
    const slope = this.drift.ppm / 1e6;
    // what was learnt moves along with the clocks
    if (this.#count > 0) this.#binsBase += slope * Math.min(BLOCK_MS, Math.max(0, arrivalMs - this.#lastMs));
    let base = lateness;
    for (let i = 0; i < BLOCKS; i++) {
      base = Math.min(base, this.#minima[i]! + slope * (arrivalMs - this.#minimaMs[i]!));
    }
    this.#base = base;
    // what was learnt counts from the fastest packet: soon after a new beginning that one may still be to come
    if (this.#count === 0 || arrivalMs - this.#rebasedMs < t.doubtMs) this.#binsBase = base;
    const shift = Math.round((this.#binsBase - base) / BIN_MS);
    if (shift !== 0) this.#shiftBins(shift);
  }

  /** Positive: the base has fallen, so everything lies further above it. */
  #shiftBins(shift: number): void {
    this.#binsBase -= shift * BIN_MS;
    const { weights } = this;
    const last = weights.length - 1;
    if (shift > 0) {
      for (let i = last; i > 0; i--) {
        const weight = weights[i]!;
        if (weight === 0 || i === last) continue;
        weights[i] = 0;
        const to = Math.min(last, i + shift);
        weights[to] = weights[to]! + weight;
      }
      const first = weights[0]!;
      weights[0] = 0;
      const to = Math.min(last, shift);
      weights[to] = weights[to]! + first;
    } else {
      for (let i = 0; i <= last; i++) {
        const weight = weights[i]!;
        if (weight === 0) continue;
        const to = Math.max(0, i + shift);
        if (to === i) continue;
        weights[i] = 0;
        weights[to] = weights[to]! + weight;
      }
    }
  }

  /** Packets since nothing came for a while: if that was no stall, they were not late. */
  #suspect(bin: number, arrivalMs: number): void {
    if (arrivalMs - this.#lastMs > t.suspectMs) this.#suspects = 0;
    this.#lastMs = arrivalMs;
    if (this.#suspects < this.#suspectBins.length) this.#suspectBins[this.#suspects++] = bin;
  }

  #countLoss(index: number): void {
    if (this.#highest < 0) this.#highest = index - 1;
    const step = Math.max(0, index - this.#highest);
    const keep = (1 - 1 / t.lossMemoryPackets) ** step;
    this.#expected = this.#expected * keep + step;
    this.#came = this.#came * keep + 1;
    if (step > 0) this.#highest = index;
  }
}
