/**
 * Where WebSocket frames begin and end in what a client sends (RFC 6455, section 5.2), by their headers alone. Only to
 * tell a chunk that is one whole message from all others; what is wrong with a frame is for `ws` to say.
 */

const FIN = 0x80;
const MASK = 0x80;
const OPCODE = 0x0f;
const TEXT = 1;
const BINARY = 2;

/** One connection's bytes, from the first frame on. */
export class FrameWalk {
  /** Bytes of the frame under way that are still to come; -1 once the way is lost: no chunk is known to be whole then. */
  #left = 0;

  /** Walks over the next chunk; true where it is one text or binary message, unfragmented, from its first byte to its last. */
  isWholeMessage(chunk: Uint8Array): boolean {
    const bytes = chunk.length;
    if (this.#left === 0 && bytes >= 6) {
      const first = chunk[0]!;
      const short = chunk[1]! & 0x7f;
      // nearly always: 6 bytes of header up to 125 bytes, 8 up to 65,535
      const length = short < 126 ? 6 + short : short === 126 ? 8 + ((chunk[2]! << 8) | chunk[3]!) : 0;
      const opcode = first & OPCODE;
      const isData = (first & FIN) !== 0 && (opcode === TEXT || opcode === BINARY);
      if (isData && length === bytes && (chunk[1]! & MASK) !== 0) return true;
    }
    if (this.#left >= 0) this.#walk(chunk);
    return false;
  }

  #walk(chunk: Uint8Array): void {
    let at = this.#left;
    while (at < chunk.length) {
      const end = frameEnd(chunk, at);
      if (end < 0) {
        this.#left = -1;
        return;
      }
      at = end;
    }
    this.#left = at - chunk.length;
  }
}

/** Where the frame that begins at `at` ends; -1 where its header is not all there. */
function frameEnd(chunk: Uint8Array, at: number): number {
  if (chunk.length - at < 2) return -1;
  const short = chunk[at + 1]! & 0x7f;
  const start = at + 2 + (short === 126 ? 2 : short === 127 ? 8 : 0);
  if (start > chunk.length) return -1;
  let length = short;
  if (short >= 126) {
    length = 0;
    for (let i = at + 2; i < start; i++) length = length * 256 + chunk[i]!;
  }
  return start + ((chunk[at + 1]! & MASK) !== 0 ? 4 : 0) + length;
}
