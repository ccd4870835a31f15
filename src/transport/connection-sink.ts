/** The session's view of its connection, in the words of the connection's protocol. */
import type { SessionSink } from "../stream/session-sink.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Marks that may be on their way; beyond it a mark is refused, in words. */
const MAX_MARKS = 1000;

/** What a sink needs. */
export interface ConnectionSinkOptions {
  writer: SocketWriter;
  dialect: ServerDialect;
  onClose: (closeCode: number, reason: string) => void;
  /** A mark has come up for a client that knows no marks: the audio before it has been sent, more cannot be known. */
  onUnsentMark: (name: string) => void;
  /** A clear that the client will not answer has been sent. */
  onUnansweredClear: () => void;
  /** A value has been sent: it goes to those who read outputs over HTTP, too. */
  onOutput: (json: string) => void;
}

/** One per session. */
export class ConnectionSink implements SessionSink {
  readonly #writer: SocketWriter;
  readonly #dialect: ServerDialect;
  readonly #onClose: (closeCode: number, reason: string) => void;
  readonly #onUnsentMark: (name: string) => void;
  readonly #onUnansweredClear: () => void;
  readonly #onOutput: (json: string) => void;
  readonly #marks: string[] = [];

  constructor(options: ConnectionSinkOptions) {
    this.#writer = options.writer;
    this.#dialect = options.dialect;
    this.#onClose = options.onClose;
    this.#onUnsentMark = options.onUnsentMark;
    this.#onUnansweredClear = options.onUnansweredClear;
    this.#onOutput = options.onOutput;
  }

  get canClear(): boolean {
    return this.#dialect.clearing !== "none";
  }

  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#writer.sendMedia(this.#dialect, samples, sequence, timestamp);
  }

  sendClear(): void {
    this.#writer.send(this.#dialect.write({ kind: "clear" }));
    if (this.#dialect.clearing !== "answered") this.#onUnansweredClear();
  }

  sendMark(name: string): void {
    const message = this.#dialect.write({ kind: "mark", name });
    if (message === undefined) {
      this.#onUnsentMark(name);
    } else if (this.#marks.length < MAX_MARKS) {
      this.#marks.push(name);
      this.#writer.send(message);
    } else {
      // not the oldest instead: when that came back it would be taken for one of the client's own
      this.sendLog(`Mark dropped: ${MAX_MARKS} have not come back.`);
    }
  }

  sendLog(message: string): void {
    this.#writer.send(this.#dialect.write({ kind: "log", message }));
  }

  sendWarning(message: string): void {
    this.#writer.send(this.#dialect.write({ kind: "warning", message }));
  }

  sendInputRequest(): void {
    this.#writer.send(this.#dialect.write({ kind: "send-input" }));
  }

  sendOutput(json: string): void {
    this.#writer.send(this.#dialect.write({ kind: "output", json }));
    this.#onOutput(json);
  }

  sendError(code: string, message: string, hint: string): void {
    this.#writer.send(this.#dialect.write({ kind: "error", code, message, hint }));
  }

  close(closeCode: number, reason: string): void {
    this.#onClose(closeCode, reason);
  }

  /** Sends a mark of the client's back. */
  returnMark(name: string): void {
    this.#writer.send(this.#dialect.write({ kind: "mark-back", name }));
  }

  /** True where this mark was sent and had not come back. */
  takeMark(name: string): boolean {
    const index = this.#marks.indexOf(name);
    if (index < 0) return false;
    this.#marks.splice(index, 1);
    return true;
  }
}
