/**
 * Writing to one socket, bounded. What is in a socket's buffer cannot be taken back, so beyond the bound new messages
 * are dropped and counted; a reader that stays beyond it for `slowReaderMs` is given up.
 */
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import { closeReason } from "./close-reason.ts";
import type { Counters } from "./counters.ts";
import { type FrameSlots, takesViews } from "./frame-slots.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";

const TEXT = Object.freeze({ binary: false, compress: false });
const BINARY = Object.freeze({ binary: true, compress: false });
/** Before a session there is no audio: only answers to single messages. */
const MAX_BYTES_BEFORE_START = 32_768;
const OPEN = 1;

/** What is used of `ws`'s socket: those who use this package do not have that one's types. */
export interface OutgoingSocket {
  readonly readyState: number;
  readonly bufferedAmount: number;
  send(message: Uint8Array, options: { readonly binary: boolean; readonly compress: boolean }): void;
  pong(data: Buffer): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** What a writer needs. */
export interface SocketWriterOptions {
  socket: OutgoingSocket;
  /** The upgraded socket below it. */
  stream: Duplex;
  clock: Clock;
  counters: Counters;
  slots: FrameSlots;
  /** How long a client may stay beyond the bound. */
  slowReaderMs: number;
  /** How long the goodbye may take before the socket is cut. */
  closeGraceMs: number;
  /** Called once the client has read too slowly for too long. */
  onSlowReader: () => void;
}

/** The outgoing side of one connection. */
export class SocketWriter {
  readonly #socket: OutgoingSocket;
  readonly #stream: Duplex;
  readonly #takesViews: boolean;
  readonly #counters: Counters;
  readonly #slots: FrameSlots;
  #slowTimer: unknown;
  #maxBytes = MAX_BYTES_BEFORE_START;
  readonly #options: SocketWriterOptions;
  #closeTimer: unknown;

  constructor(options: SocketWriterOptions) {
    this.#options = options;
    this.#socket = options.socket;
    this.#stream = options.stream;
    this.#takesViews = takesViews(options.stream);
    this.#counters = options.counters;
    this.#slots = options.slots;
  }

  /** Sets how many bytes may wait in the socket. */
  set maxBufferedBytes(bytes: number) {
    this.#maxBytes = Math.max(MAX_BYTES_BEFORE_START, bytes);
  }

  /** Sends one frame, or drops it and counts. */
  sendMedia(dialect: ServerDialect, samples: Int16Array, sequence: number, timestamp: number): void {
    if (this.#socket.readyState !== OPEN) return;
    const counters = this.#counters;
    // nearly always nothing waits and nothing did
    if ((this.#stream.writableLength > 0 || this.#slowTimer !== undefined) && !this.#hasRoom()) {
      counters.slowReader++;
      return;
    }
    const bytes = this.#slots.write(this.#stream, this.#takesViews, dialect, samples, sequence, timestamp);
    if (bytes === 0) return;
    counters.framesOut++;
    counters.bytesOut += bytes;
  }

  /** Sends a message, text or binary; dropped beyond the bound, so that answers cannot pile up either. */
  send(message: string | Uint8Array | undefined): void {
    if (message !== undefined && this.#socket.readyState === OPEN && this.#hasRoom()) this.#send(message);
  }

  /** Sends a message before `close`, whatever waits. Once per connection. */
  sendLast(message: string | Uint8Array | undefined): void {
    if (message !== undefined && this.#socket.readyState === OPEN) this.#send(message);
  }

  /** Answers a WebSocket ping. */
  pong(data: Buffer): void {
    if (this.#socket.readyState === OPEN && this.#hasRoom()) this.#socket.pong(data);
  }

  /** Says goodbye; cuts the socket where the client does not answer in time. */
  close(code: number, reason: string): void {
    const { clock, closeGraceMs } = this.#options;
    if (this.#closeTimer !== undefined) return;
    this.#socket.close(code, closeReason(reason));
    this.#closeTimer = clock.setTimer(() => this.#socket.terminate(), closeGraceMs);
  }

  /** The socket has closed: forgets the timers. */
  dispose(): void {
    const { clock } = this.#options;
    if (this.#slowTimer !== undefined) clock.clearTimer(this.#slowTimer);
    if (this.#closeTimer !== undefined) clock.clearTimer(this.#closeTimer);
    this.#slowTimer = undefined;
  }

  #send(message: string | Uint8Array): void {
    const isText = typeof message === "string";
    const bytes = isText ? Buffer.from(message) : message;
    this.#counters.bytesOut += bytes.length;
    this.#socket.send(bytes, isText ? TEXT : BINARY);
  }

  #hasRoom(): boolean {
    const isWithin = this.#socket.bufferedAmount <= this.#maxBytes;
    if (isWithin) {
      if (this.#slowTimer !== undefined) {
        this.#options.clock.clearTimer(this.#slowTimer);
        this.#slowTimer = undefined;
      }
    } else if (this.#slowTimer === undefined) {
      this.#slowTimer = this.#options.clock.setTimer(() => this.#onSlow(), this.#options.slowReaderMs);
    }
    return isWithin;
  }

  #onSlow(): void {
    this.#slowTimer = undefined;
    if (this.#socket.bufferedAmount > this.#maxBytes) this.#options.onSlowReader();
  }
}
