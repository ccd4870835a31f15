/** The session's view of its connection, in FastRTC's words. */
import type { SessionSink } from "../stream/session-sink.ts";
import type { MediaEncoder } from "./protocol/fastrtc-media.ts";
import { CLEAR, errorText, logText, markText } from "./protocol/fastrtc-replies.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Marks that may be on their way; beyond it the oldest is forgotten. */
const MAX_MARKS = 1000;

/** What a sink needs. */
export interface ConnectionSinkOptions {
  writer: SocketWriter;
  encoder: MediaEncoder;
  /** False: a plain FastRTC client, which gets nothing that FastRTC does not send: no `clear`, no marks. */
  isExtended: boolean;
  onClose: (closeCode: number, reason: string) => void;
  /** A mark has come up for a client that knows no marks: the audio before it has been sent, more cannot be known. */
  onUnsentMark: (name: string) => void;
}

/** One per session. */
export class ConnectionSink implements SessionSink {
  readonly #writer: SocketWriter;
  readonly #encoder: MediaEncoder;
  readonly #isExtended: boolean;
  readonly #onClose: (closeCode: number, reason: string) => void;
  readonly #onUnsentMark: (name: string) => void;
  readonly #marks: string[] = [];

  constructor(options: ConnectionSinkOptions) {
    this.#writer = options.writer;
    this.#encoder = options.encoder;
    this.#isExtended = options.isExtended;
    this.#onClose = options.onClose;
    this.#onUnsentMark = options.onUnsentMark;
  }

  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#writer.sendMedia(this.#encoder, samples, sequence, timestamp);
  }

  sendClear(): void {
    if (this.#isExtended) this.#writer.sendText(CLEAR);
  }

  sendMark(name: string): void {
    if (!this.#isExtended) {
      this.#onUnsentMark(name);
      return;
    }
    this.#marks.push(name);
    if (this.#marks.length > MAX_MARKS) this.#marks.shift();
    this.#writer.sendText(markText(name));
  }

  sendLog(message: string): void {
    this.#writer.sendText(logText(message));
  }

  sendError(code: string, message: string, hint: string): void {
    this.#writer.sendText(errorText(code, message, hint));
  }

  close(closeCode: number, reason: string): void {
    this.#onClose(closeCode, reason);
  }

  /** Sends a mark of the client's back. */
  returnMark(name: string): void {
    if (this.#isExtended) this.#writer.sendText(markText(name));
  }

  /** True where this mark was sent and had not come back. */
  takeMark(name: string): boolean {
    const index = this.#marks.indexOf(name);
    if (index < 0) return false;
    this.#marks.splice(index, 1);
    return true;
  }
}
