/**
 * What a client sends, sorted: audio to the session, requests to the connection, and what is wrong answered with an
 * error and counted. A single bad message never ends a call.
 */
import type { StreamSession } from "../stream/stream-session.ts";
import type { Counters } from "./counters.ts";
import {
  type ClientMessage,
  type Fault,
  fault,
  MEDIA,
  type StartMessage,
} from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import { MAX_MESSAGE_BYTES } from "./server-options.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** Bad messages one after another that end a connection. */
const MAX_BAD_IN_A_ROW = 100;
/** Media before `start` is answered with an error once in so many messages: an answer to each would double a flood. */
const NOT_STARTED_PER_ERROR = 50;
/** The longest stretch of audio in one message. */
const MAX_MESSAGE_MS = 5000;

/** The requests that a connection carries out itself. */
export interface ConnectionRequests {
  onStart(message: StartMessage): void;
  onStop(): void;
  onMark(name: string): void;
  /** More than one call can bear: ends the connection. */
  onTooMuch(
    code: "ERR_TOO_BIG" | "ERR_TOO_MANY_ERRORS",
    closeCode: number,
    message: string,
    hint: string,
  ): void;
}

/** The incoming side of one connection. */
export class MessageIntake {
  readonly #requests: ConnectionRequests;
  readonly #writer: SocketWriter;
  readonly #counters: Counters;
  readonly #dialect: ServerDialect;
  #session: StreamSession | undefined;
  #maxSamples = 0;
  #badInARow = 0;
  #mediaBeforeStart = 0;

  constructor(
    requests: ConnectionRequests,
    writer: SocketWriter,
    counters: Counters,
    dialect: ServerDialect,
  ) {
    this.#requests = requests;
    this.#writer = writer;
    this.#counters = counters;
    this.#dialect = dialect;
  }

  /** From here on audio goes to `session`. */
  begin(session: StreamSession, sampleRate: number): void {
    this.#session = session;
    this.#maxSamples = Math.floor((MAX_MESSAGE_MS * sampleRate) / 1000);
    this.#badInARow = 0;
  }

  /** Takes one message. */
  take(data: Buffer, isBinary: boolean): void {
    this.#counters.bytesIn += data.length;
    if (data.length > MAX_MESSAGE_BYTES) {
      this.#takeHuge(data.length);
      return;
    }
    const message = this.#dialect.read(data, isBinary);
    if (message === MEDIA) this.#takeMedia(this.#dialect.samples);
    else this.#takeRequest(message);
  }

  /** Reports a bad message to the client and counts it. */
  fault(problem: Fault): void {
    this.#counters.badMessages++;
    this.#badInARow++;
    this.#answer(problem);
    if (this.#badInARow < MAX_BAD_IN_A_ROW || this.#dialect.bearsFaults) return;
    const message = `${MAX_BAD_IN_A_ROW} bad messages came in a row.`;
    this.#requests.onTooMuch("ERR_TOO_MANY_ERRORS", problem.closeCode, message, problem.hint);
  }

  #takeRequest(message: ClientMessage): void {
    switch (message.kind) {
      case "fault":
        this.fault(message);
        return;
      case "start":
        // one that is refused counts as bad
        this.#requests.onStart(message);
        return;
      case "ping":
        this.#writer.send(this.#dialect.write({ kind: "pong" }));
        break;
      case "stop":
        this.#requests.onStop();
        break;
      case "mark":
        this.#requests.onMark(message.name);
        break;
      case "cleared":
        this.#session?.cleared(message.playedMs);
        break;
      case "dtmf":
        this.#session?.dtmf(message.digit);
        break;
      case "input":
        this.#session?.session.setInput(...message.values);
        break;
      case "unknown":
        this.#counters.unknownMessages++;
        break;
    }
    this.#badInARow = 0;
  }

  #takeMedia(samples: Int16Array): void {
    const session = this.#session;
    if (session === undefined) {
      this.#takeMediaBeforeStart();
    } else if (samples.length > this.#maxSamples) {
      this.fault(
        fault(
          "ERR_TOO_BIG",
          CLOSE_CODES.tooBig,
          `A media message holds ${samples.length} samples; at most ${this.#maxSamples} (${MAX_MESSAGE_MS} ms) are taken.`,
          "Send frames of 20 ms.",
        ),
      );
    } else {
      this.#badInARow = 0;
      this.#counters.framesIn++;
      session.receive(samples);
    }
  }

  #takeMediaBeforeStart(): void {
    this.#badInARow = 0;
    this.#counters.notStarted++;
    if (this.#mediaBeforeStart++ % NOT_STARTED_PER_ERROR !== 0) return;
    this.#answer(NOT_STARTED);
  }

  #answer({ code, message, hint }: Fault): void {
    this.#writer.send(this.#dialect.write({ kind: "error", code, message, hint }));
  }

  #takeHuge(bytes: number): void {
    this.#counters.badMessages++;
    const message = `A message has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are taken.`;
    this.#requests.onTooMuch("ERR_TOO_BIG", CLOSE_CODES.tooBig, message, "Send frames of 20 ms.");
  }
}

const NOT_STARTED = fault(
  "ERR_NOT_STARTED",
  CLOSE_CODES.badPayload,
  "Media came before the start message and is dropped.",
  'Send {"event":"start","websocket_id":"<id>"} first.',
);
