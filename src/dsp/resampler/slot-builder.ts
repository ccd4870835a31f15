/** Collects tables, then lays them out in one slot of the engine's memory. */
import type { Engine } from "../engine.ts";

/** Tables start on cache lines. */
const LINE_WORDS = 16;

export class SlotBuilder {
  readonly #tables: {
    readonly offset: number;
    readonly values: ArrayLike<number>;
    readonly bytes: 4 | 8;
  }[] = [];
  readonly #addresses: { readonly at: number; readonly offset: number }[] = [];
  #words = 0;

  /** Room for `words` words that are written after `build`; returns their offset in words, as the others do. */
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

  /** The slot's byte address; throws `ERR_ARENA_FULL`. */
  build(engine: Engine): number {
    const slot = engine.arena.alloc(this.#words * 4);
    const from = slot >> 2;
    const f64 = new Float64Array(engine.buffer);
    for (const { offset, values, bytes } of this.#tables) {
      if (bytes === 4) engine.f32.set(values, from + offset);
      else f64.set(values, (from + offset) / 2);
    }
    const i32 = new Int32Array(engine.buffer);
    for (const { at, offset } of this.#addresses) i32[from + at] = slot + 4 * offset;
    return slot;
  }
}
