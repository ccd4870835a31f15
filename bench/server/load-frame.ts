/**
 * The frames of one stream of the load: a finished, masked WebSocket message whose audio names the stream and the frame,
 * so that foreign or spoilt audio shows. Numbers are written in nibbles of 0 to 15, of which neither Base64 nor packets
 * make the one byte (0x7F, negative zero) that mu-law does not give back as it was.
 */
import { FRAME_BYTES, type LoadProtocol } from "./load-plan.ts";

/** Four nibbles of the stream, eight of the frame. */
const STREAM_NIBBLES = 4;
const NIBBLES = 12;
const PREFIX = '{"event":"media","media":{"payload":"';
const PACKET_HEADER_BYTES = 12;
/** In Base64 the letters A to P stand for 0 to 15. */
const LETTER_A = 0x41;
const MASK = [0x5a, 0xc3, 0x17, 0x9e] as const;

export class LoadFrame {
  readonly #isBinary: boolean;
  readonly #stream: number;
  readonly #numberAt: number;
  #bytes: Buffer;

  constructor(protocol: LoadProtocol, stream: number) {
    this.#isBinary = protocol === "binary";
    this.#stream = stream;
    const payload = this.#isBinary ? packet(stream) : Buffer.from(mediaText(stream));
    this.#bytes = maskedMessage(this.#isBinary ? 2 : 1, payload);
    this.#numberAt = this.#isBinary ? PACKET_HEADER_BYTES : PREFIX.length;
  }

  /** The message with this number, the same buffer each time. */
  numbered(frame: number): Buffer {
    const at = headerBytes(this.#bytes) + this.#numberAt + STREAM_NIBBLES;
    for (let i = 0; i < NIBBLES - STREAM_NIBBLES; i++) {
      const nibble = (frame / 16 ** i) & 15;
      const place = at + i;
      const byte = this.#isBinary ? nibble : LETTER_A + nibble;
      this.#bytes[place] = byte ^ MASK[(this.#numberAt + STREAM_NIBBLES + i) & 3]!;
    }
    return this.#bytes;
  }

  /** The socket reads on from the buffer later: the next message needs one of its own. */
  leave(): void {
    this.#bytes = Buffer.from(this.#bytes);
  }

  /**
   * The number of the frame in a message from the server; -1 where its audio is not this stream's, -2 where the message
   * is no media.
   */
  read(message: Buffer): number {
    const start = this.#payloadStart(message);
    if (start < 0) return -2;
    const base = this.#isBinary ? 0 : LETTER_A;
    let stream = 0;
    for (let i = STREAM_NIBBLES - 1; i >= 0; i--) stream = stream * 16 + (message[start + i]! - base);
    let frame = 0;
    for (let i = NIBBLES - 1; i >= STREAM_NIBBLES; i--) frame = frame * 16 + (message[start + i]! - base);
    return stream === this.#stream ? frame : -1;
  }

  #payloadStart(message: Buffer): number {
    if (this.#isBinary) return message[1] === 1 ? PACKET_HEADER_BYTES : -1;
    // compact, or with spaces as Python writes it
    if (message.length < FRAME_BYTES || message[2] !== 0x65) return -1;
    const colon = message.indexOf('"payload":');
    if (colon < 0) return -1;
    return message.indexOf(0x22, colon + 10) + 1;
  }
}

function mediaText(stream: number): string {
  const letters = Array.from({ length: Math.ceil(FRAME_BYTES / 3) * 4 }, (_, i) =>
    String.fromCharCode(LETTER_A + (i < STREAM_NIBBLES ? (stream >> (4 * i)) & 15 : (i * 7) & 15)),
  ).join("");
  // 160 bytes leave one over: two characters and two of padding; the second holds its upper bits alone
  return `${PREFIX}${letters.slice(0, -3)}A==${'"}}'}`;
}

function packet(stream: number): Buffer {
  const bytes = Buffer.alloc(PACKET_HEADER_BYTES + FRAME_BYTES);
  bytes.set([1, 1, 1, 0]);
  for (let i = 0; i < FRAME_BYTES; i++)
    bytes[PACKET_HEADER_BYTES + i] = i < STREAM_NIBBLES ? (stream >> (4 * i)) & 15 : (i * 7) & 15;
  return bytes;
}

/** A client's WebSocket message in one frame. */
export function maskedMessage(opcode: number, payload: Uint8Array): Buffer {
  const n = payload.length;
  const head = n < 126 ? [0x80 | n] : [0x80 | 126, n >>> 8, n & 255];
  const bytes = Buffer.from([0x80 | opcode, ...head, ...MASK, ...payload]);
  const at = bytes.length - n;
  for (let i = 0; i < n; i++) bytes[at + i] = bytes[at + i]! ^ MASK[i & 3]!;
  return bytes;
}

function headerBytes(message: Buffer): number {
  return ((message[1]! & 127) < 126 ? 2 : 4) + MASK.length;
}
