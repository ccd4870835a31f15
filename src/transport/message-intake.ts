/**
 * What a client sends, sorted: audio to the session, requests to the connection, and what is wrong answered with an
 * error and counted. A single bad message never ends a call.
 */
import type { StreamSession } from "../stream/stream-session.ts";
import type { Counters } from "./counters.ts";
import { type Fault, fault, type StartMessage } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { MediaDecoder } from "./protocol/fastrtc-media.ts";
import { errorText, PONG } from "./protocol/fastrtc-replies.ts";
import { readClientMessage } from "./protocol/fastrtc-server.ts";
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
  #decoder: MediaDecoder;
  #session: StreamSession | undefined;
  #maxSamples = 0;
  #badInARow = 0;
  #mediaBeforeStart = 0;

  /** @param decoder reads media before `start`, to tell it from the rest */
  constructor(requests: ConnectionRequests, writer: SocketWriter, counters: Counters, decoder: MediaDecoder) {
    this.#requests = requests;
    this.#writer = writer;
    this.#counters = counters;
    this.#decoder = decoder;
  }

  /** From here on audio goes to `session`. */
  begin(session: StreamSession, decoder: MediaDecoder, sampleRate: number): void {
    this.#session = session;
    this.#decoder = decoder;
    this.#maxSamples = Math.floor((MAX_MESSAGE_MS * sampleRate) / 1000);
    this.#badInARow = 0;
  }

  /** Takes one message. */
  take(data: Buffer, isBinary: boolean): void {
    this.#counters.bytesIn += data.length;
    if (isBinary) this.fault(BINARY);
    else if (this.#decoder.readUsual(data)) this.#takeMedia(this.#decoder.samples);
    else if (data.length > MAX_MESSAGE_BYTES) this.#takeHuge(data.length);
    else this.#takeText(data);
  }

  /** Reports a bad message to the client and counts it. */
  fault(problem: Fault): void {
    this.#counters.badMessages++;
    this.#badInARow++;
    this.#writer.sendText(errorText(problem.code, problem.message, problem.hint));
    if (this.#badInARow < MAX_BAD_IN_A_ROW) return;
    const message = `${MAX_BAD_IN_A_ROW} bad messages came in a row.`;
    this.#requests.onTooMuch("ERR_TOO_MANY_ERRORS", problem.closeCode, message, problem.hint);
  }

  #takeText(data: Buffer): void {
    const message = readClientMessage(data);
    switch (message.kind) {
      case "fault":
        this.fault(message);
        return;
      case "media":
        this.#takePayload(message.payload);
        return;
      case "start":
        // one that is refused counts as bad
        this.#requests.onStart(message);
        return;
      case "ping":
        this.#writer.sendText(PONG);
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
      case "unknown":
        this.#counters.unknownMessages++;
        break;
    }
    this.#badInARow = 0;
  }

  #takePayload(payload: string): void {
    const problem = this.#decoder.readPayload(payload);
    if (problem === undefined) this.#takeMedia(this.#decoder.samples);
    else this.fault(problem);
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
    this.#writer.sendText(
      errorText(
        "ERR_NOT_STARTED",
        "Media came before the start message and is dropped.",
        'Send {"event":"start","websocket_id":"<id>"} first.',
      ),
    );
  }

  #takeHuge(bytes: number): void {
    this.#counters.badMessages++;
    const message = `A message has ${bytes} bytes; at most ${MAX_MESSAGE_BYTES} are taken.`;
    this.#requests.onTooMuch("ERR_TOO_BIG", CLOSE_CODES.tooBig, message, "Send frames of 20 ms.");
  }
}

const BINARY = fault(
  "ERR_MESSAGE",
  CLOSE_CODES.wrongKind,
  "A binary message came on a route that speaks JSON text.",
  "Send text messages; media is Base64 inside JSON.",
);
