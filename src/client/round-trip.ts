/**
 * How long an echo takes, by media position: the time from when the n-th millisecond of audio was sent to when the n-th
 * millisecond was received. Nothing is added to the audio. Means something only for an echo without gaps.
 */
import { DurationHistogram } from "./histogram.ts";

/** Frames whose times of sending are kept: a minute of 20 ms frames. */
const KEPT_FRAMES = 4096;
/** Positions are compared in ms of media; less than a sample at any rate. */
const TOLERANCE_MS = 0.001;

/** Keeps when what was sent, in a ring. No allocation after construction. */
export class RoundTrip {
  readonly histogram = new DurationHistogram();
  readonly #endMs = new Float64Array(KEPT_FRAMES);
  readonly #sentAtMs = new Float64Array(KEPT_FRAMES);
  #written = 0;
  #read = 0;
  #sentMs = 0;
  #receivedMs = 0;

  /** Audio of `durationMs` has left. */
  sent(durationMs: number, nowMs: number): void {
    this.#sentMs += durationMs;
    const slot = this.#written % KEPT_FRAMES;
    this.#endMs[slot] = this.#sentMs;
    this.#sentAtMs[slot] = nowMs;
    this.#written++;
    if (this.#written - this.#read > KEPT_FRAMES) this.#read = this.#written - KEPT_FRAMES;
  }

  /** So much will never be echoed. */
  skip(durationMs: number): void {
    this.#receivedMs += durationMs;
  }

  /** Audio of `durationMs` has come: measures up to its last sample. Returns the ms, or -1 where nothing is known. */
  received(durationMs: number, nowMs: number): number {
    this.#receivedMs += durationMs;
    const position = this.#receivedMs - TOLERANCE_MS;
    while (this.#read < this.#written && this.#endMs[this.#read % KEPT_FRAMES]! < position) this.#read++;
    if (this.#read === this.#written) return -1;
    const roundTripMs = nowMs - this.#sentAtMs[this.#read % KEPT_FRAMES]!;
    this.histogram.record(roundTripMs);
    return roundTripMs;
  }
}
