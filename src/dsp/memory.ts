/**
 * The engine's memory: one fixed block that every kernel module of an engine works in, and an allocator over it.
 *
 * Fixed, because growth would detach every view that is out. Untouched pages cost address space only, so the size may be
 * generous. The first 64 KiB hold the modules' constants; slots start on 64 bytes (a cache line), are zeroed when they
 * are given back, and keep 64 bytes of slack that kernels may read past an end.
 */
import { WasmError } from "../core/errors.ts";

/** Below this lie the modules' own constants (see `memoryBase` in asconfig.json). */
export const ARENA_START = 65536;
export const PAGE_BYTES = 65536;
const ALIGNMENT = 64;
const SLACK = 64;

/** First-fit allocator with coalescing over a fixed range of linear memory. */
export class Arena {
  readonly capacityBytes: number;
  readonly #bytes: Uint8Array;
  /** Free ranges by address, never adjacent: [start, end) pairs. */
  readonly #free: { start: number; end: number }[];
  readonly #sizes = new Map<number, number>();
  #usedBytes = 0;

  constructor(buffer: ArrayBuffer) {
    this.#bytes = new Uint8Array(buffer);
    this.capacityBytes = buffer.byteLength - ARENA_START;
    this.#free = [{ start: ARENA_START, end: buffer.byteLength }];
  }

  /** Bytes handed out, slack included. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** How many slots are out. */
  get slots(): number {
    return this.#sizes.size;
  }

  /** A zeroed slot of at least `bytes`, aligned to 64; throws `ERR_ARENA_FULL`. */
  alloc(bytes: number): number {
    const size = Math.ceil((Math.max(1, bytes) + SLACK) / ALIGNMENT) * ALIGNMENT;
    const index = this.#free.findIndex((range) => range.end - range.start >= size);
    const range = this.#free[index];
    if (range === undefined) {
      throw new WasmError(
        "ERR_ARENA_FULL",
        `The audio memory is full: ${bytes} bytes asked for, ${this.#usedBytes} of ${this.capacityBytes} in use.`,
        { hint: "Free what is no longer used, or load with a larger memoryBytes." },
      );
    }
    const address = range.start;
    range.start += size;
    if (range.start === range.end) this.#free.splice(index, 1);
    this.#sizes.set(address, size);
    this.#usedBytes += size;
    return address;
  }

  /** Clears and takes back a slot; returns false where no slot starts at `address`. */
  free(address: number): boolean {
    const size = this.#sizes.get(address);
    if (size === undefined) return false;
    this.#sizes.delete(address);
    this.#usedBytes -= size;
    this.#bytes.fill(0, address, address + size);
    this.#release(address, address + size);
    return true;
  }

  #release(start: number, end: number): void {
    const free = this.#free;
    let low = 0;
    let high = free.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (free[middle]!.start < start) low = middle + 1;
      else high = middle;
    }
    const before = free[low - 1];
    const after = free[low];
    const joinsBefore = before !== undefined && before.end === start;
    const joinsAfter = after !== undefined && after.start === end;
    if (joinsBefore && joinsAfter) {
      before.end = after.end;
      free.splice(low, 1);
    } else if (joinsBefore) before.end = end;
    else if (joinsAfter) after.start = start;
    else free.splice(low, 0, { start, end });
  }
}
