/** The session's view of its connection, in the words of the connection's protocol. */
import type { SessionSink } from "../stream/session-sink.ts";
import type { ResumeRequest } from "./protocol/client-message.ts";
import type { ServerDialect, ServerReply } from "./protocol/server-dialect.ts";
import type { ReplayRing } from "./replay-ring.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Marks that may be on their way; beyond it a mark is refused, in words. */
const MAX_MARKS = 1000;
/** Messages beside audio and marks that wait for a client whose connection is lost; beyond it the oldest is dropped. */
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
  /** Keeps what a client that may come back was sent last. */
  replay?: ReplayRing | undefined;
}

/** A mark that has not come back. */
interface SentMark {
  readonly name: string;
  /** How many marks went before it. */
  readonly ordinal: number;
  /** The frame that comes after it. */
  readonly sequence: number;
  /** Made while the client was away. */
  readonly isUnsent: boolean;
}

/** What has become clear about the connection that was lost. */
export interface Returned {
  /** Marks that will not come back, since the client has had them and does not hold them. */
  readonly marks: readonly string[];
  /** The client has carried out all clears, and its answer was lost. */
  readonly isCleared: boolean;
}

/** One per session. */
export class ConnectionSink implements SessionSink {
  #writer: SocketWriter;
  #dialect: ServerDialect;
  readonly #onClose: (closeCode: number, reason: string) => void;
  readonly #onUnsentMark: (name: string) => void;
  readonly #onUnansweredClear: () => void;
  readonly #onOutput: (json: string) => void;
  readonly #replay: ReplayRing | undefined;
  #marks: SentMark[] = [];
  #markCount = 0;
  /** Clears that the client has not answered (below 0: has answered before they came), and the frame after the last. */
  #clears = 0;
  #clearedBefore = 0;
  /** While the client is away: what it is to be told when it is back. */
  #held: ServerReply[] | undefined;

  constructor(options: ConnectionSinkOptions) {
    this.#writer = options.writer;
    this.#dialect = options.dialect;
    this.#onClose = options.onClose;
    this.#onUnsentMark = options.onUnsentMark;
    this.#onUnansweredClear = options.onUnansweredClear;
    this.#onOutput = options.onOutput;
    this.#replay = options.replay;
  }

  get canClear(): boolean {
    return this.#dialect.clearing !== "none";
  }

  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#replay?.push(samples, sequence, timestamp);
    this.#writer.sendMedia(this.#dialect, samples, sequence, timestamp);
  }

  /** The connection is lost: audio is kept as far as it can be replayed, other messages wait. */
  hold(): void {
    this.#held ??= [];
  }

  /** How much of what this client has not had `moveTo` will send it. */
  replayMs({ nextSequence }: ResumeRequest): number {
    return nextSequence === undefined ? 0 : (this.#replay?.msFrom(nextSequence) ?? 0);
  }

  /**
   * The client is back on another connection, and has been told so: what it has not had is sent, as far as it is there,
   * each frame and mark in its place.
   */
  moveTo(writer: SocketWriter, dialect: ServerDialect, request: ResumeRequest): Returned {
    const held = this.#held ?? [];
    this.#held = undefined;
    this.#writer = writer;
    this.#dialect = dialect;
    const isCleared = this.#clears > 0 && isPast(request, this.#clearedBefore);
    this.#clears = this.#clears <= 0 || isCleared ? 0 : 1;
    if (this.#clears > 0) writer.send(dialect.write({ kind: "clear" }));
    const missing = this.#marks.filter((mark) => isMissing(mark, request));
    const heldNames = new Set(request.marks);
    const isGone = (mark: SentMark) => !heldNames.has(mark.name) && !isMissing(mark, request);
    const gone = this.#marks.filter(isGone);
    this.#marks = this.#marks.filter((mark) => !isGone(mark)).map((mark) => ({ ...mark, isUnsent: false }));
    const sendMarksBefore = (sequence: number): void => {
      while (missing.length > 0 && ((missing[0]!.sequence - sequence) | 0) <= 0)
        writer.send(dialect.write({ kind: "mark", name: missing.shift()!.name }));
    };
    if (this.#replay !== undefined && request.nextSequence !== undefined) {
      this.#replay.replay(request.nextSequence, (samples, sequence, timestamp) => {
        sendMarksBefore(sequence);
        writer.sendMedia(dialect, samples, sequence, timestamp);
      });
    }
    for (const { name } of missing) writer.send(dialect.write({ kind: "mark", name }));
    for (const reply of held) this.#say(reply);
    return { marks: gone.map(({ name }) => name), isCleared };
  }

  sendClear(): void {
    this.#replay?.clear();
    if (this.#dialect.clearing === "answered") {
      this.#clears++;
      this.#clearedBefore = this.#replay?.next ?? 0;
      // a client that is away is told when it is back
      if (this.#held !== undefined) return;
    }
    this.#writer.send(this.#dialect.write({ kind: "clear" }));
    if (this.#dialect.clearing !== "answered") this.#onUnansweredClear();
  }

  /**
   * The client has answered a clear, or cleared by itself.
   * @param interrupts the clear that this answers may still come: from the session, or its thread
   */
  clearAnswered(interrupts: boolean): void {
    if (interrupts || this.#clears > 0) this.#clears--;
  }

  sendMark(name: string): void {
    const message = this.#dialect.write({ kind: "mark", name });
    const isUnsent = this.#held !== undefined;
    if (message === undefined) {
      this.#onUnsentMark(name);
    } else if (this.#marks.length < MAX_MARKS) {
      const sequence = this.#replay?.next ?? 0;
      this.#marks.push({ name, ordinal: this.#markCount++, sequence, isUnsent });
      if (!isUnsent) this.#writer.send(message);
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
    const index = this.#marks.findIndex((mark) => mark.name === name);
    if (index < 0) return false;
    this.#marks.splice(index, 1);
    return true;
  }

  #say(reply: ServerReply): void {
    if (this.#held === undefined) this.#writer.send(this.#dialect.write(reply));
    else if (this.#held.push(reply) > MAX_HELD) this.#held.shift();
  }
}

/** Whether the client has had a frame of this number or a later one, and so all that was said before it. */
function isPast({ nextSequence }: ResumeRequest, sequence: number): boolean {
  return nextSequence !== undefined && ((nextSequence - sequence) | 0) > 0;
}

/** Whether a mark never reached the client. One that does not say how many have is taken to have had all that were sent. */
function isMissing(mark: SentMark, request: ResumeRequest): boolean {
  if (mark.isUnsent) return true;
  const { marksReceived } = request;
  return marksReceived !== undefined && mark.ordinal >= marksReceived && !isPast(request, mark.sequence);
}
