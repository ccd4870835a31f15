/**
 * Two tracks on one line of time, in a ring: each piece goes where its time is, what nobody fills is silence, and what is
 * settled is taken out interleaved. Constant memory, no allocation after construction. Positions are in samples since the
 * start.
 */

/** The client's side, left, and the handler's, right. */
export type Track = 0 | 1;

/** What has been said on both sides lately. */
export class TwoTracks {
  readonly #ring: Int16Array;
  readonly #capacity: number;
  /** Where each track's audio ends; before its first piece, nowhere. */
  readonly #ends: [number, number] = [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY];
  #taken = 0;
  #dropped = 0;

  /** @param capacity samples between what has been taken out and the latest that can be put in */
  constructor(capacity: number) {
    this.#capacity = capacity;
    this.#ring = new Int16Array(capacity * 2);
  }

  /** Samples that found no room, of both tracks. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Where the audio of both tracks ends. */
  get end(): number {
    return Math.max(0, ...this.#ends);
  }

  /**
   * Puts a piece behind what its track has; or, where that ended more than `slack` before `dueAt`, at `dueAt`: what comes
   * in a steady stream stays whole whatever the network does to its times, a pause stays a pause.
   */
  write(track: Track, samples: Int16Array, dueAt: number, slack: number): void {
    const end = this.#ends[track];
    const at = Math.max(end < dueAt - slack ? dueAt : end, this.#taken);
    const n = Math.max(0, Math.min(samples.length, this.#taken + this.#capacity - at));
    for (let i = 0; i < n; i++) this.#ring[((at + i) % this.#capacity) * 2 + track] = samples[i]!;
    this.#dropped += samples.length - n;
    this.#ends[track] = at + n;
  }

  /** Takes back what a track has from `at` on: it will not be heard. */
  silence(track: Track, at: number): void {
    const from = Math.max(at, this.#taken);
    for (let i = from; i < this.#ends[track]; i++) this.#ring[(i % this.#capacity) * 2 + track] = 0;
    this.#ends[track] = Math.min(this.#ends[track], from);
  }

  /**
   * Takes out what comes before `upTo`, left and right by turns.
   * @returns samples per track, at most half of `out`; 0 where there is no more
   */
  take(upTo: number, out: Int16Array): number {
    const n = Math.max(0, Math.min(upTo - this.#taken, out.length >> 1, this.#capacity));
    for (let i = 0; i < n; i++) {
      const slot = ((this.#taken + i) % this.#capacity) * 2;
      out[i * 2] = this.#ring[slot]!;
      out[i * 2 + 1] = this.#ring[slot + 1]!;
      this.#ring[slot] = this.#ring[slot + 1] = 0;
    }
    this.#taken += n;
    return n;
  }
}
