/**
 * The memory that `process` returns views of: a slot in the engine's memory while it is short, so that what comes next
 * need not copy it; an ordinary array for the long chunks of files.
 */
import type { SampleArray } from "../../core/types.ts";
import type { Engine } from "../engine.ts";
import { KeptViews } from "./kept-views.ts";

const MAX_SLOT_SAMPLES = 16384;
const MIN_SLOT_SAMPLES = 64;

/** Makes an array over a buffer, or a new one. */
interface ArrayOf<S extends SampleArray> {
  readonly BYTES_PER_ELEMENT: number;
  new (length: number): S;
  new (buffer: ArrayBuffer, byteOffset: number, length: number): S;
}

export class OutputMemory<S extends SampleArray> {
  readonly #engine: Engine;
  readonly #arrayOf: ArrayOf<S>;
  #slot = 0;
  #views: KeptViews<S>;

  constructor(engine: Engine, arrayOf: ArrayOf<S>) {
    this.#engine = engine;
    this.#arrayOf = arrayOf;
    this.#views = new KeptViews(new arrayOf(0));
  }

  /** Byte address of the slot; 0 where the memory is an ordinary array. */
  get address(): number {
    return this.#slot;
  }

  /** The first `length` samples; what they were stays while the memory need not grow. Throws `ERR_ARENA_FULL`. */
  view(length: number): S {
    if (length > this.#views.capacity) this.#grow(length);
    return this.#views.view(length);
  }

  /** Has it become an ordinary array? */
  get isOutside(): boolean {
    return this.#slot === 0 && this.#views.capacity > 0;
  }

  dispose(): void {
    if (this.#slot !== 0) this.#engine.arena.free(this.#slot);
    this.#slot = 0;
    this.#views = new KeptViews(new this.#arrayOf(0));
  }

  #grow(length: number): void {
    this.dispose();
    if (length > MAX_SLOT_SAMPLES) {
      this.#views = new KeptViews(new this.#arrayOf(length));
      return;
    }
    const samples = Math.max(MIN_SLOT_SAMPLES, length);
    this.#slot = this.#engine.arena.alloc(samples * this.#arrayOf.BYTES_PER_ELEMENT);
    this.#views = new KeptViews(new this.#arrayOf(this.#engine.buffer, this.#slot, samples));
  }
}
