/** Collects tables, then lays them out as they are to lie in one slot of the engine's memory. */
import type { Engine } from "../engine.ts";

/** Tables start on cache lines. */
const LINE_WORDS = 16;

/** What a slot is to hold; the same for every engine but for the addresses in it. */
export interface SlotImage {
  readonly words: Int32Array<ArrayBuffer>;
  /** Words that hold a distance in bytes from the slot's start, to become addresses. */
  readonly addresses: readonly number[];
}

export class SlotBuilder {
  readonly #tables: {
    readonly offset: number;
    readonly values: ArrayLike<number>;
    readonly bytes: 4 | 8;
  }[] = [];
  readonly #addresses: { readonly at: number; readonly offset: number }[] = [];
  readonly #writings: ((i32: Int32Array, f64: Float64Array) => void)[] = [];
  #words = 0;

  /** Room for `words` words that `write` fills; returns their offset in words, as the others do. */
  reserve(words: number): number {
    const offset = this.#words;
    this.#words += Math.ceil(words / LINE_WORDS) * LINE_WORDS;
    return offset;
  }

  /** A table of float32 (4 bytes) or float64 (8). */
  numbers(values: ArrayLike<number>, bytes: 4 | 8): number {
    const offset = this.reserve((values.length * bytes) / 4);
    this.#tables.push({ offset, values, bytes });
    return offset;
  }

  /** Word `at` is to hold the address of what lies at `offset`. */
  address(at: number, offset: number): void {
    this.#addresses.push({ at, offset });
  }

  /** Fills what was reserved, once everything has its place. */
  write(writing: (i32: Int32Array, f64: Float64Array) => void): void {
    this.#writings.push(writing);
  }

  image(): SlotImage {
    const words = new Int32Array(this.#words);
    const f32 = new Float32Array(words.buffer);
    const f64 = new Float64Array(words.buffer);
    for (const { offset, values, bytes } of this.#tables) {
      if (bytes === 4) f32.set(values, offset);
      else f64.set(values, offset / 2);
    }
    for (const writing of this.#writings) writing(words, f64);
    for (const { at, offset } of this.#addresses) words[at] = 4 * offset;
    return { words, addresses: this.#addresses.map(({ at }) => at) };
  }
}

/** A new slot with what `image` says; its byte address. Throws `ERR_ARENA_FULL`. */
export function placeImage(engine: Engine, { words, addresses }: SlotImage): number {
  const slot = engine.arena.alloc(words.byteLength);
  const i32 = new Int32Array(engine.buffer);
  const from = slot >> 2;
  i32.set(words, from);
  for (const at of addresses) i32[from + at]! += slot;
  return slot;
}
