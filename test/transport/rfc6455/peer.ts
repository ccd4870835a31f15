/**
 * A client of bytes: its connection to the server is a pair of streams in this process, so that every chunk arrives
 * as it was written, however short. What comes back is read strictly and written down in short words.
 */
import { createServer, type Server } from "node:http";
import { Duplex } from "node:stream";
import {
  attach,
  type Clock,
  EchoHandler,
  type Logger,
  type RunningServer,
  type StreamHandler,
  silentLogger,
} from "../../../src/server.ts";
import type { ServerLimits } from "../../../src/transport/server-limits.ts";
import { clientFrame, OPCODES, StrictReader } from "./frames.ts";
import type { Route } from "./routes.ts";

const END = Buffer.from("\r\n\r\n");
/** What asks whether a connection is still there. */
const PROBE = "are you there";

/** A server that has no port: peers are handed to it. */
export class ByteServer {
  readonly #http: Server = createServer();
  readonly voice: RunningServer;

  constructor(
    options: { handler?: StreamHandler; logger?: Logger; clock?: Clock } & Partial<ServerLimits> = {},
  ) {
    this.voice = attach(this.#http, {
      handler: new EchoHandler({ maxMs: 8000 }),
      logger: silentLogger,
      maxBurstMs: 60_000,
      // on a slow machine pings would come between the answers
      heartbeatMs: 3_600_000,
      ...options,
    });
  }

  /** Takes one more connection; its bytes come from `peer`. */
  connect(peer: Wire): void {
    this.#http.emit("connection", peer);
  }

  async close(): Promise<void> {
    await this.voice.close({ drainMs: 0 });
    this.#http.closeAllConnections();
  }
}

/** The server's end of a connection. */
class Wire extends Duplex {
  isStalled = false;
  readonly onBytes: (chunk: Buffer) => void;
  readonly onEnd: () => void;

  constructor(onBytes: (chunk: Buffer) => void, onEnd: () => void) {
    super({ allowHalfOpen: false });
    this.onBytes = onBytes;
    this.onEnd = onEnd;
  }

  override _read(): void {}

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    // a client that reads nothing, and a network that is full
    if (this.isStalled) return;
    // frames of media are lent: what is kept is a copy
    this.onBytes(Buffer.from(chunk));
    done();
  }

  override _final(done: () => void): void {
    this.onEnd();
    done();
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    this.onEnd();
    done(error);
  }
}

/** One client. */
export class BytePeer {
  /** What came, in short words: `pong x`, `mark x`, `message pong`, `error ERR_X`, `close 1000`, `end`. */
  readonly transcript: string[] = [];
  /** All audio that came. */
  audio: Buffer = Buffer.alloc(0);
  closeReason = "";
  /** Whether it answers a close frame, and the end, as it should. */
  isPolite = true;
  /** Whether messages are read; where not, only closing is written down. */
  isReading = true;
  readonly #wire: Wire;
  readonly #reader = new StrictReader();
  #head: Buffer | undefined = Buffer.alloc(0);
  #isClosed = false;
  #failure: unknown;
  #wake: () => void = () => {};

  constructor(server: ByteServer) {
    this.#wire = new Wire(
      (chunk) => this.#onBytes(chunk),
      () => this.#onEnd(),
    );
    this.#wire.on("error", () => {});
    server.connect(this.#wire);
  }

  /** The request that opens a WebSocket. */
  static upgrade({ path, subprotocol }: Pick<Route, "path" | "subprotocol">): Buffer {
    const more = subprotocol === undefined ? "" : `Sec-WebSocket-Protocol: ${subprotocol}\r\n`;
    return Buffer.from(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n${more}` +
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
    );
  }

  /** Hands the server one chunk, which it gets as it is. */
  write(chunk: Uint8Array): void {
    // memory of its own: a share of Node's pool would keep what the server takes from it alive
    this.#wire.push(Buffer.from(Uint8Array.from(chunk).buffer));
  }

  /** Reads no more: from here on whatever the server writes waits in the server. */
  stall(): void {
    this.#wire.isStalled = true;
  }

  /** What waits there. */
  get unreadBytes(): number {
    return this.#wire.writableLength;
  }

  /** The client's end is closed. */
  end(): void {
    this.#wire.push(null);
  }

  /** The upgrade has been answered: from here on what is written is read within the call. */
  get isOpen(): boolean {
    return this.#head === undefined;
  }

  /** A close frame has come, or the end. */
  get isClosed(): boolean {
    return this.#isClosed || this.hasEnded;
  }

  get hasEnded(): boolean {
    return this.transcript.includes("end");
  }

  /** Resolves once `isThere`; rejects where the server has broken the protocol or the connection is over. */
  async until(isThere: () => boolean): Promise<void> {
    while (!isThere()) {
      if (this.#failure !== undefined) throw this.#failure;
      if (this.hasEnded) throw new Error(`The connection ended: ${this.transcript.join(", ")}`);
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
    if (this.#failure !== undefined) throw this.#failure;
  }

  /** Waits for the end, or where the connection lives for the answer to a ping; what came, without that answer. */
  async settled(mayLive: boolean): Promise<string[]> {
    if (mayLive) {
      this.write(clientFrame({ opcode: OPCODES.ping, payload: PROBE }));
      await this.until(() => this.transcript.includes(`pong ${PROBE}`) || this.hasEnded);
    } else await this.until(() => this.hasEnded);
    return this.transcript.filter((word) => word !== `pong ${PROBE}`);
  }

  #onBytes(chunk: Buffer): void {
    try {
      const rest = this.#head === undefined ? chunk : this.#readHead(chunk);
      for (const { opcode, payload } of this.#reader.push(rest)) this.#read(opcode, payload);
    } catch (error) {
      this.#failure ??= error;
    }
    this.#wake();
  }

  #readHead(chunk: Buffer): Buffer {
    const head = Buffer.concat([this.#head ?? Buffer.alloc(0), chunk]);
    this.#head = head;
    const at = head.indexOf(END);
    if (at < 0) return Buffer.alloc(0);
    this.#head = undefined;
    const text = head.toString("latin1", 0, at);
    if (!text.includes("s3pPLMBiTxaQ9kYGzzhZRbK+xOo=")) throw new Error(`No upgrade: ${text}`);
    return head.subarray(at + END.length);
  }

  #read(opcode: number, payload: Buffer): void {
    if (!this.isReading && opcode < OPCODES.close) return;
    switch (opcode) {
      case OPCODES.text:
        this.#readJson(String(payload));
        break;
      case OPCODES.binary:
        this.#readPacket(payload);
        break;
      case OPCODES.close:
        this.#isClosed = true;
        this.closeReason = String(payload.subarray(2));
        this.#note(payload.length === 0 ? "close" : `close ${payload.readUInt16BE(0)}`);
        this.#answer(() =>
          this.write(clientFrame({ opcode: OPCODES.close, payload: payload.subarray(0, 2) })),
        );
        break;
      default:
        this.#note(`${opcode === OPCODES.ping ? "ping" : "pong"} ${payload.toString("latin1")}`);
    }
  }

  #readPacket(payload: Buffer): void {
    const rest = payload.subarray(12);
    if (payload[1] === 1) this.audio = Buffer.concat([this.audio, rest]);
    else if (payload[1] === 2) this.#readJson(String(rest));
    else
      this.#note(
        payload[1] === 3 ? `mark ${rest}` : payload[1] === 6 ? "message pong" : `packet ${payload[1]}`,
      );
  }

  #readJson(text: string): void {
    const message = JSON.parse(text);
    if (message.event === "media") {
      this.audio = Buffer.concat([this.audio, Buffer.from(message.media.payload, "base64")]);
    } else if (message.event === "mark") this.#note(`mark ${message.mark.name}`);
    else if (message.type === "error") this.#note(`error ${message.data.code}`);
    else this.#note(`message ${message.event ?? message.type}`);
  }

  #onEnd(): void {
    if (this.hasEnded) return;
    this.#note("end");
    this.#answer(() => this.end());
  }

  /** In a turn of its own, as on any network: never while the server is still writing. */
  #answer(answer: () => void): void {
    if (this.isPolite) setImmediate(answer);
  }

  #note(word: string): void {
    this.transcript.push(word);
    this.#wake();
  }
}
