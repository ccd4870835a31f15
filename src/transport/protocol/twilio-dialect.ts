/**
 * Twilio Media Streams, bidirectional, as the server speaks it: always mu-law, 8 kHz, mono. What Twilio says wrongly or
 * nobody knows is counted and otherwise left alone, since a call goes on. Source: Twilio's documentation, "Media Streams -
 * WebSocket messages".
 */
import {
  type ClientMessage,
  type Fault,
  fault,
  MEDIA,
  type StartMessage,
  unknownMessage,
} from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { decoderOf } from "./fastrtc-dialect.ts";
import type { WireAgreement } from "./fastrtc-format.ts";
import type { MediaDecoder } from "./fastrtc-media.ts";
import { isJsonObject, type JsonObject, own, ownObject, parseJsonObject } from "./json-object.ts";
import { refuseLong } from "./long-message.ts";
import { readParameters } from "./parameters.ts";
import { PayloadEnvelope } from "./payload-envelope.ts";
import type { CodecPool, ServerDialect, ServerProtocol, ServerReply } from "./server-dialect.ts";
import { readSessionId } from "./session-id.ts";
import { TWILIO_ROUTE, TWILIO_SAMPLE_RATE } from "./twilio-client.ts";

/** What Twilio says of a call, beside custom parameters. */
const CALL_FACTS = ["streamSid", "callSid", "accountSid"] as const;
const STOP: ClientMessage = { kind: "stop" };
const NOTED: ClientMessage = { kind: "noted" };

export const twilioProtocol: ServerProtocol = {
  name: "twilio",
  title: "Twilio Media Streams",
  route: TWILIO_ROUTE,
  openDialect: (codecs) => new TwilioDialect(codecs),
};

class TwilioDialect implements ServerDialect {
  readonly isMediaBinary = false;
  readonly bearsFaults = true;
  readonly clearing = "silent";
  readonly sequence = -1;
  readonly timestamp = -1;
  readonly #codecs: CodecPool;
  readonly #decoder: MediaDecoder;
  #streamSid = "";
  #envelope: PayloadEnvelope | undefined;

  constructor(codecs: CodecPool) {
    this.#codecs = codecs;
    this.#decoder = decoderOf(codecs, "mulaw");
  }

  get samples(): Int16Array {
    return this.#decoder.samples;
  }

  read(bytes: Uint8Array, isBinary: boolean): ClientMessage {
    if (isBinary) return BINARY;
    const long = refuseLong(bytes, this.#codecs.maxControlBytes);
    if (long !== undefined) return long;
    const parsed = parseJsonObject(bytes);
    if (!("object" in parsed)) return parsed;
    const { object } = parsed;
    const event = own(object, "event");
    switch (event) {
      case "media":
        return this.#readMedia(object);
      case "start":
        return readStart(object);
      case "mark":
        return readMark(object);
      case "dtmf":
        return readDtmf(object);
      case "stop":
        return STOP;
      case "connected":
        return NOTED;
      default:
        return unknownMessage(event);
    }
  }

  agree({ format }: StartMessage, { output }: WireAgreement): WireAgreement | Fault {
    if (format !== undefined && !isTelephone(format)) return NOT_TELEPHONE;
    const direction = {
      encoding: "mulaw",
      sample_rate: TWILIO_SAMPLE_RATE,
      frame_ms: output.frame_ms,
    } as const;
    return { input: direction, output: direction };
  }

  begin({ id }: StartMessage, { output }: WireAgreement): void {
    this.#streamSid = id ?? "";
    this.#envelope = new PayloadEnvelope(
      this.#codecs,
      output,
      `{"event":"media","streamSid":${JSON.stringify(this.#streamSid)},"media":{"payload":"`,
      '"}}',
    );
  }

  /** Twilio takes media, marks and clear; anything else it would report as an error of ours. */
  write(reply: ServerReply): string | undefined {
    const streamSid = this.#streamSid;
    switch (reply.kind) {
      case "clear":
        return JSON.stringify({ event: "clear", streamSid });
      case "mark":
        return JSON.stringify({ event: "mark", streamSid, mark: { name: reply.name } });
      default:
        return undefined;
    }
  }

  mediaBytes(samples: number): number {
    return this.#envelope?.messageBytes(samples) ?? 0;
  }

  encodeMedia(
    samples: Int16Array,
    _sequence: number,
    _timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number {
    return this.#envelope?.encodeInto(samples, out, offset) ?? 0;
  }

  #readMedia(message: JsonObject): ClientMessage {
    const media = ownObject(message, "media");
    // what the caller is played comes too where a stream asks for both tracks: it is ours
    if (own(media, "track") === "outbound") return NOTED;
    const payload = own(media, "payload");
    if (typeof payload !== "string") return malformed('A "media" message has no "media.payload".');
    return this.#decoder.readPayload(payload) ?? MEDIA;
  }
}

function readStart(message: JsonObject): ClientMessage {
  const start = ownObject(message, "start");
  const id = readSessionId(own(start, "streamSid") ?? own(message, "streamSid"));
  if (!("id" in id)) return id;
  const custom = own(start, "customParameters");
  const facts = CALL_FACTS.map((name) => [name, own(start, name)] as const);
  const params = readParameters([
    ...Object.entries(isJsonObject(custom) ? custom : {}),
    // after the custom ones: nobody gives a call another's name
    ...facts.filter(([, value]) => typeof value === "string"),
    ["streamSid", id.id],
  ]);
  if ("kind" in params) return params;
  return { kind: "start", id: id.id, params: params.parameters, format: own(start, "mediaFormat") };
}

function readMark(message: JsonObject): ClientMessage {
  const name = own(ownObject(message, "mark"), "name");
  return typeof name === "string"
    ? { kind: "mark", name }
    : malformed('A "mark" message has no "mark.name".');
}

function readDtmf(message: JsonObject): ClientMessage {
  const digit = own(ownObject(message, "dtmf"), "digit");
  return typeof digit === "string" && /^[0-9*#A-D]$/.test(digit)
    ? { kind: "dtmf", digit }
    : malformed('A "dtmf" message has no "dtmf.digit" of 0 to 9, *, #, A to D.');
}

function isTelephone(format: unknown): boolean {
  if (!isJsonObject(format)) return false;
  const { encoding, sampleRate, channels } = format;
  // numbers may come as strings, as all of Twilio's counters do
  return (
    encoding === "audio/x-mulaw" && Number(sampleRate) === TWILIO_SAMPLE_RATE && Number(channels ?? 1) === 1
  );
}

function malformed(message: string): Fault {
  return fault("ERR_MESSAGE", CLOSE_CODES.badPayload, message, "Send what Twilio's documentation describes.");
}

const BINARY = fault(
  "ERR_MESSAGE",
  CLOSE_CODES.wrongKind,
  "A binary message came on a telephone call, which speaks JSON text.",
  "Send text messages; media is Base64 inside JSON.",
);

const NOT_TELEPHONE = fault(
  "ERR_FORMAT_UNSUPPORTED",
  CLOSE_CODES.wrongKind,
  "The call's mediaFormat is not audio/x-mulaw, 8000 Hz, 1 channel.",
  "Send mu-law at 8000 Hz, mono.",
);
