/** The payloads of binary packets through a codec that keeps state: one reader and one writer a session and direction. */
import type { AudioDecoder, AudioEncoder } from "../../codec/audio/audio-codec.ts";
import { PACKET_HEADER_BYTES } from "./binary-packet.ts";

/** Reads the payloads of audio packets; also what `dsp.createPacketReader` makes. */
export interface PacketSource {
  /** The samples of the last packet read: a view, valid until the next. */
  readonly samples: Int16Array;
  /** The number of samples, or -1 for a payload that is not the codec's. No throw. */
  read(packet: Uint8Array): number;
}

/** Writes the payloads of audio packets; also what `dsp.createPacketWriter` makes. */
export interface PacketSink {
  /** Bytes of the payload that carries a frame of `samples`, at most. */
  payloadBytes(samples: number): number;
  /** Writes at `offset`; returns the number of bytes. */
  writeInto(samples: Int16Array, out: Uint8Array, offset: number): number;
}

/** Views by length: packets of a codec with a variable bit rate have many lengths. */
const VIEWS_KEPT = 512;
const NOTHING = new Int16Array(0);

/** Packets to samples, in the order in which they come. No allocation for lengths seen before, beside the codec's own. */
export class StreamPacketReader implements PacketSource {
  readonly #decoder: AudioDecoder;
  readonly #maxBytes: number;
  #packet = new Uint8Array(2048);
  readonly #payloads = new Map<number, Uint8Array>();
  #pcm: Int16Array;
  readonly #views = new Map<number, Int16Array>();
  #view: Int16Array = NOTHING;
  #isDisposed = false;

  /** @param maxBytes the longest packet that is read */
  constructor(decoder: AudioDecoder, maxBytes: number) {
    this.#decoder = decoder;
    this.#maxBytes = maxBytes;
    this.#pcm = new Int16Array(decoder.maxSamples(2048));
  }

  get samples(): Int16Array {
    return this.#view;
  }

  read(packet: Uint8Array): number {
    const bytes = packet.length - PACKET_HEADER_BYTES;
    if (bytes < 0 || packet.length > this.#maxBytes || this.#isDisposed) return -1;
    if (packet.length > this.#packet.length) this.#grow(packet.length);
    this.#packet.set(packet);
    const n = this.#decoder.decodeInto(this.#payloadOf(bytes), this.#pcm);
    if (n < 0) return -1;
    if (this.#view.length !== n) this.#view = this.#viewOf(n);
    return n;
  }

  /** Gives the codec back; every packet is bad from here on. */
  dispose(): void {
    this.#isDisposed = true;
    this.#decoder.dispose();
    this.#view = NOTHING;
  }

  /** In steps of two, so seldom; by `maxBytes` at most. */
  #grow(bytes: number): void {
    const size = 2 ** Math.ceil(Math.log2(bytes));
    this.#packet = new Uint8Array(size);
    this.#pcm = new Int16Array(this.#decoder.maxSamples(size));
    this.#payloads.clear();
    this.#views.clear();
    this.#view = NOTHING;
  }

  #payloadOf(bytes: number): Uint8Array {
    let view = this.#payloads.get(bytes);
    if (view === undefined) {
      view = this.#packet.subarray(PACKET_HEADER_BYTES, PACKET_HEADER_BYTES + bytes);
      if (this.#payloads.size < VIEWS_KEPT) this.#payloads.set(bytes, view);
    }
    return view;
  }

  #viewOf(samples: number): Int16Array {
    let view = this.#views.get(samples);
    if (view === undefined) {
      view = this.#pcm.subarray(0, samples);
      if (this.#views.size < VIEWS_KEPT) this.#views.set(samples, view);
    }
    return view;
  }
}

/** Samples to payloads. */
export class StreamPacketWriter implements PacketSink {
  readonly #encoder: AudioEncoder;
  readonly #payload: Uint8Array;

  /** @param maxSamples of the longest frame */
  constructor(encoder: AudioEncoder, maxSamples: number) {
    this.#encoder = encoder;
    this.#payload = new Uint8Array(encoder.maxBytes(maxSamples));
  }

  payloadBytes(samples: number): number {
    return this.#encoder.maxBytes(samples);
  }

  writeInto(samples: Int16Array, out: Uint8Array, offset: number): number {
    const payload = this.#payload;
    const bytes = this.#encoder.encodeInto(samples, payload);
    // a view for `set` would be an allocation for each frame
    for (let i = 0; i < bytes; i++) out[offset + i] = payload[i]!;
    return bytes;
  }

  /** Gives the codec back. */
  dispose(): void {
    this.#encoder.dispose();
  }
}
