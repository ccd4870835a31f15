/**
 * A ring of samples between one producer and one consumer: the same class over a plain buffer inside a thread and over a
 * SharedArrayBuffer between two threads.
 *
 * Two counters that only grow (modulo 2^32), each written by one side only, on cache lines of their own. A side copies
 * first and publishes its counter last; `Atomics.store` orders the two, so the other side never sees a count before the
 * samples it stands for. Full and empty are short counts, never an error and never a wait.
 */
import { ConfigError } from "../core/errors.ts";
import type { SampleArray, SampleFormat } from "../core/types.ts";
import { createRingBuffer, RING_HEADER_BYTES, ringShape, type SampleRingOptions } from "./ring-buffer.ts";

const WRITTEN = 0;
const READ = 16;
/** What `written` takes where it cannot wait. */
const POLL_MS = 4;

/** `Atomics.waitAsync`, which the language's types for 2023 lack. */
type WaitAsync = (array: Int32Array, index: number, value: number) => { value: Promise<string> | string };

/** Single producer, single consumer. `write` belongs to one side, `read` and `skip` to the other. */
export class SampleRing<S extends SampleArray = Int16Array> {
  readonly capacity: number;
  readonly buffer: ArrayBufferLike;
  readonly sampleFormat: SampleFormat;
  readonly #counters: Int32Array;
  readonly #samples: S;
  readonly #mask: number;
  readonly #isShared: boolean;
  #seen = 0;

  /** @param existing the `buffer` of a ring that another thread made with the same options */
  constructor(options: SampleRingOptions, existing?: ArrayBufferLike) {
    const shape = ringShape(options);
    const { capacity, bytes } = shape;
    this.sampleFormat = shape.sampleFormat;
    if (existing !== undefined && existing.byteLength !== bytes) {
      throw new ConfigError(
        "ERR_CONFIG",
        `The buffer has ${existing.byteLength} bytes; these options need ${bytes}.`,
        {
          hint: "Pass the other side's buffer with the other side's options.",
        },
      );
    }
    this.buffer = existing ?? createRingBuffer(shape, options.shared === true);
    this.#isShared = !(this.buffer instanceof ArrayBuffer);
    this.capacity = capacity;
    this.#mask = capacity - 1;
    this.#counters = new Int32Array(this.buffer, 0, RING_HEADER_BYTES / 4);
    this.#samples = samplesOver<S>(this.buffer, capacity, this.sampleFormat);
  }

  /** Samples that can be read: for the consumer at least so many, for the producer at most. */
  get available(): number {
    return (Atomics.load(this.#counters, WRITTEN) - Atomics.load(this.#counters, READ)) >>> 0;
  }

  /** Samples that can be written: for the producer at least so many, for the consumer at most. */
  get space(): number {
    return this.capacity - this.available;
  }

  /** Producer: copies as many of the first `n` samples as there are and as there is room for; returns how many. */
  write(samples: S, n = samples.length): number {
    const written = Atomics.load(this.#counters, WRITTEN);
    const free = this.capacity - ((written - Atomics.load(this.#counters, READ)) >>> 0);
    const count = Math.min(n, samples.length, free);
    if (!(count > 0)) return 0;
    const at = written & this.#mask;
    const first = Math.min(count, this.capacity - at);
    this.#samples.set(first === samples.length ? samples : samples.subarray(0, first), at);
    if (first < count) this.#samples.set(samples.subarray(first, count), 0);
    Atomics.store(this.#counters, WRITTEN, (written + count) | 0);
    return count;
  }

  /** Consumer: copies up to `n` samples (never more than `out` holds) to the start of `out`; returns how many. */
  read(out: S, n = out.length): number {
    const read = Atomics.load(this.#counters, READ);
    const there = (Atomics.load(this.#counters, WRITTEN) - read) >>> 0;
    const count = Math.min(n, out.length, there);
    if (!(count > 0)) return 0;
    const at = read & this.#mask;
    const first = Math.min(count, this.capacity - at);
    out.set(this.#samples.subarray(at, at + first), 0);
    if (first < count) out.set(this.#samples.subarray(0, count - first), first);
    Atomics.store(this.#counters, READ, (read + count) | 0);
    return count;
  }

  /** Producer: wakes a consumer that waits in `written`. No allocation. */
  wake(): void {
    if (this.#isShared) Atomics.notify(this.#counters, WRITTEN);
  }

  /**
   * Consumer, of a shared ring: resolves when something has been written since it last did, at the latest with the
   * producer's next `wake`, and sometimes for nothing. Where the platform cannot wait without blocking, after `POLL_MS`.
   */
  async written(): Promise<void> {
    const { waitAsync } = Atomics as { waitAsync?: WaitAsync };
    await (waitAsync?.(this.#counters, WRITTEN, this.#seen).value ?? pause(POLL_MS));
    this.#seen = Atomics.load(this.#counters, WRITTEN);
  }

  /** Consumer: passes over up to `n` samples; returns how many. */
  skip(n: number): number {
    const read = Atomics.load(this.#counters, READ);
    const there = (Atomics.load(this.#counters, WRITTEN) - read) >>> 0;
    const count = Math.min(n, there);
    if (!(count > 0)) return 0;
    Atomics.store(this.#counters, READ, (read + count) | 0);
    return count;
  }
}

function pause(durationMs: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, durationMs));
}

function samplesOver<S extends SampleArray>(
  buffer: ArrayBufferLike,
  capacity: number,
  format: SampleFormat,
): S {
  const view =
    format === "float32"
      ? new Float32Array(buffer, RING_HEADER_BYTES, capacity)
      : new Int16Array(buffer, RING_HEADER_BYTES, capacity);
  return view as S;
}
