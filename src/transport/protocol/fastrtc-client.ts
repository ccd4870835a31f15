/**
 * The FastRTC JSON protocol, client's end: writes what a client says, reads what a server says. Knows no socket.
 *
 * Nothing a server sends makes the decoder throw: what it cannot read is `malformed`, what it does not know `unknown`.
 */
import { ConfigError } from "../../core/errors.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../../core/rates.ts";
import { type ResumedGap, type ResumeState, readResumed, resumeMember } from "./client-resume.ts";
import type { PayloadReader } from "./fastrtc-client-media.ts";
import { WIRE_ENCODINGS, type WireEncoding } from "./fastrtc-shapes.ts";

/** One direction of the wire. */
export interface DirectionFormat {
  encoding: WireEncoding;
  /** Hz. */
  sampleRate: number;
  /** Duration of a frame. */
  frameMs: number;
  /**
   * Of what the client sends, G.711 on the binary protocol: silence is left out, and what it sounds like is said (RFC 3389).
   * Agreed to by servers whose handler has the option `jitter`; others are sent everything. Default false.
   */
  comfortNoise?: true;
}

/** What a client asks for; the server fills in what is left open. */
export interface FormatRequest {
  /** What the client sends. */
  input?: Partial<DirectionFormat>;
  /** What the client gets. */
  output?: Partial<DirectionFormat>;
}

/** What a server has said. */
export type ServerMessage =
  /** Audio: the samples are in the reader. `sequence` and `timestamp` are -1 where the server does not count. */
  | { kind: "media"; sequence: number; timestamp: number }
  | {
      kind: "started";
      input: DirectionFormat;
      output: DirectionFormat;
      resumeToken: string | undefined;
      resumeWindowMs: number | undefined;
      /** Undefined where the session is new. */
      resumed: ResumedGap | undefined;
    }
  | { kind: "pong" }
  /** Drop what has not been played. */
  | { kind: "clear" }
  | { kind: "mark"; name: string }
  /** `code` is one of ours, or `ERR_HANDLER` where the server gave none. */
  | { kind: "error"; code: string; message: string; hint: string }
  | { kind: "warning"; message: string }
  | { kind: "log"; message: string }
  /** A value of the handler's beside audio. */
  | { kind: "output"; value: unknown }
  /** `send_input`, `fetch_output`, `end_stream`, `stopword`, `update_connection`. */
  | { kind: "notice"; type: string; data: unknown }
  | { kind: "unknown"; type: string }
  | { kind: "malformed"; code: "ERR_JSON" | "ERR_BASE64" | "ERR_MESSAGE"; message: string };

export const PING_MESSAGE = '{"event":"ping"}';
export const STOP_MESSAGE = '{"event":"stop"}';

const NOTICES = new Set(["send_input", "fetch_output", "end_stream", "stopword", "update_connection"]);
const UNCOUNTED: ServerMessage = { kind: "media", sequence: -1, timestamp: -1 };
const PONG: ServerMessage = { kind: "pong" };
const CLEAR: ServerMessage = { kind: "clear" };
const utf8 = new TextDecoder();

/**
 * The message that opens a session, under both names of the id.
 * @param format undefined: as an old client, which gets nothing that FastRTC does not send
 * @param params for the handler, strings by name
 * @param resume whether the session is to outlive its connection, or which one is to go on; with a format only
 */
export function encodeStart(
  id: string,
  format: FormatRequest | undefined,
  params: Readonly<Record<string, string>> = {},
  resume: boolean | ResumeState = false,
): string {
  const start: Record<string, unknown> = { event: "start", webrtc_id: id, websocket_id: id };
  if (Object.keys(params).length > 0) start.params = params;
  if (format !== undefined) {
    start.format = { input: toWire(format.input), output: toWire(format.output) };
    start.resume = resumeMember(resume);
  }
  return JSON.stringify(start);
}

/** Asks for a mark back, or gives one back. */
export function encodeMark(name: string): string {
  return JSON.stringify({ event: "mark", mark: { name } });
}

/** Gives the handler values beside audio. @throws ConfigError `ERR_CONFIG` for what JSON cannot write */
export function encodeInput(values: readonly unknown[]): string {
  try {
    return JSON.stringify({ event: "input", input: values });
  } catch (cause) {
    const hint = "Pass plain objects, lists, strings, numbers, booleans or null.";
    throw new ConfigError("ERR_CONFIG", "JSON cannot write this input.", { hint, cause });
  }
}

/** Answers `clear`; or says that the client has cleared by itself, which the server answers with `clear`. */
export function encodeCleared(playedMs: number, interrupts?: true): string {
  return JSON.stringify({ event: "cleared", played_ms: Math.round(playedMs), interrupts });
}

/**
 * Reads one message. Never throws; usual media messages without allocation.
 * @param message text, or its UTF-8 bytes
 * @param reader for the encoding of the server's audio; after `media` its `samples` are the message's
 */
export function decodeServerMessage(message: string | Uint8Array, reader: PayloadReader): ServerMessage {
  if (reader.readMessage(message)) return UNCOUNTED;
  let parsed: unknown;
  try {
    parsed = JSON.parse(typeof message === "string" ? message : utf8.decode(message));
  } catch (cause) {
    return malformed("ERR_JSON", `The server sent what is not JSON (${(cause as Error).message}).`);
  }
  if (!isObject(parsed)) return malformed("ERR_MESSAGE", "The server sent JSON that is not an object.");
  // FastRTC names its messages by three keys; any of them will do for any message.
  const type = [parsed.event, parsed.type, parsed.status].find((key) => typeof key === "string");
  if (type === undefined) {
    return malformed("ERR_MESSAGE", "The server sent an object without event, type or status.");
  }
  return decodeObject(type, parsed, reader);
}

function decodeObject(type: string, object: JsonObject, reader: PayloadReader): ServerMessage {
  switch (type) {
    case "media":
      return decodeMedia(object, reader);
    case "pong":
      return PONG;
    case "clear":
      return CLEAR;
    case "mark":
      return decodeMark(object);
    case "started":
      return decodeStarted(object);
    case "error":
      return decodeError(object);
    case "failed":
      return decodeRefusal(object);
    case "warning":
      return { kind: "warning", message: textOf(object) };
    case "output":
      return { kind: "output", value: object.data };
    case "log":
      return { kind: "log", message: textOf(object) };
    default:
      return NOTICES.has(type)
        ? { kind: "notice", type, data: object.data }
        : { kind: "unknown", type: type.slice(0, 80) };
  }
}

function decodeMedia(object: JsonObject, reader: PayloadReader): ServerMessage {
  const media = object.media;
  const payload = isObject(media) ? media.payload : undefined;
  if (!isObject(media) || typeof payload !== "string") {
    return malformed("ERR_MESSAGE", "A media message has no media.payload.");
  }
  if (!reader.readPayload(payload)) {
    return malformed("ERR_BASE64", `A media payload is not strict Base64 of ${reader.encoding}.`);
  }
  return { kind: "media", sequence: countOf(media.seq), timestamp: countOf(media.timestamp) };
}

function decodeMark(object: JsonObject): ServerMessage {
  const mark = object.mark;
  const name = isObject(mark) ? mark.name : undefined;
  return typeof name === "string"
    ? { kind: "mark", name }
    : malformed("ERR_MESSAGE", "A mark message has no mark.name.");
}

function decodeStarted(object: JsonObject): ServerMessage {
  const data = isObject(object.data) ? object.data : {};
  const input = fromWire(data.input);
  const output = fromWire(data.output);
  if (input === undefined || output === undefined) {
    return malformed(
      "ERR_MESSAGE",
      "The server's started message does not state input and output as expected.",
    );
  }
  return { kind: "started", input, output, ...readResumed(data) };
}

function decodeError(object: JsonObject): ServerMessage {
  const data = isObject(object.data) ? object.data : {};
  const code = data.code;
  const hint = data.hint;
  return {
    kind: "error",
    code: typeof code === "string" && /^ERR_[A-Z0-9_]{1,60}$/.test(code) ? code : "ERR_HANDLER",
    message: textOf(object),
    hint: typeof hint === "string" ? hint : "",
  };
}

function decodeRefusal(object: JsonObject): ServerMessage {
  const meta = isObject(object.meta) ? object.meta : {};
  if (meta.error === "concurrency_limit_reached") {
    const limit = typeof meta.limit === "number" ? ` (its limit is ${meta.limit})` : "";
    return {
      kind: "error",
      code: "ERR_LIMIT_SESSIONS",
      message: typeof meta.message === "string" ? meta.message : `The server takes no more sessions${limit}.`,
      hint:
        typeof meta.hint === "string"
          ? meta.hint
          : "Try again later, or raise the server's concurrency limit.",
    };
  }
  const why = typeof meta.error === "string" ? meta.error : "no reason given";
  return { kind: "error", code: "ERR_CONNECT", message: `The server refused the session: ${why}.`, hint: "" };
}

function toWire(format: Partial<DirectionFormat> = {}): Record<string, unknown> {
  return {
    encoding: format.encoding,
    sample_rate: format.sampleRate,
    frame_ms: format.frameMs,
    comfort_noise: format.comfortNoise,
  };
}

function fromWire(value: unknown): DirectionFormat | undefined {
  if (!isObject(value)) return undefined;
  const encoding = WIRE_ENCODINGS.find((known) => known === value.encoding);
  const sampleRate = value.sample_rate;
  const frameMs = value.frame_ms;
  if (encoding === undefined || typeof sampleRate !== "number" || typeof frameMs !== "number")
    return undefined;
  if (!Number.isInteger(sampleRate) || sampleRate < MIN_SAMPLE_RATE || sampleRate > MAX_SAMPLE_RATE)
    return undefined;
  if (!(frameMs >= 1 && frameMs <= 1000)) return undefined;
  const format = { encoding, sampleRate, frameMs };
  return value.comfort_noise === true ? { ...format, comfortNoise: true } : format;
}

/** The sentence in a message: FastRTC puts it under `message`, or under `data`. */
function textOf(object: JsonObject): string {
  const { message, data } = object;
  if (typeof message === "string") return message;
  if (typeof data === "string") return data;
  if (isObject(data) && typeof data.message === "string") return data.message;
  // Objects are left out: to write a deeply nested one as text overflows the stack.
  return typeof data === "number" || typeof data === "boolean" ? String(data) : "";
}

function countOf(value: unknown): number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : -1;
}

function malformed(code: "ERR_JSON" | "ERR_BASE64" | "ERR_MESSAGE", message: string): ServerMessage {
  return { kind: "malformed", code, message };
}

type JsonObject = Readonly<Record<string, unknown>>;

function isObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
