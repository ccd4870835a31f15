/** Views of stretches of an array, kept by place: a live stream's chunks come back to the same few places, over and over. */

const MAX_KEPT = 64;
/** More than the elements of any stretch; places times this are small integers, which V8 finds fast. */
const LONGEST = 16384;

export class PlaceViews {
  readonly #whole: Float32Array;
  readonly #kept = new Map<number, Float32Array>();

  constructor(whole: Float32Array) {
    this.#whole = whole;
  }

  /** `length` elements (below 16,384) from `place` on; undefined where there are more such stretches than are kept. */
  view(place: number, length: number): Float32Array | undefined {
    const key = place * LONGEST + length;
    const kept = this.#kept.get(key);
    return kept !== undefined || this.#kept.size === MAX_KEPT ? kept : this.#keep(key, place, length);
  }

  #keep(key: number, place: number, length: number): Float32Array {
    const view = this.#whole.subarray(place, place + length);
    this.#kept.set(key, view);
    return view;
  }
}
