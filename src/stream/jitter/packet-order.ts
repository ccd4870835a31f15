/**
 * Where a packet belongs: sequence numbers of any width from 16 bits up, wrapping anywhere, to frame indices that only
 * grow; and whether its sender has begun anew.
 *
 * Only the low 16 bits are looked at: modulo 65,536 a counter of 32 bits that wraps, and one that does not, are the same.
 * A jump of more than `MAX_JUMP_MS`, or packets that repeat what was played long ago, count as a new beginning once the
 * next packet follows on (RFC 3550, appendix A.1, holds a jump on probation likewise): one stray packet moves nothing.
 */

/** A jump further than this, either way, is no reordering. */
const MAX_JUMP_MS = 3000;
/** Packets in a row, each following on the one before, that were all there already: the sender counts anew. */
const REPEATS_OF_A_RESTART = 4;

/** What `place` says beside indices: the packet waits for one that follows on. */
export const ON_PROBATION = -1;

/** One sender's count. Indices begin at `FIRST_INDEX`, so that packets before the first one have one too. */
export class PacketOrder {
  readonly #maxJump: number;
  #offset = 0;
  #highest = -1;
  #expectedAnew = -1;
  #repeats = 0;
  #lastRepeat = -1;
  #restarts = 0;

  /** @param frameMs duration of a packet */
  constructor(frameMs: number) {
    this.#maxJump = Math.ceil(MAX_JUMP_MS / frameMs);
  }

  /** The newest index so far; -1 before the first packet. */
  get highest(): number {
    return this.#highest;
  }

  /** How often the sender has begun anew. */
  get restarts(): number {
    return this.#restarts;
  }

  /** The index of a packet, or `ON_PROBATION`. A restart shows in `restarts`: the packet then follows the newest. */
  place(sequence: number): number {
    const low = sequence & 0xffff;
    if (this.#highest < 0) {
      this.#highest = FIRST_INDEX;
      this.#offset = FIRST_INDEX - low;
      return FIRST_INDEX;
    }
    const delta = ((low - ((this.#highest - this.#offset) & 0xffff)) << 16) >> 16;
    if (delta > this.#maxJump || delta < -this.#maxJump) return this.#placeFar(low);
    this.#expectedAnew = -1;
    const index = this.#highest + delta;
    if (delta > 0) this.#highest = index;
    return index;
  }

  /**
   * Says that a placed packet had been there before. Enough of them in a row, each following on the one before, and the
   * sender has begun anew: then the packet's new index, else -1.
   */
  repeated(sequence: number): number {
    const low = sequence & 0xffff;
    this.#repeats = low === ((this.#lastRepeat + 1) & 0xffff) ? this.#repeats + 1 : 1;
    this.#lastRepeat = low;
    return this.#repeats >= REPEATS_OF_A_RESTART ? this.#beginAnew(low) : -1;
  }

  /** Says that a placed packet was new. */
  arrived(): void {
    this.#repeats = 0;
    this.#lastRepeat = -1;
  }

  #placeFar(low: number): number {
    if (low !== this.#expectedAnew) {
      this.#expectedAnew = (low + 1) & 0xffff;
      return ON_PROBATION;
    }
    return this.#beginAnew(low);
  }

  #beginAnew(low: number): number {
    this.#restarts++;
    this.#expectedAnew = -1;
    this.#repeats = 0;
    this.#lastRepeat = -1;
    this.#highest++;
    this.#offset = this.#highest - low;
    return this.#highest;
  }
}

const FIRST_INDEX = 65_536;
