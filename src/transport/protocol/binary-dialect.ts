/**
 * `voxwire.v1`, the binary protocol, as the server speaks it: packets (see `binary-packet.ts`) whose controls are the JSON
 * protocol's messages. A session opens with a control `start`, is answered `started`, and has marks and `clear` always.
 */
import type { StreamCodec } from "../../codec/audio/stream-codec.ts";
import { CodecError } from "../../core/errors.ts";
import {
  BINARY_ROUTE,
  BINARY_SUBPROTOCOL,
  codecName,
  isComfortNoise,
  PACKET_CODECS,
  PACKET_HEADER_BYTES,
  PACKET_TYPES,
  packet,
  packetPayload,
  packetSequence,
  packetText,
  packetTimestamp,
  packetType,
  textPacket,
  writeHeader,
} from "./binary-packet.ts";
import { type ClientMessage, type Fault, fault, MEDIA, type StartMessage } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { agreeOnFormat, longestFrame, sharedFrame, type WireAgreement } from "./fastrtc-format.ts";
import {
  endStreamText,
  errorText,
  limitText,
  logText,
  outputText,
  SEND_INPUT,
  startedText,
  warningText,
} from "./fastrtc-replies.ts";
import { MAX_MARK_LENGTH, readFastrtcMessage } from "./fastrtc-server.ts";
import { isSampleEncoding, type WireDirection, type WireEncoding } from "./fastrtc-shapes.ts";
import { tooLong } from "./long-message.ts";
import type { CodecPool, ServerDialect, ServerProtocol, ServerReply } from "./server-dialect.ts";
import {
  HeldPacketReader,
  type PacketSink,
  type PacketSource,
  StreamPacketReader,
  StreamPacketWriter,
} from "./stream-packets.ts";

const PING: ClientMessage = { kind: "ping" };
const NO_SAMPLES = new Int16Array(0);

export const binaryProtocol: ServerProtocol = {
  name: "binary",
  title: `binary, subprotocol ${BINARY_SUBPROTOCOL}`,
  route: BINARY_ROUTE,
  subprotocol: BINARY_SUBPROTOCOL,
  openDialect: (codecs) => new BinaryDialect(codecs),
};

class BinaryDialect implements ServerDialect {
  readonly isMediaBinary = true;
  readonly bearsFaults = false;
  readonly clearing = "answered";
  sequence = -1;
  timestamp = -1;
  readonly #codecs: CodecPool;
  #encoding: WireEncoding | undefined;
  #reader: PacketSource | undefined;
  /** The reader, where payloads are decoded later. */
  #held: HeldPacketReader | undefined;
  #writer: PacketSink | undefined;
  /** The last audio packet's payload, where it was comfort noise; a frame of silence stands for its samples. */
  #noise: Uint8Array | undefined;
  #silence = NO_SAMPLES;
  /** Codecs of this connection alone. */
  readonly #own: { dispose(): void }[] = [];
  #outputCodec = 0;
  /** What the last ping said, for its pong. */
  #pingSequence = 0;
  #pingTimestamp = 0;

  constructor(codecs: CodecPool) {
    this.#codecs = codecs;
  }

  get samples(): Int16Array {
    return this.#noise === undefined ? (this.#reader?.samples ?? NO_SAMPLES) : this.#silence;
  }

  read(message: Uint8Array, isBinary: boolean): ClientMessage {
    if (!isBinary) return TEXT;
    switch (packetType(message)) {
      case PACKET_TYPES.audio:
        return this.#readAudio(message);
      case PACKET_TYPES.control:
        return this.#readControl(message);
      case PACKET_TYPES.mark:
        return readMark(message);
      case PACKET_TYPES.ping:
        this.#pingSequence = packetSequence(message);
        this.#pingTimestamp = packetTimestamp(message);
        return PING;
      case -1:
        return notAPacket(message);
      default:
        return { kind: "unknown", event: `packet type ${message[1]}` };
    }
  }

  agree({ format }: StartMessage, implied: WireAgreement): WireAgreement | Fault {
    if (format === undefined) return implied;
    const agreed = agreeOnFormat(format, implied, this.#codecs.streamCodecs);
    return "kind" in agreed ? agreed : withComfortNoise(agreed, format);
  }

  get payload(): Uint8Array | undefined {
    return this.#held?.payload ?? this.#noise;
  }

  begin(_start: StartMessage, { input, output }: WireAgreement, takesPayloads = false): void {
    try {
      this.#reader = takesPayloads ? this.#holdPackets(input) : this.#readerOf(input);
      this.#writer = this.#writerOf(output);
      if (input.comfort_noise === true)
        this.#silence = new Int16Array(Math.round((input.sample_rate * input.frame_ms) / 1000));
    } catch (error) {
      this.end();
      throw error;
    }
    this.#encoding = input.encoding;
    this.#outputCodec = PACKET_CODECS[output.encoding];
  }

  write(reply: ServerReply): Uint8Array {
    switch (reply.kind) {
      case "pong":
        return packet(PACKET_TYPES.pong, undefined, this.#pingSequence, this.#pingTimestamp);
      case "clear":
        return packet(PACKET_TYPES.clear);
      case "mark":
      case "mark-back":
        return textPacket(PACKET_TYPES.mark, reply.name);
      case "started":
        return control(startedText(reply.id, reply.agreement, reply.resume));
      case "error":
        return control(errorText(reply.code, reply.message, reply.hint));
      case "log":
        return control(logText(reply.message));
      case "warning":
        return control(warningText(reply.message));
      case "send-input":
        return control(SEND_INPUT);
      case "output":
        return control(outputText(reply.json));
      case "end-stream":
        return control(endStreamText(reply.message));
      case "session-limit":
        return control(limitText(reply.limit, reply.word));
    }
  }

  mediaBytes(samples: number): number {
    return PACKET_HEADER_BYTES + (this.#writer?.payloadBytes(samples) ?? 0);
  }

  encodeMedia(
    samples: Int16Array,
    sequence: number,
    timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number {
    if (this.#writer === undefined) return 0;
    writeHeader(out, offset, PACKET_TYPES.audio, this.#outputCodec, sequence, timestamp);
    return PACKET_HEADER_BYTES + this.#writer.writeInto(samples, out, offset + PACKET_HEADER_BYTES);
  }

  end(): void {
    this.#reader = undefined;
    this.#held = undefined;
    this.#noise = undefined;
    this.#writer = undefined;
    for (const codec of this.#own.splice(0)) codec.dispose();
  }

  #readerOf({ encoding, sample_rate }: WireDirection): PacketSource {
    const codecs = this.#codecs;
    const maxBytes = codecs.maxMessageBytes;
    if (isSampleEncoding(encoding)) {
      return codecs.shared(`binary reader ${encoding}`, () =>
        codecs.dsp.createPacketReader({ encoding, headerBytes: PACKET_HEADER_BYTES, maxBytes }),
      );
    }
    const decoder = this.#codec(encoding).createDecoder(codecs.dsp, sample_rate);
    const reader = new StreamPacketReader(decoder, maxBytes);
    this.#own.push(reader);
    return reader;
  }

  #holdPackets({ encoding, sample_rate }: WireDirection): PacketSource {
    const { samplesIn } = this.#codec(encoding);
    const held = new HeldPacketReader((payload) => samplesIn?.(payload, sample_rate) ?? -1, sample_rate);
    this.#held = held;
    return held;
  }

  #writerOf(direction: WireDirection): PacketSink {
    const codecs = this.#codecs;
    const { encoding, sample_rate } = direction;
    if (isSampleEncoding(encoding)) {
      const maxSamples = sharedFrame(direction);
      return codecs.shared(`binary writer ${encoding} ${maxSamples}`, () =>
        codecs.dsp.createPacketWriter({ encoding, maxSamples }),
      );
    }
    const encoder = this.#codec(encoding).createEncoder(codecs.dsp, sample_rate);
    const writer = new StreamPacketWriter(encoder, longestFrame(direction));
    this.#own.push(writer);
    return writer;
  }

  /** Of `agree`, which has let nothing pass that is not there. */
  #codec(name: WireEncoding): StreamCodec {
    const codec = this.#codecs.streamCodecs.find((known) => known.name === name);
    if (codec === undefined) throw new CodecError("ERR_CODEC_UNKNOWN", `No codec has the name ${name}.`);
    return codec;
  }

  /** Audio comes as packets, and nothing else may. */
  #readControl(message: Uint8Array): ClientMessage {
    const { maxControlBytes } = this.#codecs;
    if (message.length > maxControlBytes) return tooLong(message.length, maxControlBytes);
    const read = readFastrtcMessage(packetPayload(message));
    return read.kind === "payload" ? MEDIA_IN_CONTROL : read;
  }

  #readAudio(message: Uint8Array): ClientMessage {
    const reader = this.#reader;
    // of before the start: nobody will hear it
    if (reader === undefined || this.#encoding === undefined) return MEDIA;
    if (message[2] !== PACKET_CODECS[this.#encoding]) return wrongCodec(message[2]!, this.#encoding);
    this.sequence = packetSequence(message);
    this.timestamp = packetTimestamp(message);
    this.#noise = undefined;
    if (isComfortNoise(message) && this.#silence.length > 0) {
      if (message.length === PACKET_HEADER_BYTES) return badAudio(message, this.#encoding);
      this.#noise = packetPayload(message);
      return MEDIA;
    }
    return reader.read(message) < 0 ? badAudio(message, this.#encoding) : MEDIA;
  }
}

/** Silence may be left out of what the client sends, where it asks to and the codec is G.711; who hears it decides later. */
function withComfortNoise(agreed: WireAgreement, offer: unknown): WireAgreement {
  const { input } = agreed;
  const asked = (offer as { input?: { comfort_noise?: unknown } }).input?.comfort_noise === true;
  if (!asked || (input.encoding !== "mulaw" && input.encoding !== "alaw")) return agreed;
  return { ...agreed, input: { ...input, comfort_noise: true } };
}

function control(text: string): Uint8Array {
  return textPacket(PACKET_TYPES.control, text);
}

function readMark(message: Uint8Array): ClientMessage {
  const name = packetText(message);
  if (name === undefined || name === "" || name.length > MAX_MARK_LENGTH) {
    return bad(
      `A mark packet has no name of 1 to ${MAX_MARK_LENGTH} characters in UTF-8.`,
      "Put the mark's name into the payload.",
    );
  }
  return { kind: "mark", name };
}

function notAPacket(message: Uint8Array): Fault {
  const seen =
    message.length < PACKET_HEADER_BYTES ? `of ${message.length} bytes` : `of version ${message[0]}`;
  return bad(
    `A message ${seen} is no packet of ${BINARY_SUBPROTOCOL}; expected ${PACKET_HEADER_BYTES} bytes of header and version 1.`,
    "Begin every message with the header that docs/binary.md describes.",
  );
}

function wrongCodec(codec: number, agreed: WireEncoding): Fault {
  return fault(
    "ERR_FORMAT_UNSUPPORTED",
    CLOSE_CODES.wrongKind,
    `An audio packet is of codec ${codec} (${codecName(codec)}); this session agreed on ${PACKET_CODECS[agreed]} (${agreed}).`,
    "Send what was agreed on, or ask for another encoding in the format of start.",
  );
}

function badAudio(message: Uint8Array, encoding: WireEncoding): Fault {
  const packet = `An audio packet of ${message.length - PACKET_HEADER_BYTES} bytes`;
  return isSampleEncoding(encoding)
    ? bad(`${packet} holds half a sample.`, "Send two bytes for each sample of pcm16.")
    : bad(`${packet} is not ${encoding}.`, "Send one whole frame of the codec in each packet.");
}

function bad(message: string, hint: string): Fault {
  return fault("ERR_MESSAGE", CLOSE_CODES.badPayload, message, hint);
}

const TEXT = fault(
  "ERR_MESSAGE",
  CLOSE_CODES.wrongKind,
  `A text message came on a route that speaks ${BINARY_SUBPROTOCOL}, which is binary.`,
  "Put JSON into a packet of type 2, control.",
);

const MEDIA_IN_CONTROL = bad(
  'A control packet holds a "media" message.',
  "Send audio as packets of type 1, without Base64.",
);
