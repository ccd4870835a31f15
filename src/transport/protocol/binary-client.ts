/**
 * `voxwire.v1`, the binary protocol, client's end (see `binary-packet.ts`). Knows no socket; nothing a server sends makes
 * it throw.
 */
import type { AudioEncoder } from "../../codec/audio/audio-codec.ts";
import type { SilenceSender } from "../../codec/comfort-noise/silence-sender.ts";
import type { ClientDsp } from "../../dsp/client-dsp.ts";
import type { PacketWriter } from "../../dsp/packet-writer.ts";
import {
  BINARY_SUBPROTOCOL,
  COMFORT_NOISE,
  codecName,
  PACKET_CODECS,
  PACKET_HEADER_BYTES,
  PACKET_TYPES,
  packet,
  packetPayload,
  packetSequence,
  packetText,
  packetTimestamp,
  packetType,
  TALK_SPURT,
  textPacket,
  writeHeader,
} from "./binary-packet.ts";
import type { ClientDialect, MediaWriter } from "./client-dialect.ts";
import {
  decodeServerMessage,
  encodeCleared,
  encodeInput,
  encodeStart,
  type ServerMessage,
  STOP_MESSAGE,
} from "./fastrtc-client.ts";
import type { PayloadReader } from "./fastrtc-client-media.ts";
import { isSampleEncoding, sampleEncodingOf, type WireEncoding } from "./fastrtc-shapes.ts";
import { StreamPacketWriter } from "./stream-packets.ts";

const NOTHING = new Uint8Array(0);
const PONG: ServerMessage = { kind: "pong" };
const CLEAR: ServerMessage = { kind: "clear" };
/** What kernels may write past the end of a payload. */
const SLACK_BYTES = 16;

export const BINARY_DIALECT: ClientDialect = {
  isBinary: true,
  subprotocol: BINARY_SUBPROTOCOL,
  mayBeLegacy: false,
  ping: packet(PACKET_TYPES.ping),
  open: (id, format, params, resume) => [
    textPacket(PACKET_TYPES.control, encodeStart(id, format ?? {}, params, resume)),
  ],
  mark: (name) => textPacket(PACKET_TYPES.mark, name),
  cleared: (playedMs, interrupts) => textPacket(PACKET_TYPES.control, encodeCleared(playedMs, interrupts)),
  input: (values) => textPacket(PACKET_TYPES.control, encodeInput(values)),
  stop: () => textPacket(PACKET_TYPES.control, STOP_MESSAGE),
  decode: (message, isBinary, reader) =>
    isBinary && typeof message !== "string"
      ? decodePacket(message, reader)
      : malformed("The server sent a text message; this protocol has binary messages only."),
  createMediaWriter: (dsp, encoding, maxSamples, encoder, silence) =>
    new AudioPacketWriter(dsp, encoding, maxSamples, encoder, silence),
};

/**
 * Reads one packet of a server's.
 * @param reader for the encoding of the server's audio; after `media` its `samples` are the packet's
 */
export function decodePacket(bytes: Uint8Array, reader: PayloadReader): ServerMessage {
  switch (packetType(bytes)) {
    case PACKET_TYPES.audio:
      return decodeAudio(bytes, reader);
    case PACKET_TYPES.control:
      return decodeServerMessage(packetPayload(bytes), reader);
    case PACKET_TYPES.mark: {
      const name = packetText(bytes);
      return name === undefined || name === ""
        ? malformed("A mark packet has no name in UTF-8.")
        : { kind: "mark", name };
    }
    case PACKET_TYPES.clear:
      return CLEAR;
    case PACKET_TYPES.pong:
      return PONG;
    case -1:
      return malformed(`A message of ${bytes.length} bytes is not a packet of ${BINARY_SUBPROTOCOL}.`);
    default:
      return { kind: "unknown", type: `packet type ${bytes[1]}` };
  }
}

function decodeAudio(bytes: Uint8Array, reader: PayloadReader): ServerMessage {
  const codec = bytes[2]!;
  if (codec !== PACKET_CODECS[reader.encoding]) {
    const agreed = `${reader.encoding} was agreed on`;
    return malformed(`An audio packet is of codec ${codec} (${codecName(codec)}); ${agreed}.`);
  }
  if (!reader.readPacket(bytes)) {
    const { encoding } = reader;
    const why = isSampleEncoding(encoding) ? "holds half a sample" : `is not ${encoding}`;
    return malformed(`An audio packet of ${bytes.length} bytes ${why}.`);
  }
  return { kind: "media", sequence: packetSequence(bytes), timestamp: packetTimestamp(bytes) };
}

function malformed(message: string): ServerMessage {
  return { kind: "malformed", code: "ERR_MESSAGE", message };
}

/** Numbers the audio of one direction, from 0. */
class AudioPacketWriter implements MediaWriter {
  readonly #dsp: ClientDsp;
  readonly #writer: PacketWriter | StreamPacketWriter;
  readonly #codec: number;
  readonly #bytes: Uint8Array;
  #view: Uint8Array;
  readonly #silence: SilenceSender | undefined;
  #sequence = 0;
  #timestamp = 0;
  #isDisposed = false;

  constructor(
    dsp: ClientDsp,
    encoding: WireEncoding,
    maxSamples: number,
    encoder: AudioEncoder | undefined,
    silence: SilenceSender | undefined,
  ) {
    this.#dsp = dsp;
    this.#silence = silence;
    this.#writer =
      encoder === undefined
        ? dsp.createPacketWriter({ encoding: sampleEncodingOf({ encoding }), maxSamples })
        : new StreamPacketWriter(encoder, maxSamples);
    this.#codec = PACKET_CODECS[encoding];
    const most = PACKET_HEADER_BYTES + this.#writer.payloadBytes(maxSamples);
    try {
      this.#bytes = dsp.allocBytes(most + SLACK_BYTES);
    } catch (error) {
      this.#writer.dispose();
      throw error;
    }
    this.#view = this.#bytes.subarray(0, most);
  }

  messageBytes(samples: number): number {
    return PACKET_HEADER_BYTES + this.#writer.payloadBytes(samples);
  }

  write(samples: Int16Array): Uint8Array {
    const silence = this.#silence;
    const wasInSilence = silence?.isInSilence === true;
    const fate = silence?.judge(samples) ?? "speech";
    if (fate === "nothing") {
      this.#timestamp += samples.length;
      return NOTHING;
    }
    const flags = fate === "noise" ? COMFORT_NOISE : wasInSilence ? TALK_SPURT : 0;
    writeHeader(this.#bytes, 0, PACKET_TYPES.audio, this.#codec, this.#sequence, this.#timestamp, flags);
    const bytes = PACKET_HEADER_BYTES + this.#writePayload(samples, fate === "noise");
    this.#sequence++;
    this.#timestamp += samples.length;
    if (this.#view.length !== bytes) this.#view = this.#bytes.subarray(0, bytes);
    return this.#view;
  }

  #writePayload(samples: Int16Array, isNoise: boolean): number {
    if (!isNoise) return this.#writer.writeInto(samples, this.#bytes, PACKET_HEADER_BYTES);
    const payload = this.#silence!.payload;
    for (let i = 0; i < payload.length; i++) this.#bytes[PACKET_HEADER_BYTES + i] = payload[i]!;
    return payload.length;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#writer.dispose();
    this.#dsp.free(this.#bytes);
  }
}
