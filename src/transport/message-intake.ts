/**
 * What a client sends, sorted: audio to the session, requests to the connection, and what is wrong answered with an
 * error and counted. A single bad message never ends a call.
 */
import { isUtf8 } from "node:buffer";
import type { Clock } from "../core/clock.ts";
import type { StreamSession } from "../stream/stream-session.ts";
import type { Counters } from "./counters.ts";
import { isDeeperThan } from "./json-depth.ts";
import {
  type ClientMessage,
  type Fault,
  fault,
  MEDIA,
  type StartMessage,
} from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import { tooLong } from "./protocol/long-message.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import { RateLimit } from "./rate-limit.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { MessageTaker } from "./server-socket.ts";
import type { SocketWriter } from "./socket-writer.ts";
import { type PausableSocket, SHARE_MESSAGES, TurnShare } from "./turn-share.ts";

/** Bad messages one after another that end a connection. */
const MAX_BAD_IN_A_ROW = 100;
/** Media before `start` is answered with an error once in so many messages: an answer to each would double a flood. */
const NOT_STARTED_PER_ERROR = 50;
/** Messages that come too fast are answered with an error once in so many. */
const TOO_FAST_PER_ERROR = 500;

const MESSAGES_MASK = 2 ** 30 - 1;

/** The requests that a connection carries out itself. */
export interface ConnectionRequests {
  onStart(message: StartMessage): void;
  onStop(): void;
  onMark(name: string): void;
  onCleared(playedMs: number | undefined, interrupts: boolean): void;
  /** The server itself failed at a message. */
  onDefect(error: unknown): void;
  /** More than one call can bear: ends the connection. */
  onTooMuch(
    code: "ERR_MESSAGE" | "ERR_TOO_BIG" | "ERR_TOO_MANY_ERRORS" | "ERR_TOO_FAST",
    closeCode: number,
    message: string,
    hint: string,
  ): void;
}

/** What the incoming side is made of. */
export interface MessageIntakeOptions {
  requests: ConnectionRequests;
  socket: PausableSocket;
  writer: SocketWriter;
  counters: Counters;
  clock: Clock;
  bounds: ServerLimits;
  dialect: ServerDialect;
}

/** The incoming side of one connection. */
export class MessageIntake implements MessageTaker {
  /** Messages so far, by which a sign of life is known; begins anew after 2^30. */
  messages = 0;
  #isStopped = false;
  readonly #requests: ConnectionRequests;
  readonly #writer: SocketWriter;
  readonly #counters: Counters;
  readonly #dialect: ServerDialect;
  readonly #bounds: ServerLimits;
  readonly #rate: RateLimit;
  #session: StreamSession | undefined;
  #maxSamples = 0;
  #msPerSample = 0;
  #badInARow = 0;
  #tooFast = 0;
  #mediaBeforeStart = 0;
  #controlFrames = 0;
  readonly #options: MessageIntakeOptions;
  /** Made when the client has sent its first share. */
  #share: TurnShare | undefined;

  constructor(options: MessageIntakeOptions) {
    this.#options = options;
    this.#requests = options.requests;
    this.#writer = options.writer;
    this.#counters = options.counters;
    this.#dialect = options.dialect;
    this.#bounds = options.bounds;
    this.#rate = new RateLimit(options.clock, options.bounds);
  }

  /** From here on audio goes to `session`. */
  begin(session: StreamSession, sampleRate: number): void {
    this.#session = session;
    this.#maxSamples = Math.floor((this.#bounds.maxMessageMs * sampleRate) / 1000);
    this.#msPerSample = 1000 / sampleRate;
    this.#badInARow = 0;
  }

  /** Takes one message. Nothing a client sends throws; where something does all the same, it costs this client alone. */
  takeMessage(data: Buffer, isBinary: boolean): void {
    this.messages = (this.messages + 1) & MESSAGES_MASK;
    if ((this.messages & (SHARE_MESSAGES - 1)) === 0) this.#useShare();
    if (this.#isStopped) return;
    try {
      this.#take(data, isBinary);
    } catch (error) {
      this.#requests.onDefect(error);
    }
  }

  /** Takes no more. */
  stop(): void {
    this.#isStopped = true;
  }

  /** Takes a ping or pong of the WebSocket's own, which costs as much as any message; false where it is one too many. */
  takeControlFrame(bytes: number): boolean {
    this.#controlFrames = (this.#controlFrames + 1) & (SHARE_MESSAGES - 1);
    if (this.#controlFrames === 0) this.#useShare();
    return !this.#isStopped && this.#isInTime(bytes, 0);
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

  #take(data: Buffer, isBinary: boolean): void {
    this.#counters.bytesIn += data.length;
    if (data.length > this.#bounds.maxMessageBytes) {
      this.#takeHuge(data.length);
      return;
    }
    const message = this.#dialect.read(data, isBinary);
    const isMedia = message === MEDIA;
    if (!this.#isInTime(data.length, isMedia ? this.#dialect.samples.length * this.#msPerSample : 0)) return;
    if (isMedia) this.#takeMedia(this.#dialect.samples);
    else if (!isBinary && !isUtf8(data)) this.#takeBadText(data.length);
    else this.#takeRequest(this.#faultOf(data) ?? message);
  }

  #useShare(): void {
    const { socket, counters } = this.#options;
    this.#share ??= new TurnShare(socket, counters);
    this.#share.usedUp();
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
        this.#requests.onCleared(message.playedMs, message.interrupts === true);
        break;
      case "dtmf":
        this.#session?.dtmf(message.digit);
        break;
      case "input":
        this.#session?.session.setInput(...message.values);
        break;
      case "noted":
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
          `A media message holds ${samples.length} samples; at most ${this.#maxSamples} (${this.#bounds.maxMessageMs} ms) are taken.`,
          "Send frames of 20 ms.",
        ),
      );
    } else {
      this.#badInARow = 0;
      this.#counters.framesIn++;
      const { sequence, timestamp, payload } = this.#dialect;
      session.receive(samples, sequence, timestamp, payload);
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

  /** What is wrong with a message that is no media, whatever it says. */
  #faultOf(data: Uint8Array): Fault | undefined {
    const { maxJsonDepth, maxControlBytes } = this.#bounds;
    if (data.length > maxControlBytes) return tooLong(data.length, maxControlBytes);
    return isDeeperThan(data, maxJsonDepth) ? tooDeep(maxJsonDepth) : undefined;
  }

  /** Whether the client keeps to its rate; else the message is dropped, and the client told. */
  #isInTime(bytes: number, mediaMs: number): boolean {
    const verdict = this.#rate.take(bytes, mediaMs);
    if (verdict === "taken") return true;
    this.#counters.tooFast++;
    if (verdict === "too-much") {
      this.#requests.onTooMuch("ERR_TOO_FAST", TOO_FAST.closeCode, TOO_FAST.message, TOO_FAST.hint);
    } else if (this.#tooFast++ % TOO_FAST_PER_ERROR === 0) this.#answer(TOO_FAST);
    return false;
  }

  /** The one mistake in a message that WebSocket itself does not forgive (RFC 6455, section 8.1). */
  #takeBadText(bytes: number): void {
    this.#counters.badMessages++;
    const message = `A text message of ${bytes} bytes is not UTF-8.`;
    this.#requests.onTooMuch("ERR_MESSAGE", CLOSE_CODES.badPayload, message, "Encode text in UTF-8.");
  }

  #takeHuge(bytes: number): void {
    this.#counters.badMessages++;
    const message = `A message has ${bytes} bytes; at most ${this.#bounds.maxMessageBytes} are taken.`;
    this.#requests.onTooMuch("ERR_TOO_BIG", CLOSE_CODES.tooBig, message, "Send frames of 20 ms.");
  }
}

const TOO_FAST = fault(
  "ERR_TOO_FAST",
  CLOSE_CODES.tooMany,
  "Messages come faster than this server takes them; they are dropped.",
  "Send audio at the pace of its own duration.",
);

function tooDeep(maxDepth: number): Fault {
  return fault(
    "ERR_JSON",
    CLOSE_CODES.badPayload,
    `A text message is JSON nested deeper than ${maxDepth}.`,
    'Send one flat JSON object per message, for example {"event":"ping"}.',
  );
}

const NOT_STARTED = fault(
  "ERR_NOT_STARTED",
  CLOSE_CODES.badPayload,
  "Media came before the start message and is dropped.",
  'Send {"event":"start","websocket_id":"<id>"} first.',
);
