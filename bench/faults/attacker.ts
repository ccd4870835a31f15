/** A hostile client on a bare socket: it says what it likes, reads as little as it likes, and sees how it is got rid of. */
import { connect, type Socket } from "node:net";
import { maskedMessage } from "../server/load-frame.ts";

/** The server under attack. */
export interface Target {
  readonly host: string;
  readonly port: number;
}

/** How a connection ended: the close code, an HTTP status, or 0 where the socket was cut without a word. */
export type Ending = number;

const TEXT = 1;
const CLOSE = 8;

/** One connection. */
export class Attacker {
  readonly socket: Socket;
  /** Resolves when the socket has closed. */
  readonly ended: Promise<Ending>;
  #bytes: Buffer = Buffer.alloc(0);
  #isUpgraded = false;
  #ending: Ending = 0;
  #onUpgrade: () => void = () => {};
  #onFrame: (opcode: number, payload: Buffer) => void = () => {};

  constructor({ host, port }: Target) {
    this.socket = connect({ host, port, noDelay: true });
    this.socket.on("error", () => {});
    this.socket.on("data", (chunk: Buffer) => this.#onData(chunk));
    this.ended = new Promise((resolve) => {
      this.socket.once("close", () => {
        this.#onUpgrade();
        resolve(this.#ending);
      });
    });
  }

  /** Opens a WebSocket; resolves with false where it did not come to that. */
  static async open(target: Target, path = "/websocket/offer"): Promise<Attacker> {
    const attacker = new Attacker(target);
    attacker.write(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n` +
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
    await new Promise<void>((resolve) => {
      attacker.#onUpgrade = resolve;
    });
    return attacker;
  }

  /** Opens a WebSocket and a session. */
  static async start(target: Target, id: string, more: object = {}): Promise<Attacker> {
    const attacker = await Attacker.open(target);
    attacker.say({ event: "start", websocket_id: id, ...more });
    return attacker;
  }

  /** Writes bytes as they are. */
  write(bytes: string | Uint8Array): void {
    if (!this.socket.destroyed) this.socket.write(bytes);
  }

  /** Sends a text message in one frame. */
  say(message: object | string): void {
    this.write(textFrame(message));
  }

  /** Resolves with the next frame that `isWanted`, or with undefined at the end of the connection. */
  next(isWanted: (opcode: number, payload: Buffer) => boolean): Promise<Buffer | undefined> {
    return new Promise((resolve) => {
      this.#onFrame = (opcode, payload) => {
        if (isWanted(opcode, payload)) resolve(payload);
      };
      void this.ended.then(() => resolve(undefined));
    });
  }

  /** Gone without a goodbye. */
  vanish(): void {
    this.socket.destroy();
  }

  #onData(chunk: Buffer): void {
    this.#bytes = this.#bytes.length === 0 ? chunk : Buffer.concat([this.#bytes, chunk]);
    if (!this.#isUpgraded && !this.#readHead()) return;
    while (this.#readFrame());
  }

  #readHead(): boolean {
    const end = this.#bytes.indexOf("\r\n\r\n");
    if (end < 0) return false;
    this.#ending = Number(this.#bytes.toString("latin1", 9, 12));
    this.#isUpgraded = this.#ending === 101;
    if (!this.#isUpgraded) return false;
    this.#ending = 0;
    this.#bytes = this.#bytes.subarray(end + 4);
    this.#onUpgrade();
    return true;
  }

  #readFrame(): boolean {
    const bytes = this.#bytes;
    if (bytes.length < 4 && !(bytes.length >= 2 && bytes[1]! <= bytes.length - 2)) return false;
    const short = bytes[1]! & 127;
    const start = short < 126 ? 2 : short === 126 ? 4 : 10;
    const length = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : bytes.readUInt32BE(6);
    if (bytes.length < start + length) return false;
    const payload = bytes.subarray(start, start + length);
    this.#bytes = bytes.subarray(start + length);
    const opcode = bytes[0]! & 15;
    if (opcode === CLOSE) {
      this.#ending = payload.length < 2 ? 1005 : payload.readUInt16BE(0);
      this.socket.end();
    }
    this.#onFrame(opcode, payload);
    return true;
  }
}

/** A masked text frame. */
export function textFrame(message: object | string): Buffer {
  const payload = Buffer.from(typeof message === "string" ? message : JSON.stringify(message));
  if (payload.length < 65_536) return maskedMessage(TEXT, payload);
  // with a mask of zeros, which leaves the payload as it is
  const head = Buffer.alloc(14);
  head.set([0x80 | TEXT, 0xff]);
  head.writeUInt32BE(payload.length, 6);
  return Buffer.concat([head, payload]);
}

/** Endings and how often each came. */
export type Endings = Record<Ending, number>;

/** Counts an ending. */
export function count(endings: Endings, ending: Ending): void {
  endings[ending] = (endings[ending] ?? 0) + 1;
}
