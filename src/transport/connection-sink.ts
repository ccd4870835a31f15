/** The session's view of its connection, in the words of the connection's protocol. */
import type { SessionSink } from "../stream/session-sink.ts";
import type { ServerDialect, ServerReply } from "./protocol/server-dialect.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Marks that may be on their way; beyond it a mark is refused, in words. */
const MAX_MARKS = 1000;
/** Messages beside audio that wait for a client whose connection is lost; beyond it the oldest is dropped. */
const MAX_HELD = 64;

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
  #writer: SocketWriter;
  #dialect: ServerDialect;
  readonly #onClose: (closeCode: number, reason: string) => void;
  readonly #onUnsentMark: (name: string) => void;
  readonly #onUnansweredClear: () => void;
  readonly #onOutput: (json: string) => void;
  #marks: string[] = [];
  /** While the client is away: what it is to be told when it is back. */
  #held: ServerReply[] | undefined;

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

  /** The connection is lost: audio comes to nothing, other messages wait. */
  hold(): void {
    this.#held ??= [];
  }

  /**
   * The client is back on another connection, and has been told so.
   * @param heldMarks the marks that it has not played yet; all others will not come back
   * @returns the others
   */
  moveTo(writer: SocketWriter, dialect: ServerDialect, heldMarks: readonly string[]): readonly string[] {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#writer = writer;
    this.#dialect = dialect;
    const isHeld = new Set(heldMarks);
    const gone = this.#marks.filter((name) => !isHeld.has(name));
    this.#marks = this.#marks.filter((name) => isHeld.has(name));
    for (const reply of held) {
      if (reply.kind === "mark") this.sendMark(reply.name);
      else this.#say(reply);
    }
    return gone;
  }

  sendClear(): void {
    // a client that is away is told when it is back, by the session
    if (this.#held !== undefined && this.#dialect.clearing === "answered") return;
    this.#writer.send(this.#dialect.write({ kind: "clear" }));
    if (this.#dialect.clearing !== "answered") this.#onUnansweredClear();
  }

  sendMark(name: string): void {
    if (this.#held !== undefined) {
      this.#say({ kind: "mark", name });
      return;
    }
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
    this.#say({ kind: "log", message });
  }

  sendWarning(message: string): void {
    this.#say({ kind: "warning", message });
  }

  sendInputRequest(): void {
    this.#say({ kind: "send-input" });
  }

  sendOutput(json: string): void {
    this.#say({ kind: "output", json });
    this.#onOutput(json);
  }

  sendError(code: string, message: string, hint: string): void {
    this.#say({ kind: "error", code, message, hint });
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

  #say(reply: ServerReply): void {
    if (this.#held === undefined) this.#writer.send(this.#dialect.write(reply));
    else if (this.#held.push(reply) > MAX_HELD) this.#held.shift();
  }
}
