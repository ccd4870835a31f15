/** Views of the beginning of an array, made once for each length that recurs: a view for each frame would be an allocation. */

/** One array's. Lengths beyond the first `mostKept` get a view of their own each time. */
export class FirstViews<T extends Uint8Array | Int16Array | Float32Array> {
  readonly #whole: T;
  readonly #mostKept: number;
  readonly #views = new Map<number, T>();

  constructor(whole: T, mostKept: number) {
    this.#whole = whole;
    this.#mostKept = mostKept;
  }

  /** The first `n` elements. */
  first(n: number): T {
    let view = this.#views.get(n);
    if (view === undefined) {
      view = this.#whole.subarray(0, n) as T;
      if (this.#views.size < this.#mostKept) this.#views.set(n, view);
    }
    return view;
  }
}
