/**
 * Where WebSocket frames begin and end in what a client sends (RFC 6455, section 5.2), by their headers alone. Only to
 * tell which part of a chunk `ws` will be done with at once; what is wrong with a frame is for `ws` to say.
 */

const FIN = 0x80;
const MASK = 0x80;
const OPCODE = 0x0f;
const TEXT = 1;
const BINARY = 2;
const MAX_HEADER_BYTES = 14;

/** One connection's bytes, from the first frame on. */
export class FrameWalk {
  /** Bytes of the frame under way that are still to come, without its header. */
  #left = 0;
  /** Whether the frame under way is a text or binary message of one frame: those are taken as soon as they are whole. */
  #isPlain = true;
  /** Of a header that came in pieces, those that have come. */
  #header: Uint8Array | undefined;
  #headerBytes = 0;

  /**
   * Walks over the next chunk.
   * @returns how many bytes from its beginning on end plain messages, and nothing else that begins in it or went on in it:
   *   all of them where a chunk is whole messages, as nearly all are, 0 where it ends none
   */
  wholeBytes(chunk: Uint8Array): number {
    const bytes = chunk.length;
    if (this.#left === 0 && this.#headerBytes === 0 && bytes >= 6) {
      const first = chunk[0]!;
      const short = chunk[1]! & 0x7f;
      // nearly always: 6 bytes of header up to 125 bytes, 8 up to 65,535
      const length = short < 126 ? 6 + short : short === 126 ? 8 + ((chunk[2]! << 8) | chunk[3]!) : 0;
      if (length === bytes && isPlain(first, chunk[1]!)) return bytes;
    }
    return this.#walk(chunk);
  }

  #walk(chunk: Uint8Array): number {
    let whole = 0;
    let isAllPlain = true;
    for (let at = 0; at < chunk.length; ) {
      if (this.#left === 0) {
        at = this.#takeHeader(chunk, at);
        if (this.#headerBytes > 0) break;
      }
      const taken = Math.min(this.#left, chunk.length - at);
      this.#left -= taken;
      at += taken;
      isAllPlain &&= this.#isPlain;
      if (this.#left === 0 && isAllPlain) whole = at;
    }
    return whole;
  }

  /** Takes a frame's header, or what there is of it; returns where it ends. */
  #takeHeader(chunk: Uint8Array, start: number): number {
    let at = start;
    let header = chunk;
    let begin = at;
    if (this.#headerBytes > 0 || chunk.length - at < MAX_HEADER_BYTES) {
      header = this.#header ??= new Uint8Array(MAX_HEADER_BYTES);
      begin = 0;
      while (at < chunk.length && !isWholeHeader(header, this.#headerBytes))
        header[this.#headerBytes++] = chunk[at++]!;
      if (!isWholeHeader(header, this.#headerBytes)) return at;
      this.#headerBytes = 0;
    } else at += headerSize(chunk[at + 1]!);
    this.#isPlain = isPlain(header[begin]!, header[begin + 1]!);
    this.#left = payloadLength(header, begin);
    return at;
  }
}

function isPlain(first: number, second: number): boolean {
  const opcode = first & OPCODE;
  return (first & FIN) !== 0 && (second & MASK) !== 0 && (opcode === TEXT || opcode === BINARY);
}

/** @param second the header's second byte */
function headerSize(second: number): number {
  const short = second & 0x7f;
  return 2 + (short === 126 ? 2 : short === 127 ? 8 : 0) + ((second & MASK) !== 0 ? 4 : 0);
}

function isWholeHeader(header: Uint8Array, bytes: number): boolean {
  return bytes >= 2 && bytes === headerSize(header[1]!);
}

function payloadLength(header: Uint8Array, begin: number): number {
  const short = header[begin + 1]! & 0x7f;
  if (short < 126) return short;
  const end = begin + (short === 126 ? 4 : 10);
  let length = 0;
  for (let i = begin + 2; i < end; i++) length = length * 256 + header[i]!;
  return length;
}
