/**
 * The FastRTC JSON protocol, server end: the text of a client's message -> a typed message, or what is wrong with it.
 * Usual media messages do not come this way (see `fastrtc-media.ts`). Nothing here throws for anything a client sends.
 */
import { type ClientMessage, type Fault, fault, unknownMessage } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { inputValuesOf } from "./input-values.ts";
import { isJsonObject, type JsonObject, own, parseJsonObject } from "./json-object.ts";
import { NO_PARAMETERS, type Parameters, readParameters } from "./parameters.ts";
import { readResume } from "./resume-message.ts";
import { invalidId, readSessionId } from "./session-id.ts";

/** Characters in the name of a mark, at most. */
export const MAX_MARK_LENGTH = 256;

const PING: ClientMessage = { kind: "ping" };
const STOP: ClientMessage = { kind: "stop" };

/** Media of another shape than the usual: its Base64 is still to be read. */
export interface PayloadMessage {
  readonly kind: "payload";
  readonly payload: string;
}

/** Reads one text message. */
export function readFastrtcMessage(bytes: Uint8Array): ClientMessage | PayloadMessage {
  const parsed = parseJsonObject(bytes);
  if (!("object" in parsed)) return parsed;
  const value = parsed.object;
  const event = own(value, "event");
  if (typeof event !== "string") {
    return malformed(
      'The message has no "event" that is a string.',
      'Set "event" to "start", "media", "ping" or "stop".',
    );
  }
  switch (event) {
    case "media":
      return readMedia(value);
    case "start":
      return readStart(value);
    case "ping":
      return PING;
    case "stop":
      return STOP;
    case "mark":
      return readMark(value);
    case "cleared":
      return readCleared(value);
    case "input":
      return readInput(value);
    default:
      return unknownMessage(event);
  }
}

function readMedia(message: JsonObject): PayloadMessage | Fault {
  const media = own(message, "media");
  const payload = isJsonObject(media) ? own(media, "payload") : undefined;
  if (typeof payload !== "string") {
    return malformed(
      'A "media" message has no "media.payload" that is a string.',
      'Send {"event":"media","media":{"payload":"<Base64>"}}.',
    );
  }
  return { kind: "payload", payload };
}

function readStart(message: JsonObject): ClientMessage {
  const id = readId(message);
  if (typeof id === "object") return id;
  const params = readStartParameters(message);
  if ("kind" in params) return params;
  const resume = readResume(own(message, "resume"));
  if (typeof resume === "object" && "kind" in resume) return resume;
  return { kind: "start", id, params: params.parameters, format: own(message, "format"), resume };
}

/** `webrtc_id` and `websocket_id` are two names for one thing. */
function readId(message: JsonObject): string | undefined | Fault {
  const webrtcId = own(message, "webrtc_id");
  const websocketId = own(message, "websocket_id");
  if (webrtcId !== undefined && websocketId !== undefined && webrtcId !== websocketId) {
    return invalidId(
      'The "start" message has a "webrtc_id" and a different "websocket_id".',
      "Send one of the two, or the same value in both.",
    );
  }
  const id = websocketId ?? webrtcId;
  if (id === undefined) return undefined;
  const read = readSessionId(id);
  return "id" in read ? read.id : read;
}

function readStartParameters(message: JsonObject): { readonly parameters: Parameters } | Fault {
  const given = own(message, "params") ?? own(message, "customParameters");
  if (given === undefined || given === null) return { parameters: NO_PARAMETERS };
  if (!isJsonObject(given)) {
    return malformed(
      'The "params" of a "start" message are not an object.',
      'Send "params":{"name":"value"}.',
    );
  }
  return readParameters(Object.entries(given));
}

function readMark(message: JsonObject): ClientMessage {
  const mark = own(message, "mark");
  const name = isJsonObject(mark) ? own(mark, "name") : undefined;
  if (typeof name !== "string" || name.length === 0 || name.length > MAX_MARK_LENGTH) {
    return malformed(
      `A "mark" message has no "mark.name" of 1 to ${MAX_MARK_LENGTH} characters.`,
      'Send {"event":"mark","mark":{"name":"x"}}.',
    );
  }
  return { kind: "mark", name };
}

function readCleared(message: JsonObject): ClientMessage {
  const playedMs = own(message, "played_ms");
  if (typeof playedMs !== "number" || !Number.isFinite(playedMs) || playedMs < 0) {
    return malformed(
      'A "cleared" message has no "played_ms" of 0 or more.',
      'Send {"event":"cleared","played_ms":1240}.',
    );
  }
  return own(message, "interrupts") === true
    ? { kind: "cleared", playedMs, interrupts: true }
    : { kind: "cleared", playedMs };
}

function readInput(message: JsonObject): ClientMessage {
  const { event: _event, ...fields } = message;
  const values = inputValuesOf(fields);
  return "kind" in values ? values : { kind: "input", values: values.input };
}

function malformed(message: string, hint: string): Fault {
  return fault("ERR_MESSAGE", CLOSE_CODES.badPayload, message, hint);
}
