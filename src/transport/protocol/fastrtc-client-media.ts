/** Audio inside the client's and the server's media messages: samples to finished message, payload to samples. */
import type { Formats } from "../../dsp/formats.ts";
import type { MessageReader } from "../../dsp/message-reader.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import type { PacketReader } from "../../dsp/packet-reader.ts";
import { PACKET_HEADER_BYTES } from "./binary-packet.ts";
import { MEDIA_PREFIXES, MEDIA_SUFFIX, type WireEncoding } from "./fastrtc-shapes.ts";

/** A second of G.711 at 48 kHz. Some servers send a whole answer as one message: that is read the long way. */
const READER_BYTES = 65_536;

/** A writer of media messages, for frames of at most `maxSamples`. */
export function createMediaWriter(dsp: Formats, encoding: WireEncoding, maxSamples: number): MessageWriter {
  return dsp.createMessageWriter({ encoding, prefix: MEDIA_PREFIXES[0]!, suffix: MEDIA_SUFFIX, maxSamples });
}

/** Reads usual media messages and bare payloads of one encoding. */
export class PayloadReader {
  readonly encoding: WireEncoding;
  readonly #dsp: Formats;
  readonly #reader: MessageReader;
  readonly #packets: PacketReader;
  #view: Int16Array = new Int16Array(0);

  constructor(dsp: Formats, encoding: WireEncoding) {
    this.#dsp = dsp;
    this.encoding = encoding;
    const { messages, packets } = readersOf(dsp, encoding);
    this.#reader = messages;
    this.#packets = packets;
  }

  /** Reads a whole message of the usual shape; false where it is another. No throw. */
  readMessage(message: string | Uint8Array): boolean {
    if (this.#reader.read(message) < 0) return false;
    this.#view = this.#reader.samples;
    return true;
  }

  /** Reads a Base64 payload of any length; false where it is not strict Base64, or half a sample is over. No throw. */
  readPayload(payload: string): boolean {
    if (payload.length > this.#reader.maxBytes) return this.#readLong(payload);
    if (this.#reader.readPayload(payload) < 0) return false;
    this.#view = this.#reader.samples;
    return true;
  }

  /** Reads the payload of a binary packet (see `binary-packet.ts`); false where half a sample is over. No throw. */
  readPacket(packet: Uint8Array): boolean {
    if (packet.length > this.#packets.maxBytes) return this.#readRaw(packet.subarray(PACKET_HEADER_BYTES));
    if (this.#packets.read(packet) < 0) return false;
    this.#view = this.#packets.samples;
    return true;
  }

  /** The samples of the last successful read: a view, valid until anything else is read. */
  get samples(): Int16Array {
    return this.#view;
  }

  #readLong(payload: string): boolean {
    const characters = new TextEncoder().encode(payload);
    const bytes = new Uint8Array((characters.length >> 2) * 3);
    const n = this.#dsp.base64.decodeInto(characters, bytes);
    return n >= 0 && this.#readRaw(bytes.subarray(0, n));
  }

  #readRaw(bytes: Uint8Array): boolean {
    if (this.encoding !== "pcm16") {
      this.#view = this.#dsp[this.encoding].decode(bytes);
      return true;
    }
    if (bytes.length % 2 !== 0) return false;
    this.#view = new Int16Array(bytes.length / 2);
    for (let i = 0; i < this.#view.length; i++) this.#view[i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
    return true;
  }
}

/** The readers of one engine and encoding. */
interface Readers {
  messages: MessageReader;
  packets: PacketReader;
}

const readers = new WeakMap<Formats, Map<WireEncoding, Readers>>();

/** They keep nothing between calls, so all clients of a thread share them. */
function readersOf(dsp: Formats, encoding: WireEncoding): Readers {
  let ofEngine = readers.get(dsp);
  if (ofEngine === undefined) {
    ofEngine = new Map();
    readers.set(dsp, ofEngine);
  }
  let ofEncoding = ofEngine.get(encoding);
  if (ofEncoding === undefined) {
    const shape = { encoding, maxBytes: READER_BYTES };
    const prefixes = MEDIA_PREFIXES;
    const messages = dsp.createMessageReader({ ...shape, prefixes, suffix: MEDIA_SUFFIX });
    try {
      const packets = dsp.createPacketReader({ ...shape, headerBytes: PACKET_HEADER_BYTES });
      ofEncoding = { messages, packets };
    } catch (error) {
      messages.dispose();
      throw error;
    }
    ofEngine.set(encoding, ofEncoding);
  }
  return ofEncoding;
}
