/** Audio inside the client's and the server's media messages: samples to finished message, payload to samples. */
import type { AudioDecoder } from "../../codec/audio/audio-codec.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { MessageReader } from "../../dsp/message-reader.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import type { PacketReader } from "../../dsp/packet-reader.ts";
import { PACKET_HEADER_BYTES } from "./binary-packet.ts";
import {
  isSampleEncoding,
  MEDIA_PREFIXES,
  MEDIA_SUFFIX,
  type SampleEncoding,
  sampleEncodingOf,
  type WireEncoding,
} from "./fastrtc-shapes.ts";
import { HeldPacketReader, StreamPacketReader } from "./stream-packets.ts";

/** A second of G.711 at 48 kHz. Some servers send a whole answer as one message: that is read the long way. */
const READER_BYTES = 65_536;

/** A writer of media messages, for frames of at most `maxSamples`. */
export function createMediaWriter(dsp: Dsp, encoding: WireEncoding, maxSamples: number): MessageWriter {
  return dsp.createMessageWriter({
    encoding: sampleEncodingOf({ encoding }),
    prefix: MEDIA_PREFIXES[0]!,
    suffix: MEDIA_SUFFIX,
    maxSamples,
  });
}

/** Reads usual media messages and bare payloads of one encoding; of one that keeps state, binary packets alone. */
export class PayloadReader {
  readonly encoding: WireEncoding;
  readonly #dsp: Dsp;
  readonly #reader: MessageReader | undefined;
  readonly #packets: PacketReader | undefined;
  readonly #stream: StreamPacketReader | HeldPacketReader | undefined;
  #view: Int16Array = new Int16Array(0);

  /**
   * @param decoder of an encoding that keeps state; `dispose` gives it back. Without it every packet of such is bad. Or what
   * says how many samples a payload holds: it is then decoded later, by whoever takes `payload`.
   */
  constructor(dsp: Dsp, encoding: WireEncoding, decoder?: AudioDecoder | ((payload: Uint8Array) => number)) {
    this.#dsp = dsp;
    this.encoding = encoding;
    if (isSampleEncoding(encoding)) {
      const { messages, packets } = readersOf(dsp, encoding);
      this.#reader = messages;
      this.#packets = packets;
    } else if (typeof decoder === "function") {
      this.#stream = new HeldPacketReader(decoder, READER_BYTES);
    } else if (decoder !== undefined) {
      this.#stream = new StreamPacketReader(decoder, READER_BYTES);
    }
  }

  /** Reads a whole message of the usual shape; false where it is another. No throw. */
  readMessage(message: string | Uint8Array): boolean {
    const reader = this.#reader;
    if (reader === undefined || reader.read(message) < 0) return false;
    this.#view = reader.samples;
    return true;
  }

  /** Reads a Base64 payload of any length; false where it is not strict Base64, or half a sample is over. No throw. */
  readPayload(payload: string): boolean {
    const reader = this.#reader;
    if (reader === undefined) return false;
    if (payload.length > reader.maxBytes) return this.#readLong(payload);
    if (reader.readPayload(payload) < 0) return false;
    this.#view = reader.samples;
    return true;
  }

  /**
   * Reads the payload of a binary packet (see `binary-packet.ts`); false where half a sample is over, or the payload is
   * not the codec's. No throw.
   */
  readPacket(packet: Uint8Array): boolean {
    const packets = this.#packets ?? this.#stream;
    if (packets === undefined) return false;
    if (packet.length > READER_BYTES && this.#packets !== undefined)
      return this.#readRaw(packet.subarray(PACKET_HEADER_BYTES));
    if (packets.read(packet) < 0) return false;
    this.#view = packets.samples;
    return true;
  }

  /** Gives a decoder of its own back. What is shared stays. */
  dispose(): void {
    this.#stream?.dispose();
  }

  /** The samples of the last successful read: a view, valid until anything else is read. */
  get samples(): Int16Array {
    return this.#view;
  }

  /** The last packet's payload, where it is decoded later: valid until the next. */
  get payload(): Uint8Array | undefined {
    return this.#stream instanceof HeldPacketReader ? this.#stream.payload : undefined;
  }

  #readLong(payload: string): boolean {
    const characters = new TextEncoder().encode(payload);
    const bytes = new Uint8Array((characters.length >> 2) * 3);
    const n = this.#dsp.base64.decodeInto(characters, bytes);
    return n >= 0 && this.#readRaw(bytes.subarray(0, n));
  }

  #readRaw(bytes: Uint8Array): boolean {
    const { encoding } = this;
    if (encoding === "mulaw" || encoding === "alaw") {
      this.#view = this.#dsp[encoding].decode(bytes);
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

const readers = new WeakMap<Dsp, Map<SampleEncoding, Readers>>();

/** They keep nothing between calls, so all clients of a thread share them. */
function readersOf(dsp: Dsp, encoding: SampleEncoding): Readers {
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
