/** Audio inside the client's and the server's media messages: samples to finished message, payload to samples. */
import type { AudioDecoder } from "../../codec/audio/audio-codec.ts";
import type { ClientDsp } from "../../dsp/client-dsp.ts";
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
import { HeldPacketReader, type PacketSource, StreamPacketReader } from "./stream-packets.ts";

/** A second of G.711 at 48 kHz. Some servers send a whole answer as one message: that is read the long way. */
const READER_BYTES = 65_536;
/** What so many characters of Base64 hold, without padding. */
const WHOLE_PIECE_BYTES = (READER_BYTES / 4) * 3;

/** A writer of media messages, for frames of at most `maxSamples`. */
export function createMediaWriter(dsp: ClientDsp, encoding: WireEncoding, maxSamples: number): MessageWriter {
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
  readonly #sampleBytes: number;
  readonly #reader: MessageReader | undefined;
  readonly #packets: PacketReader | undefined;
  readonly #stream: StreamPacketReader | HeldPacketReader | undefined;
  #view: Int16Array = new Int16Array(0);

  /**
   * @param decoder of an encoding that keeps state; `dispose` gives it back. Without it every packet of such is bad. Or what
   * says how many samples a payload holds: it is then decoded later, by whoever takes `payload`.
   */
  constructor(
    dsp: ClientDsp,
    encoding: WireEncoding,
    decoder?: AudioDecoder | ((payload: Uint8Array) => number),
  ) {
    this.#sampleBytes = encoding === "pcm16" ? 2 : 1;
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
    if (payload.length > READER_BYTES) return this.#readLong(payload);
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
    if (packet.length > READER_BYTES && this.#packets !== undefined) return this.#readLongPacket(packet);
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
    const reader = this.#reader!;
    const { length } = payload;
    return this.#readPieces(reader, length, READER_BYTES, (from, to) => {
      const n = reader.readPayload(payload.slice(from, to));
      // padding ends a payload: a piece before the last has none
      return to < length && n !== WHOLE_PIECE_BYTES / this.#sampleBytes ? -1 : n;
    });
  }

  #readLongPacket(packet: Uint8Array): boolean {
    const packets = this.#packets!;
    const most = READER_BYTES - PACKET_HEADER_BYTES;
    // what lies before a piece stands for its header
    return this.#readPieces(packets, packet.length - PACKET_HEADER_BYTES, most, (from, to) =>
      packets.read(packet.subarray(from, PACKET_HEADER_BYTES + to)),
    );
  }

  /** What `read` makes of `length` bytes or characters, `most` at a time, in one array; it returns the number of samples, or -1. */
  #readPieces(
    reader: Pick<PacketSource, "samples">,
    length: number,
    most: number,
    read: (from: number, to: number) => number,
  ): boolean {
    const samples = new Int16Array(Math.ceil(length / this.#sampleBytes));
    let count = 0;
    for (let from = 0; from < length; from += most) {
      const n = read(from, Math.min(length, from + most));
      if (n < 0) return false;
      samples.set(reader.samples, count);
      count += n;
    }
    this.#view = samples.subarray(0, count);
    return true;
  }
}

/** The readers of one engine and encoding. */
interface Readers {
  messages: MessageReader;
  packets: PacketReader;
}

const readers = new WeakMap<ClientDsp, Map<SampleEncoding, Readers>>();

/** They keep nothing between calls, so all clients of a thread share them. */
function readersOf(dsp: ClientDsp, encoding: SampleEncoding): Readers {
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
