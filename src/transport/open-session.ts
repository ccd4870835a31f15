/** From a `start` message to a session: id, limit, handler, format, in this order; nothing is kept of a start refused. */
import type { AudioDecoder } from "../codec/audio/audio-codec.ts";
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { asVoxwireError } from "../core/errors.ts";
import type { Logger } from "../core/logger.ts";
import type { AnyHandler } from "../stream/handler.ts";
import { isBufferFrame, isJitterRate, payloadsCanWait } from "../stream/jitter/jitter-settings.ts";
import type { StreamSession } from "../stream/stream-session.ts";
import { ClockedSession } from "./clocked-session.ts";
import type { ClientInfo, ConnectionContext, HandlerMount } from "./connection-context.ts";
import { ConnectionSink } from "./connection-sink.ts";
import type { RefusalKind } from "./counters.ts";
import { type Fault, fault, type StartMessage } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { WireAgreement } from "./protocol/fastrtc-format.ts";
import type { WireDirection } from "./protocol/fastrtc-shapes.ts";
import { mergeParameters, NO_PARAMETERS } from "./protocol/parameters.ts";
import type { ServerDialect, ServerReply } from "./protocol/server-dialect.ts";
import { RecordedSession, RecordedSink } from "./recording/recorded-session.ts";
import { ReplayRing } from "./replay-ring.ts";
import { type ClientPlace, type SessionHolder, SessionKeeper } from "./session-keeper.ts";
import type { LiveSession } from "./session-registry.ts";
import type { SocketWriter } from "./socket-writer.ts";

/** The connection that asks for a session. */
export interface StartingConnection {
  readonly context: ConnectionContext;
  readonly client: ClientInfo;
  readonly mount: HandlerMount;
  readonly dialect: ServerDialect;
  readonly writer: SocketWriter;
}

/** A start that ends the connection. */
export interface Refusal {
  readonly refusal: RefusalKind;
  /** The last message. */
  readonly reply: ServerReply;
  readonly closeCode: number;
  readonly message: string;
}

/**
 * Makes the session that a `start` asks for.
 * @param holder what the session hangs on
 * @returns the session, not opened yet, its id reserved; or a fault, after which the client may send another `start`; or a refusal
 */
export function openSession(
  connection: StartingConnection,
  message: StartMessage,
  holder: SessionHolder,
): SessionKeeper | Fault | Refusal {
  const { context, client, dialect, mount, writer } = connection;
  const { registry } = context;
  const { grant } = client;
  const id = message.id ?? grant.id ?? (message.format === undefined ? undefined : crypto.randomUUID());
  if (id === undefined) return MISSING_ID;
  if (grant.id !== undefined && grant.id !== id) return idNotGranted();
  if (registry.has(id)) return idInUse();
  if (registry.isFull) {
    const { maxSessions } = registry;
    return {
      refusal: "session-limit",
      reply: sessionLimit(message, maxSessions, `The limit of ${maxSessions} sessions is reached.`),
      closeCode: CLOSE_CODES.tooMany,
      message: `The limit of ${maxSessions} sessions is reached.`,
    };
  }
  if (registry.isAddressFull(client.addressKey)) {
    const { maxPerAddress } = registry;
    return {
      refusal: "address-limit",
      reply: sessionLimit(
        message,
        maxPerAddress,
        `The limit of ${maxPerAddress} sessions from one address is reached.`,
      ),
      closeCode: CLOSE_CODES.tooMany,
      message: `The limit of ${maxPerAddress} sessions from one address is reached.`,
    };
  }
  registry.reserve(id, client.addressKey);
  try {
    const handler = mount.makeHandler();
    const agreed = dialect.agree(message, impliedFormat(mount, handler));
    if ("kind" in agreed) {
      registry.release(id);
      return refusalOf("format", agreed.code, agreed.message, agreed.hint, agreed.closeCode);
    }
    const format = hearsNoise(mount, agreed.input) ? agreed : withoutNoise(agreed);
    const { input, output } = format;
    const params = mergeParameters(
      mergeParameters(client.params, message.params),
      grant.params ?? NO_PARAMETERS,
    );
    const codec = payloadCodec(connection, input);
    dialect.begin(message, format, codec !== undefined);
    const { clock, outputs } = context;
    const sink = new ConnectionSink({
      writer,
      dialect,
      onClose: (closeCode, reason) => keeper.holder.onSessionClose(closeCode, reason),
      // in a turn of its own: the session is in the middle of sending
      onUnsentMark: (name) => clock.setImmediate(() => session.markReturned(name)),
      onUnansweredClear: () => clock.setImmediate(() => session.cleared(undefined)),
      onOutput: (json) => outputs.publish(id, json),
      replay: message.resume === true ? replayRing(context.bounds, output) : undefined,
    });
    const tap = context.recordings?.openTap();
    const made: StreamSession = context.createSession({
      dsp: context.dsp,
      clock,
      limits: context.limits,
      logger: context.logger,
      id,
      params,
      handler,
      wireInput: { sampleRate: input.sample_rate, frameMs: input.frame_ms },
      wireOutput: { sampleRate: output.sample_rate, frameMs: output.frame_ms },
      sink: tap === undefined ? sink : new RecordedSink(sink, tap),
    });
    // what is recorded has been through the jitter buffer
    const recorded = tap === undefined ? made : new RecordedSession(made, tap, () => void tap.begin(live));
    const session = clocked(connection, recorded, input, codec);
    const place: ClientPlace = { remoteAddress: client.remoteAddress, isConnected: true };
    const live = liveSession(session, format, place);
    const keeper = new SessionKeeper({
      context,
      holder,
      session,
      sink,
      live,
      place,
      mount,
      format,
      maxBufferedBytes: context.bounds.maxUnsentMs * bytesPerMs(dialect, output),
    });
    return keeper;
  } catch (error) {
    registry.release(id);
    return failedToOpen(context.logger, id, error);
  }
}

/** The session, heard by a clock where the handler wants that. */
function clocked(
  { context, mount }: StartingConnection,
  session: StreamSession,
  { sample_rate: sampleRate, frame_ms: frameMs, comfort_noise }: WireDirection,
  codec: StreamCodec | undefined,
): StreamSession {
  const { clock, dsp, logger } = context;
  const { jitter: settings } = mount;
  if (settings === undefined) return session;
  if (!isJitterRate(sampleRate)) {
    logger.warn(`There is no jitter buffer at ${sampleRate} Hz; audio is handed on as it comes.`);
    return session;
  }
  let decoder: AudioDecoder | undefined;
  try {
    decoder = codec?.createDecoder(dsp, sampleRate);
    return new ClockedSession(session, {
      dsp,
      clock,
      sampleRate,
      frameMs,
      settings,
      decoder,
      comfortNoise: comfort_noise === true,
    });
  } catch (error) {
    decoder?.dispose();
    void session.end({ kind: "closed", message: "The jitter buffer could not be made." });
    throw error;
  }
}

/** The codec whose payloads are to wait in the session's jitter buffer; undefined where none are, or there is none. */
function payloadCodec(
  { context, mount }: StartingConnection,
  { encoding, sample_rate, frame_ms }: WireDirection,
): StreamCodec | undefined {
  if (mount.jitter === undefined || !isJitterRate(sample_rate)) return undefined;
  const codec = context.codecs.streamCodecs.find(({ name }) => name === encoding);
  return payloadsCanWait(codec, frame_ms) ? codec : undefined;
}

/** Whether a clock plays what the client sends, frame by frame: then silence may be left out of it. */
function hearsNoise({ jitter }: HandlerMount, { sample_rate, frame_ms }: WireDirection): boolean {
  return jitter !== undefined && isJitterRate(sample_rate) && isBufferFrame(frame_ms);
}

function withoutNoise({ input, output }: WireAgreement): WireAgreement {
  const { comfort_noise: _left, ...plain } = input;
  return { input: plain, output };
}

/** What the wire carries where the client does not say: implied by the handler's rates, as FastRTC has it. */
function impliedFormat({ inputRate, outputRate, frameMs }: HandlerMount, handler: AnyHandler): WireAgreement {
  return {
    input: mulawAt(handler.inputRate ?? inputRate, frameMs),
    output: mulawAt(handler.outputRate ?? outputRate, frameMs),
  };
}

function mulawAt(sampleRate: number, frameMs: number): WireDirection {
  return { encoding: "mulaw", sample_rate: sampleRate, frame_ms: frameMs };
}

/** Keeps what a client that may come back was sent last; undefined where nobody may, or nothing is to be replayed. */
function replayRing(
  { maxReplayMs, maxUnsentMs, resumeWindowMs }: ConnectionContext["bounds"],
  { sample_rate, frame_ms }: WireDirection,
): ReplayRing | undefined {
  // more than a socket takes would be dropped again
  const mostMs = Math.min(maxReplayMs, maxUnsentMs);
  return resumeWindowMs > 0 && mostMs > 0 ? new ReplayRing(mostMs, sample_rate, frame_ms) : undefined;
}

/** What media takes in the words of this protocol. */
function bytesPerMs(dialect: ServerDialect, { sample_rate, frame_ms }: WireDirection): number {
  return dialect.mediaBytes(Math.ceil((sample_rate * frame_ms) / 1000)) / frame_ms;
}

function liveSession(session: StreamSession, format: WireAgreement, place: ClientPlace): LiveSession {
  return {
    id: session.session.id,
    params: session.session.params,
    format,
    get remoteAddress() {
      return place.remoteAddress;
    },
    get isConnected() {
      return place.isConnected;
    },
    get stats() {
      return session.session.stats;
    },
    get jitter() {
      return session instanceof ClockedSession ? session.jitter : undefined;
    },
    setInput: (...values) => session.session.setInput(...values),
    close: (reason) => session.session.close(reason),
  };
}

/** As FastRTC has it; a client that sent a format is told in words as well. */
function sessionLimit({ format }: StartMessage, limit: number, message: string): ServerReply {
  const word = { message, hint: "End another session first, or try again later." };
  return { kind: "session-limit", limit, ...(format !== undefined && { word }) };
}

function idInUse(): Refusal {
  const message = "The id is in use by another session, which is left as it is.";
  const hint = "Use a new id, or end the other session first.";
  return refusalOf("id-in-use", "ERR_ID_IN_USE", message, hint, CLOSE_CODES.idInUse);
}

function idNotGranted(): Refusal {
  const message = "The start names another id than the one this client is authorised for.";
  const hint = "Use the id the token was made for.";
  return refusalOf("auth", "ERR_AUTH", message, hint, CLOSE_CODES.notAuthorised);
}

/** What a client is told whose session could not be made. */
export function failedToOpen(logger: Logger, id: string, error: unknown): Refusal {
  const known = asVoxwireError(error);
  if (known?.code === "ERR_ARENA_FULL") {
    logger.warn(`No memory for session ${id}.`, { session: id, error });
    const message = "The server has no audio memory left for another session.";
    return refusalOf("session-limit", known.code, message, "Try again later.", CLOSE_CODES.tooMany);
  }
  const message = "The handler could not be made.";
  logger.error(`${message} Session ${id} is refused.`, { session: id, error });
  return refusalOf("handler", "ERR_HANDLER", message, "See the server's log.", CLOSE_CODES.handlerFailed);
}

function refusalOf(
  refusal: RefusalKind,
  code: string,
  message: string,
  hint: string,
  closeCode: number,
): Refusal {
  return { refusal, reply: { kind: "error", code, message, hint }, closeCode, message };
}

/**
 * A plain client cannot be told an id that the server would make up: FastRTC has no message for it, and additional
 * inputs and outputs hang on the id. A client that sent a format is told in `started`.
 */
const MISSING_ID = fault(
  "ERR_ID_INVALID",
  CLOSE_CODES.badPayload,
  'The start message has neither "websocket_id" nor "webrtc_id".',
  'Send {"event":"start","websocket_id":"<id>"} with an id of your choice, 1 to 128 characters.',
);
