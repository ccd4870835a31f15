/**
 * What slots held that are no longer in use, outside the engine's memory: tables take as long to compute as some seconds of
 * audio to convert, and who converts one file often converts the next.
 */
import type { SlotImage } from "./slot-builder.ts";

const MAX_BYTES = 2 * 1024 * 1024;

interface Kept<T> {
  readonly image: SlotImage;
  readonly about: T;
}

/** Images by key, with what there is to know about each; the longest unused ones go when there are too many. */
export class SlotImages<T> {
  /** In the order of their last use. */
  readonly #kept = new Map<string, Kept<T>>();
  #bytes = 0;

  /** What is known as `key`, or what `create` makes. */
  get(key: string, create: () => Kept<T>): Kept<T> {
    let found = this.#kept.get(key);
    if (found !== undefined) {
      this.#kept.delete(key);
    } else {
      found = create();
      this.#bytes += found.image.words.byteLength;
    }
    this.#kept.set(key, found);
    for (const [oldest, { image }] of this.#kept) {
      if (this.#bytes <= MAX_BYTES || oldest === key) break;
      this.#kept.delete(oldest);
      this.#bytes -= image.words.byteLength;
    }
    return found;
  }
}
