/** Views on the start of an array, kept by length: a live stream's chunks give a few lengths, over and over. */
import type { SampleArray } from "../../core/types.ts";

const MAX_KEPT = 64;

export class KeptViews<S extends SampleArray> {
  readonly #whole: S;
  readonly #kept = new Map<number, S>();
  #last: S;

  constructor(whole: S) {
    this.#whole = whole;
    this.#last = whole;
  }

  /** The most that a view may hold. */
  get capacity(): number {
    return this.#whole.length;
  }

  /** The first `length` elements, at most `capacity`. */
  view(length: number): S {
    if (this.#last.length === length) return this.#last;
    let view = this.#kept.get(length);
    if (view === undefined) {
      view = this.#whole.subarray(0, length) as S;
      if (this.#kept.size < MAX_KEPT) this.#kept.set(length, view);
    }
    this.#last = view;
    return view;
  }
}
