/** Base64 (RFC 4648, section 4) over the kernels: padded, standard alphabet, decoded strictly. */
import { CodecError } from "../core/errors.ts";
import { expectBytes, expectRoom } from "./arguments.ts";
import { CopyOut, SCRATCH_SAMPLES, type WireEngine } from "./engine.ts";

/** Bytes a piece: a multiple of 3 whose text, 4/3 as long, fills the other scratch area. */
const PIECE_BYTES = SCRATCH_SAMPLES * 3;
const PIECE_CHARACTERS = (PIECE_BYTES / 3) * 4;
const PAD = 0x3d;

/** Base64 of bytes to ASCII bytes and back. Stateless. Input in engine memory is not copied, nor is encoder output. */
export class Base64 {
  readonly #engine: WireEngine;
  readonly #out: CopyOut<Uint8Array>;

  constructor(engine: WireEngine) {
    this.#engine = engine;
    this.#out = new CopyOut(engine.u8, engine.scratchOut);
  }

  /** Characters that `bytes` bytes become. */
  encodedLength(bytes: number): number {
    return Math.ceil(bytes / 3) * 4;
  }

  /** Writes `bytes` as ASCII characters into `out`; returns how many. */
  encodeInto(bytes: Uint8Array, out: Uint8Array): number {
    expectBytes(bytes, "bytes");
    expectBytes(out, "out");
    expectRoom(out.length, this.encodedLength(bytes.length), "bytes");
    const { buffer, formats, u8, scratchIn, scratchOut } = this.#engine;
    const isIn = bytes.buffer === buffer;
    const isOut = out.buffer === buffer;
    let written = 0;
    for (let at = 0; at < bytes.length; ) {
      const n = isIn && isOut ? bytes.length : Math.min(PIECE_BYTES, bytes.length - at);
      if (!isIn) u8.set(n === bytes.length ? bytes : bytes.subarray(at, at + n), scratchIn);
      const src = isIn ? bytes.byteOffset + at : scratchIn;
      const characters = formats.base64Encode(src, isOut ? out.byteOffset + written : scratchOut, n);
      if (!isOut) this.#out.copy(out, written, characters);
      written += characters;
      at += n;
    }
    return written;
  }

  /**
   * Reads ASCII characters into `out` (at least 3/4 as long); returns the number of bytes, or -1 where the text is not
   * strict Base64: other characters, white space, missing padding, unused bits set. Never throws for bad text;
   * of text longer than 64 KiB, what comes before the fault may then stand in `out`.
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL`
   */
  decodeInto(characters: Uint8Array, out: Uint8Array): number {
    expectBytes(characters, "characters");
    expectBytes(out, "out");
    if ((characters.length & 3) !== 0) return -1;
    const { buffer, formats, u8, scratchIn, scratchOut } = this.#engine;
    const isIn = characters.buffer === buffer;
    let written = 0;
    for (let at = 0; at < characters.length; at += PIECE_CHARACTERS) {
      const n = Math.min(PIECE_CHARACTERS, characters.length - at);
      if (at + n < characters.length && characters[at + n - 1] === PAD) return -1;
      if (!isIn) u8.set(n === characters.length ? characters : characters.subarray(at, at + n), scratchIn);
      // always by way of scratch: the kernel writes whole vectors, past the end of what it returns
      const bytes = formats.base64Decode(isIn ? characters.byteOffset + at : scratchIn, scratchOut, n);
      if (bytes < 0) return -1;
      expectRoom(out.length, written + bytes, "bytes");
      this.#out.copy(out, written, bytes);
      written += bytes;
    }
    return written;
  }

  /** Text -> bytes, the caller's own; throws `CodecError` `ERR_BASE64` where the text is not strict Base64. */
  decode(text: string): Uint8Array {
    const characters = new TextEncoder().encode(text);
    const out = new Uint8Array((characters.length >> 2) * 3);
    const bytes = this.decodeInto(characters, out);
    if (bytes < 0) {
      throw new CodecError("ERR_BASE64", "The text is not padded standard Base64.", {
        hint: "Use the alphabet A-Z a-z 0-9 + /, padded with = to a multiple of four, without white space.",
      });
    }
    return out.subarray(0, bytes);
  }

  /** Bytes -> text. */
  encode(bytes: Uint8Array): string {
    const out = new Uint8Array(this.encodedLength(bytes.length));
    this.encodeInto(bytes, out);
    return new TextDecoder().decode(out);
  }
}
