/** The reading end of one direction of a session: takes what has been written, in order with control. See `RingWriter`. */
import { AudioRing } from "./audio-ring.ts";
import type { PieceScratch } from "./piece-scratch.ts";

/** What a reader is made for. */
export interface RingReaderOptions {
  /** The ring it begins with. */
  readonly buffer: SharedArrayBuffer;
  /** Where the session's flag is that says that there is something to look at. */
  readonly fields: Int32Array;
  readonly pending: number;
  readonly link: { pull(): void };
  readonly scratch: PieceScratch;
  /** Takes a piece: samples that are valid during the call, and the two numbers that the writer gave with them. */
  readonly onPiece: (samples: Int16Array, first: number, second: number) => void;
}

/** Reads pieces of any length. Steady streams make it allocate nothing. */
export class RingReader {
  readonly #options: RingReaderOptions;
  #ring: AudioRing;

  constructor(options: RingReaderOptions) {
    this.#options = options;
    this.#ring = new AudioRing(options.buffer);
  }

  /** Audio has come: takes all there is. */
  look(): void {
    const { fields, link, pending } = this.#options;
    Atomics.store(fields, pending, 0);
    for (let ring: AudioRing | undefined; ring !== this.#ring; ) {
      ring = this.#ring;
      const until = ring.written;
      // what was posted before this audio was written comes first; a new ring counts from 0 and is looked at anew
      link.pull();
      if (ring === this.#ring) this.takeUntil(until);
    }
  }

  /** Takes what was written before `at`: for control that comes after it. */
  takeUntil(at: number): void {
    const { onPiece, scratch } = this.#options;
    const ring = this.#ring;
    for (let n = ring.take(scratch, at); n >= 0; n = ring.take(scratch, at))
      onPiece(scratch.first(n), ring.first, ring.second);
  }

  /** The writer goes on in another ring; this one has been emptied. */
  replace(buffer: SharedArrayBuffer): void {
    this.#ring = new AudioRing(buffer);
  }
}
