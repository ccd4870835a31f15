/**
 * A ring of pieces of audio between two threads: one writes, one takes, and the writer may drop the oldest.
 *
 * Two counters of 32-bit words that only grow (modulo 2^32), on cache lines of their own. The writer copies first and
 * publishes `written` last. `taken` is moved by compare-and-exchange on both sides: the reader copies a piece out and then
 * claims it, the writer claims one that it drops before it writes over it. Whoever comes second sees that the counter has
 * moved, and begins again with what was copied thrown away; so a piece is taken or dropped, never both, and never torn.
 *
 * Source of the ordering: ECMA-262, section 29 (memory model); Atomics are sequentially consistent, plain accesses are
 * ordered by them.
 */

const WRITTEN = 0;
const TAKEN = 16;
const COUNTER_WORDS = 32;
/** Before each piece: its length in samples, and two numbers of the writer's. */
const HEADER_WORDS = 3;

/** What takes a piece: room for its samples, as int16 and as the 32-bit words that are copied. */
export interface PieceBuffer {
  /** Room for the words of at least so many samples; what it held is lost. */
  words(samples: number): Int32Array;
}

/** Words that a piece of so many samples takes. */
export function pieceWords(samples: number): number {
  return HEADER_WORDS + ((samples + 1) >> 1);
}

/** One direction of one session. Each side makes its own over the same memory. No method allocates. */
export class AudioRing {
  readonly buffer: SharedArrayBuffer;
  readonly capacityWords: number;
  /** Of the piece taken last, or that is oldest: what the writer gave with it. */
  first = 0;
  second = 0;
  readonly #counters: Int32Array;
  readonly #words: Int32Array;
  readonly #samples: Int16Array;
  readonly #mask: number;

  /** @param buffer made by `createAudioRing` */
  constructor(buffer: SharedArrayBuffer) {
    this.buffer = buffer;
    this.capacityWords = buffer.byteLength / 4 - COUNTER_WORDS;
    this.#mask = this.capacityWords - 1;
    this.#counters = new Int32Array(buffer, 0, COUNTER_WORDS);
    this.#words = new Int32Array(buffer, COUNTER_WORDS * 4);
    this.#samples = new Int16Array(buffer, COUNTER_WORDS * 4);
  }

  /** Words that wait: for the writer at most, for the reader at least. */
  get waitingWords(): number {
    return (Atomics.load(this.#counters, WRITTEN) - Atomics.load(this.#counters, TAKEN)) >>> 0;
  }

  /** Counts all that was ever written (modulo 2^32): a place in the stream, for `take`. */
  get written(): number {
    return Atomics.load(this.#counters, WRITTEN);
  }

  /**
   * Writer: adds a piece, or returns false where there is no room for it.
   * @param first, second int32, given to the reader with the piece
   */
  write(samples: Int16Array, first: number, second: number): boolean {
    const n = samples.length;
    const written = Atomics.load(this.#counters, WRITTEN);
    const free = this.capacityWords - ((written - Atomics.load(this.#counters, TAKEN)) >>> 0);
    const size = pieceWords(n);
    if (size > free) return false;
    const mask = this.#mask;
    this.#words[written & mask] = n;
    this.#words[(written + 1) & mask] = first;
    this.#words[(written + 2) & mask] = second;
    const at = (written + HEADER_WORDS) & mask;
    if (at + size - HEADER_WORDS <= this.capacityWords) this.#samples.set(samples, 2 * at);
    else {
      const samplesMask = 2 * mask + 1;
      for (let i = 0; i < n; i++) this.#samples[(2 * at + i) & samplesMask] = samples[i]!;
    }
    Atomics.store(this.#counters, WRITTEN, (written + size) | 0);
    return true;
  }

  /**
   * Reader: takes the oldest piece, if it was written before `until`; leaves what came with it in `first` and `second`.
   * @returns its length in samples, copied to the beginning of `out`; -1 where there is none
   */
  take(out: PieceBuffer, until: number): number {
    // whatever the caller holds for a position: beyond what is written there is nothing, and nothing to wait for
    const written = Atomics.load(this.#counters, WRITTEN);
    const end = ((until - written) | 0) > 0 ? written : until;
    for (;;) {
      const taken = Atomics.load(this.#counters, TAKEN);
      if (((end - taken) | 0) <= 0) return -1;
      const mask = this.#mask;
      const n = this.#words[taken & mask]!;
      const first = this.#words[(taken + 1) & mask]!;
      const second = this.#words[(taken + 2) & mask]!;
      const size = pieceWords(n);
      // no length that was ever written: the writer has dropped this piece and is writing over it
      if (n < 0 || size > this.capacityWords) continue;
      const words = out.words(n);
      for (let i = HEADER_WORDS; i < size; i++) words[i - HEADER_WORDS] = this.#words[(taken + i) & mask]!;
      if (Atomics.compareExchange(this.#counters, TAKEN, taken, (taken + size) | 0) !== taken) continue;
      this.first = first;
      this.second = second;
      return n;
    }
  }

  /** Writer: looks at the oldest piece: leaves what came with it in `first` and `second`; false where there is none. */
  peek(): boolean {
    const taken = Atomics.load(this.#counters, TAKEN);
    if (taken === Atomics.load(this.#counters, WRITTEN)) return false;
    // the reader may take it meanwhile; its words stay as they are until this side writes over them
    this.first = this.#words[(taken + 1) & this.#mask]!;
    this.second = this.#words[(taken + 2) & this.#mask]!;
    return true;
  }

  /** Writer: drops the oldest piece. @returns its length in samples; -1 where there is none, or the reader was quicker */
  drop(): number {
    const taken = Atomics.load(this.#counters, TAKEN);
    if (taken === Atomics.load(this.#counters, WRITTEN)) return -1;
    const n = this.#words[taken & this.#mask]!;
    const next = (taken + pieceWords(n)) | 0;
    return Atomics.compareExchange(this.#counters, TAKEN, taken, next) === taken ? n : -1;
  }
}

/** Memory for a ring that holds at least so many words, rounded up to a power of two. */
export function createAudioRing(words: number): SharedArrayBuffer {
  const capacity = 2 ** Math.ceil(Math.log2(Math.max(HEADER_WORDS + 1, words)));
  return new SharedArrayBuffer((COUNTER_WORDS + capacity) * 4);
}
