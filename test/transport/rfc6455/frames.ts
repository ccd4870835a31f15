/** WebSocket frames by hand (RFC 6455, section 5.2): a client's written in any way, right or wrong, a server's read strictly. */
import { isUtf8 } from "node:buffer";

export const OPCODES = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

/** One frame of a client's, and what may be wrong with it. */
export interface ClientFrame {
  opcode: number;
  payload?: string | Uint8Array;
  /** Default true. */
  fin?: boolean;
  /** The three reserved bits, 0 to 7. Default 0. */
  rsv?: number;
  /** Default: four bytes that differ. `undefined` leaves the mask out, which no client may do. */
  mask?: readonly [number, number, number, number] | undefined;
  /** What the header claims in place of the payload's length. */
  claimedBytes?: number | bigint;
  /** Bytes of the length field beside the seven bits. Default: as few as will do. */
  lengthBytes?: 0 | 2 | 8;
}

/** Writes one frame. */
export function clientFrame(frame: ClientFrame): Buffer {
  const payload = Buffer.from(frame.payload ?? "");
  const mask = "mask" in frame ? frame.mask : ([0x37, 0xfa, 0x21, 0x3d] as const);
  const claimed = BigInt(frame.claimedBytes ?? payload.length);
  const lengthBytes = frame.lengthBytes ?? (claimed < 126n ? 0 : claimed < 65536n ? 2 : 8);
  const header = Buffer.alloc(2 + lengthBytes);
  header[0] = (frame.fin === false ? 0 : 0x80) | ((frame.rsv ?? 0) << 4) | frame.opcode;
  header[1] =
    (mask === undefined ? 0 : 0x80) | (lengthBytes === 8 ? 127 : lengthBytes === 2 ? 126 : Number(claimed));
  if (lengthBytes === 2) header.writeUInt16BE(Number(claimed), 2);
  if (lengthBytes === 8) header.writeBigUInt64BE(claimed, 2);
  if (mask === undefined) return Buffer.concat([header, payload]);
  return Buffer.concat([header, Uint8Array.from(mask), payload.map((byte, i) => byte ^ mask[i % 4]!)]);
}

/** A message in `pieces` frames. */
export function fragmented(opcode: number, pieces: readonly (string | Uint8Array)[]): Buffer[] {
  return pieces.map((payload, i) =>
    clientFrame({ opcode: i === 0 ? opcode : OPCODES.continuation, payload, fin: i === pieces.length - 1 }),
  );
}

/** A close frame's payload. */
export function closePayload(code: number, reason: string | Uint8Array = ""): Buffer {
  return Buffer.concat([Buffer.from([code >> 8, code & 255]), Buffer.from(reason)]);
}

/** A whole frame of the server's; messages come in one. */
export interface ServerFrame {
  opcode: number;
  payload: Buffer;
}

/** Reads what a server sends; anything that RFC 6455 does not allow it to send is an error. */
export class StrictReader {
  #bytes: Buffer = Buffer.alloc(0);
  #isClosed = false;

  /** @throws Error with what is wrong */
  push(chunk: Uint8Array): ServerFrame[] {
    this.#bytes = Buffer.concat([this.#bytes, chunk]);
    const frames: ServerFrame[] = [];
    for (let frame = this.#next(); frame !== undefined; frame = this.#next()) frames.push(frame);
    return frames;
  }

  /** Bytes of a frame that is not whole. */
  get rest(): number {
    return this.#bytes.length;
  }

  #next(): ServerFrame | undefined {
    const bytes = this.#bytes;
    if (bytes.length < 2) return undefined;
    const [first, second] = [bytes[0]!, bytes[1]!];
    const opcode = first & 15;
    const isControl = opcode >= 8;
    this.#demand(!this.#isClosed, "nothing comes after a close frame");
    this.#demand((first & 0x70) === 0, "reserved bits are 0");
    this.#demand([1, 2, 8, 9, 10].includes(opcode), `opcode ${opcode} is a message's or a control frame's`);
    this.#demand((first & 0x80) !== 0, "this server never sends fragments");
    this.#demand((second & 0x80) === 0, "a server does not mask");
    const short = second & 127;
    this.#demand(!isControl || short <= 125, "a control frame has 125 bytes at most");
    const headerBytes = short < 126 ? 2 : short === 126 ? 4 : 10;
    if (bytes.length < headerBytes) return undefined;
    const length =
      short < 126
        ? short
        : short === 126
          ? bytes.readUInt16BE(2)
          : bytes.readUInt32BE(2) * 2 ** 32 + bytes.readUInt32BE(6);
    const least = short < 126 ? 0 : short === 126 ? 126 : 65536;
    this.#demand(
      length >= least && length < 2 ** 24,
      `a length of ${length} is written in as few bytes as will do`,
    );
    if (bytes.length < headerBytes + length) return undefined;
    const payload = bytes.subarray(headerBytes, headerBytes + length);
    this.#bytes = bytes.subarray(headerBytes + length);
    if (opcode === OPCODES.text) this.#demand(isUtf8(payload), "text is UTF-8");
    if (opcode === OPCODES.close) this.#checkClose(payload);
    return { opcode, payload };
  }

  #checkClose(payload: Buffer): void {
    this.#isClosed = true;
    if (payload.length === 0) return;
    this.#demand(payload.length >= 2, "a close frame has a whole code or none");
    const code = payload.readUInt16BE(0);
    const isSendable = (code >= 1000 && code <= 1014 && ![1004, 1005, 1006].includes(code)) || code >= 3000;
    this.#demand(isSendable && code < 5000, `close code ${code} may be sent`);
    this.#demand(isUtf8(payload.subarray(2)), "a close reason is UTF-8");
  }

  #demand(condition: boolean, rule: string): void {
    if (!condition) throw new Error(`The server broke RFC 6455: ${rule}.`);
  }
}
