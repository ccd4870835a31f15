/**
 * The arrays that an engine has handed out, with their addresses in its memory. One look-up (7 ns) says that an array is
 * of the right type, lies inside and where; asking the array itself for `buffer` and `byteOffset` takes three times that,
 * as long as encoding 80 samples. Arrays that are not known here (views of views, foreign arrays) take the longer way.
 */

/** One engine's arrays by type. Weak: an array that nobody holds any more is forgotten. */
export class ViewAddresses {
  readonly bytes = new WeakMap<Uint8Array, number>();
  readonly int16 = new WeakMap<Int16Array, number>();
  readonly float32 = new WeakMap<Float32Array, number>();
  /** The bytes looked up last: frame after frame is written into the same array. */
  #lastBytes: Uint8Array | undefined;
  #lastAddress = 0;

  /** As `bytes.get`, without the look-up where `view` is the same as last time. */
  addressOfBytes(view: Uint8Array): number | undefined {
    if (view === this.#lastBytes) return this.#lastAddress;
    const address = this.bytes.get(view);
    if (address === undefined) return undefined;
    this.#lastBytes = view;
    this.#lastAddress = address;
    return address;
  }

  /** Forgets a view; returns its address, or undefined for one that is not known. */
  take(view: ArrayBufferView): number | undefined {
    const known: WeakMap<ArrayBufferView, number> =
      view instanceof Int16Array
        ? (this.int16 as WeakMap<ArrayBufferView, number>)
        : view instanceof Float32Array
          ? (this.float32 as WeakMap<ArrayBufferView, number>)
          : (this.bytes as WeakMap<ArrayBufferView, number>);
    if (view === this.#lastBytes) this.#lastBytes = undefined;
    const address = known.get(view);
    known.delete(view);
    return address;
  }
}
