/**
 * Vonage's Voice API over WebSocket, as the server speaks it: linear 16-bit samples in binary messages, JSON in text ones.
 * As on any telephone call what cannot be read is counted and otherwise left alone. Source: Vonage's documentation,
 * "WebSockets in the Vonage Voice API".
 */
import type { PacketReader } from "../../dsp/packet-reader.ts";
import type { PacketWriter } from "../../dsp/packet-writer.ts";
import {
  type ClientMessage,
  type Fault,
  fault,
  MEDIA,
  type StartMessage,
  unknownMessage,
} from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import type { WireAgreement } from "./fastrtc-format.ts";
import { MAX_MARK_LENGTH } from "./fastrtc-server.ts";
import { type JsonObject, own, ownObject, parseJsonObject } from "./json-object.ts";
import { tooLong } from "./long-message.ts";
import { readParameters } from "./parameters.ts";
import type { CodecPool, ServerDialect, ServerProtocol, ServerReply } from "./server-dialect.ts";

/** Hz that Vonage can be told to send and take. */
const SAMPLE_RATES: readonly number[] = [8000, 16_000, 24_000];
/** Vonage sends messages of so many ms, and wants no others. */
const FRAME_MS = 20;
const MAX_SAMPLES = 480;

export const vonageProtocol: ServerProtocol = {
  name: "vonage",
  title: "Vonage Voice API",
  route: "/vonage",
  openDialect: (codecs) => new VonageDialect(codecs),
};

class VonageDialect implements ServerDialect {
  readonly isMediaBinary = true;
  readonly bearsFaults = true;
  readonly clearing = "answered";
  readonly sequence = -1;
  readonly timestamp = -1;
  readonly #reader: PacketReader;
  readonly #writer: PacketWriter;
  readonly #maxControlBytes: number;
  #hasBegun = false;

  constructor(codecs: CodecPool) {
    const { dsp, maxControlBytes, maxMessageBytes } = codecs;
    this.#maxControlBytes = maxControlBytes;
    this.#reader = codecs.shared("vonage reader", () =>
      dsp.createPacketReader({ encoding: "pcm16", headerBytes: 0, maxBytes: maxMessageBytes }),
    );
    this.#writer = codecs.shared("vonage writer", () =>
      dsp.createPacketWriter({ encoding: "pcm16", maxSamples: MAX_SAMPLES }),
    );
  }

  get samples(): Int16Array {
    return this.#reader.samples;
  }

  read(message: Uint8Array, isBinary: boolean): ClientMessage {
    if (isBinary) return this.#reader.read(message) < 0 ? HALF_SAMPLE : MEDIA;
    if (message.length > this.#maxControlBytes) return tooLong(message.length, this.#maxControlBytes);
    const parsed = parseJsonObject(message);
    if (!("object" in parsed)) return parsed;
    const { object } = parsed;
    const event = own(object, "event");
    switch (event) {
      case "websocket:connected":
        return readConnected(object);
      case "websocket:notify":
        return readNotify(object);
      case "websocket:cleared":
        // how far it had come nobody says
        return { kind: "cleared", playedMs: undefined };
      case "websocket:dtmf":
        return readDtmf(object);
      default:
        return unknownMessage(event);
    }
  }

  agree({ format }: StartMessage): WireAgreement | Fault {
    const sampleRate = rateOf(format);
    if (sampleRate === undefined) return NOT_L16;
    const direction = { encoding: "pcm16", sample_rate: sampleRate, frame_ms: FRAME_MS } as const;
    return { input: direction, output: direction };
  }

  begin(): void {
    this.#hasBegun = true;
  }

  /** Vonage takes audio, `clear` and `notify`, and nothing else. */
  write(reply: ServerReply): string | undefined {
    switch (reply.kind) {
      case "clear":
        return '{"action":"clear"}';
      case "mark":
        return JSON.stringify({ action: "notify", payload: { mark: reply.name } });
      default:
        return undefined;
    }
  }

  mediaBytes(samples: number): number {
    return this.#writer.payloadBytes(samples);
  }

  encodeMedia(samples: Int16Array, _: number, __: number, out: Uint8Array, offset: number): number {
    return this.#hasBegun ? this.#writer.writeInto(samples, out, offset) : 0;
  }
}

/** What the application put into the `headers` of its endpoint stands beside what Vonage says. */
function readConnected(message: JsonObject): ClientMessage {
  const { event: _event, "content-type": contentType, ...headers } = message;
  const params = readParameters(Object.entries(headers).filter(([, value]) => typeof value === "string"));
  if ("kind" in params) return params;
  // null: a start without a content-type is refused in words, and not taken for one that leaves the choice to us
  return { kind: "start", id: undefined, params: params.parameters, format: contentType ?? null };
}

function readNotify(message: JsonObject): ClientMessage {
  const name = own(ownObject(message, "payload"), "mark");
  return typeof name === "string" && name.length <= MAX_MARK_LENGTH
    ? { kind: "mark", name }
    : malformed('A "websocket:notify" has no "payload.mark" of ours.');
}

function readDtmf(message: JsonObject): ClientMessage {
  const digit = own(message, "digit");
  return typeof digit === "string" && /^[0-9*#A-D]$/.test(digit)
    ? { kind: "dtmf", digit }
    : malformed('A "websocket:dtmf" has no "digit" of 0 to 9, *, #, A to D.');
}

/** Of `audio/l16;rate=16000`. */
function rateOf(contentType: unknown): number | undefined {
  if (typeof contentType !== "string" || contentType.length > 64) return undefined;
  const rate = Number(/^audio\/l16;\s*rate=(\d+)$/i.exec(contentType)?.[1]);
  return SAMPLE_RATES.includes(rate) ? rate : undefined;
}

function malformed(message: string): Fault {
  return fault("ERR_MESSAGE", CLOSE_CODES.badPayload, message, "Send what Vonage's documentation describes.");
}

const HALF_SAMPLE = malformed("An audio message holds half a sample.");

const NOT_L16 = fault(
  "ERR_FORMAT_UNSUPPORTED",
  CLOSE_CODES.wrongKind,
  `The call's content-type is not audio/l16 with a rate of ${SAMPLE_RATES.join(", ")}.`,
  'Set "content-type":"audio/l16;rate=16000" in the endpoint.',
);
