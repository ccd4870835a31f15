/**
 * The writing end of one direction of a session: a ring, and larger ones in its place where a burst does not fit. The
 * reader hears of each new ring by control and empties the old one first, so the order stays.
 */
import type { WireFormat } from "../../stream/stream-session.ts";
import { AudioRing, createAudioRing, pieceWords } from "./audio-ring.ts";

/** Pieces after which a ring that had grown gives way to a small one again, once it is empty. */
const PIECES_UNTIL_SMALL = 500;

/** Of a stream in real time: what its ring holds; bursts and stalls get a larger one. */
const USUAL_MS = 100;
/** What may wait at most, in any case. */
const MAX_MS = 30_000;

/** What the rings of one direction are made for. */
export interface RingSizes {
  /** What it begins with, in 32-bit words (`pieceWords`). */
  usualWords: number;
  /** What it may hold at most; beyond it the oldest piece is dropped. */
  maxWords: number;
}

/** The sizes for a stream of frames. */
export function ringSizes({ sampleRate, frameMs }: WireFormat): RingSizes {
  const wordsPerMs = pieceWords((sampleRate * frameMs) / 1000) / frameMs;
  return { usualWords: Math.ceil(USUAL_MS * wordsPerMs), maxWords: Math.ceil(MAX_MS * wordsPerMs) };
}

/** What a writer is made for. */
export interface RingWriterOptions extends RingSizes {
  /** The ring it begins with: made by `createAudioRing(usualWords)`. */
  buffer: SharedArrayBuffer;
  /** Tells the reader of a new ring: `at` is where the old one ends. */
  onRing(buffer: SharedArrayBuffer, at: number): void;
  /** A piece has been dropped. */
  onDrop(samples: number): void;
}

/** Writes pieces of any length. Steady streams make it allocate nothing. */
export class RingWriter {
  /** Of the oldest piece, after `peek`. */
  first = 0;
  second = 0;
  readonly #options: RingWriterOptions;
  /** Rings that the reader has not emptied, oldest first; the last is written to. */
  readonly #rings: AudioRing[];
  #ring: AudioRing;
  #piecesSinceGrowth = 0;

  constructor(options: RingWriterOptions) {
    this.#options = options;
    this.#ring = new AudioRing(options.buffer);
    this.#rings = [this.#ring];
  }

  /** Where the stream is now: for control that comes after all that has been written. */
  get position(): number {
    return this.#ring.written;
  }

  /** Adds a piece. Where it does not fit a larger ring is made, or the oldest pieces are dropped. */
  write(samples: Int16Array, first: number, second: number): void {
    if (this.#ring.write(samples, first, second)) {
      if (++this.#piecesSinceGrowth === PIECES_UNTIL_SMALL) this.#shrink();
      return;
    }
    this.#makeRoom(pieceWords(samples.length));
    this.#ring.write(samples, first, second);
  }

  /** Looks at the oldest piece that waits; false where none does. */
  peek(): boolean {
    const oldest = this.#oldest();
    if (!oldest.peek()) return false;
    this.first = oldest.first;
    this.second = oldest.second;
    return true;
  }

  /** Drops the oldest piece, unless the reader is quicker. */
  drop(): void {
    const samples = this.#oldest().drop();
    if (samples >= 0) this.#options.onDrop(samples);
  }

  #oldest(): AudioRing {
    while (this.#rings.length > 1 && this.#rings[0]!.waitingWords === 0) this.#rings.shift();
    return this.#rings[0]!;
  }

  #makeRoom(size: number): void {
    const { maxWords } = this.#options;
    while (this.#waitingWords() + size > maxWords && this.peek()) this.drop();
    this.#replace(Math.max(2 * this.#ring.capacityWords, size));
  }

  #shrink(): void {
    this.#piecesSinceGrowth = 0;
    const isLarge = this.#ring.capacityWords > 2 * this.#options.usualWords;
    if (isLarge && this.#oldest() === this.#ring && this.#ring.waitingWords * 2 < this.#options.usualWords)
      this.#replace(this.#options.usualWords);
  }

  #replace(words: number): void {
    const next = new AudioRing(createAudioRing(words));
    this.#options.onRing(next.buffer, this.#ring.written);
    this.#ring = next;
    this.#rings.push(next);
    this.#piecesSinceGrowth = 0;
  }

  #waitingWords(): number {
    let words = 0;
    for (const ring of this.#rings) words += ring.waitingWords;
    return words;
  }
}
