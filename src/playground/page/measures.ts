/** What is measured of a call: pure, bounded, fed by the client's events. */

/** Values with their times, the oldest forgotten. */
export class TimeSeries {
  readonly #times: Float64Array;
  readonly #values: Float64Array;
  #next = 0;
  #count = 0;

  /** @param capacity values kept */
  constructor(capacity: number) {
    this.#times = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  get length(): number {
    return this.#count;
  }

  /** The latest value, or NaN. */
  get last(): number {
    return this.#count === 0 ? Number.NaN : this.valueAt(this.#count - 1);
  }

  /** Adds one. Times grow. */
  add(atMs: number, value: number): void {
    this.#times[this.#next] = atMs;
    this.#values[this.#next] = value;
    this.#next = (this.#next + 1) % this.#times.length;
    if (this.#count < this.#times.length) this.#count++;
  }

  /** The time of the i-th, oldest first. */
  timeAt(i: number): number {
    return this.#times[this.#slot(i)]!;
  }

  /** The value of the i-th, oldest first. */
  valueAt(i: number): number {
    return this.#values[this.#slot(i)]!;
  }

  /** Forgets all. */
  clear(): void {
    this.#count = 0;
  }

  /** The values since `sinceMs`, sorted. */
  sortedSince(sinceMs: number): Float64Array {
    let first = this.#count;
    while (first > 0 && this.timeAt(first - 1) >= sinceMs) first--;
    return Float64Array.from({ length: this.#count - first }, (_, i) => this.valueAt(first + i)).sort();
  }

  #slot(i: number): number {
    const { length } = this.#times;
    return (this.#next - this.#count + i + length) % length;
  }
}

/** The value that `share` (0 to 1) of the sorted do not exceed; NaN of none. */
export function percentile(sorted: Float64Array, share: number): number {
  if (sorted.length === 0) return Number.NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(share * sorted.length) - 1))]!;
}

/** How uneven times of travel are: the smoothed difference of one to the next, as RFC 3550, 6.4.1 has it. */
export class Jitter {
  #jitterMs = 0;
  #before = Number.NaN;

  get jitterMs(): number {
    return this.#jitterMs;
  }

  /** One more, in ms. */
  add(travelMs: number): void {
    if (!Number.isNaN(this.#before)) {
      this.#jitterMs += (Math.abs(travelMs - this.#before) - this.#jitterMs) / 16;
    }
    this.#before = travelMs;
  }

  /** Begins anew. */
  clear(): void {
    this.#jitterMs = 0;
    this.#before = Number.NaN;
  }
}

/** The loop's parts, in ms; together they are the loop. */
export interface LoopParts {
  /** From the microphone's worklet to a frame on its way: gathering it and encoding it. */
  readonly captureMs: number;
  /** There and back. */
  readonly networkMs: number;
  /** What the echo took beyond that. */
  readonly serverMs: number;
  /** Waiting to be played. */
  readonly playoutMs: number;
}

/**
 * Takes a loop apart.
 * @param loopMs from a sample's capture to its playing
 * @param roundTripMs from a frame's sending to its echo
 * @param pingMs of a message that is answered at once
 * @param playoutMs what waits to be played
 */
export function loopParts(loopMs: number, roundTripMs: number, pingMs: number, playoutMs: number): LoopParts {
  const playout = Math.min(loopMs, playoutMs);
  const trip = Math.min(loopMs - playout, roundTripMs);
  const network = Math.min(trip, pingMs);
  return {
    captureMs: loopMs - playout - trip,
    networkMs: network,
    serverMs: trip - network,
    playoutMs: playout,
  };
}
