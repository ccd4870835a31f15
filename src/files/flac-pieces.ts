/**
 * Cuts a FLAC file where its decoder can bear it: `@audio/decode-flac` 1.3 misses a frame whose header is cut in two by
 * the end of a piece, lags one frame behind from there on, and loses that frame at the end of the file.
 */

import { join } from "./file-bytes.ts";

/** The longest frame header (RFC 9639, 9.1), and the byte after it. */
const HEADER_BYTES = 17;

/** Holds back the end of each piece from where a frame header may begin in it. */
export class FlacPieces {
  #held = new Uint8Array(0);

  /** The bytes that may go to the decoder; possibly none. A view on `bytes`, or the caller's own. */
  push(bytes: Uint8Array): Uint8Array {
    const all = this.#held.length === 0 ? bytes : join([this.#held, bytes], this.#held.length + bytes.length);
    let end = all.length;
    // each byte of a header's first two may be the last of the piece, so 0xFF alone is reason enough
    for (let at = end - 1; at >= 0 && at >= end - HEADER_BYTES; at--) if (all[at] === 0xff) end = at;
    this.#held = all.slice(end);
    return all.subarray(0, end);
  }

  /** What was held back last. */
  flush(): Uint8Array {
    const rest = this.#held;
    this.#held = new Uint8Array(0);
    return rest;
  }
}

/**
 * Sets right the scale of decoded FLAC: the decoder divides by 2^(bits-1) - 1, so that no integer comes out as it went
 * in. Works in place, exactly for up to 24 bits; leaves alone what is on the right scale already.
 */
export class FlacScale {
  readonly #fullScale: number;
  #isWrong = false;

  /** @param bits of each sample in the file, 4 to 24 */
  constructor(bits: number) {
    this.#fullScale = 2 ** (bits - 1);
  }

  apply(samples: Float32Array): void {
    const fullScale = this.#fullScale;
    this.#isWrong ||= samples.some((x) => !Number.isInteger(x * fullScale));
    if (!this.#isWrong) return;
    for (let i = 0; i < samples.length; i++) {
      samples[i] = Math.round(samples[i]! * (fullScale - 1)) / fullScale;
    }
  }
}
