/** The memory of a ring of samples, apart from the ring: who makes one for others to use needs no more than this. */
import { checkInteger, checkOneOf } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { SampleFormat } from "../core/types.ts";

/** What a ring is made for. */
export interface SampleRingOptions {
  /** The least number of samples it must hold; rounded up to a power of two. 1 to 2^24. */
  capacity: number;
  /** Default `"int16"`. */
  sampleFormat?: SampleFormat;
  /** True: over a SharedArrayBuffer, for two threads. Default false. */
  shared?: boolean;
}

/** The two counters, each on a cache line of its own. */
export const RING_HEADER_BYTES = 128;

/** Options with everything decided. */
export interface RingShape {
  /** Samples, a power of two. */
  readonly capacity: number;
  readonly sampleFormat: SampleFormat;
  readonly bytes: number;
}

/** @throws ConfigError `ERR_CONFIG` */
export function ringShape(options: SampleRingOptions): RingShape {
  const wanted = checkInteger("capacity", options.capacity, 1, 2 ** 24);
  const sampleFormat = checkOneOf("sampleFormat", options.sampleFormat ?? "int16", ["int16", "float32"]);
  const capacity = 2 ** Math.ceil(Math.log2(wanted));
  const bytes = RING_HEADER_BYTES + capacity * (sampleFormat === "float32" ? 4 : 2);
  return { capacity, sampleFormat, bytes };
}

/** Memory for a ring of `bytes`, empty. @throws ConfigError `ERR_CONFIG` where there is no shared memory */
export function createRingBuffer({ bytes }: RingShape, isShared: boolean): ArrayBufferLike {
  if (!isShared) return new ArrayBuffer(bytes);
  if (typeof SharedArrayBuffer === "undefined") {
    throw new ConfigError("ERR_CONFIG", "SharedArrayBuffer is not there.", {
      hint: "A page needs the headers Cross-Origin-Opener-Policy: same-origin and Cross-Origin-Embedder-Policy: require-corp.",
    });
  }
  return new SharedArrayBuffer(bytes);
}
