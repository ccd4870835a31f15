/** The payloads of binary packets through a codec that keeps state: one reader and one writer a session and direction. */
import type { AudioDecoder, AudioEncoder } from "../../codec/audio/audio-codec.ts";
import { FirstViews } from "../../core/first-views.ts";
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
/** Longer payloads than a codec's usual ones are not copied. */
const HELD_BYTES = 2048;
const NOTHING = new Int16Array(0);
const NO_BYTES = new Uint8Array(0);

/** Packets to samples, in the order in which they come. No allocation for lengths seen before, beside the codec's own. */
export class StreamPacketReader implements PacketSource {
  readonly #decoder: AudioDecoder;
  readonly #maxBytes: number;
  #packet = new Uint8Array(2048);
  #payloads = payloadsOf(this.#packet);
  #pcm: Int16Array;
  #views: FirstViews<Int16Array>;
  #view: Int16Array = NOTHING;
  #isDisposed = false;

  /** @param maxBytes the longest packet that is read */
  constructor(decoder: AudioDecoder, maxBytes: number) {
    this.#decoder = decoder;
    this.#maxBytes = maxBytes;
    this.#pcm = new Int16Array(decoder.maxSamples(2048));
    this.#views = new FirstViews(this.#pcm, VIEWS_KEPT);
  }

  get samples(): Int16Array {
    return this.#view;
  }

  read(packet: Uint8Array): number {
    const bytes = packet.length - PACKET_HEADER_BYTES;
    if (bytes < 0 || packet.length > this.#maxBytes || this.#isDisposed) return -1;
    if (packet.length > this.#packet.length) this.#grow(packet.length);
    this.#packet.set(packet);
    const n = this.#decoder.decodeInto(this.#payloads.first(bytes), this.#pcm);
    if (n < 0) return -1;
    if (this.#view.length !== n) this.#view = this.#views.first(n);
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
    this.#payloads = payloadsOf(this.#packet);
    this.#views = new FirstViews(this.#pcm, VIEWS_KEPT);
    this.#view = NOTHING;
  }
}

function payloadsOf(packet: Uint8Array): FirstViews<Uint8Array> {
  return new FirstViews(packet.subarray(PACKET_HEADER_BYTES), VIEWS_KEPT);
}

/** Packets that are only looked at: their payloads are decoded later, by whoever takes them. No allocation for lengths seen before. */
export class HeldPacketReader implements PacketSource {
  readonly #samplesIn: (payload: Uint8Array) => number;
  readonly #maxSamples: number;
  readonly #views = new FirstViews(new Uint8Array(HELD_BYTES), VIEWS_KEPT);
  #payload: Uint8Array = NO_BYTES;
  #silence: Int16Array = NOTHING;

  /**
   * @param samplesIn says how many samples a payload holds, or -1
   * @param maxSamples the most that one may
   */
  constructor(samplesIn: (payload: Uint8Array) => number, maxSamples: number) {
    this.#samplesIn = samplesIn;
    this.#maxSamples = maxSamples;
  }

  /** As many as the last packet holds; silent. */
  get samples(): Int16Array {
    return this.#silence;
  }

  /** The payload of the last packet read: valid until the next, and as long as the packet. */
  get payload(): Uint8Array {
    return this.#payload;
  }

  read(packet: Uint8Array): number {
    if (packet.length < PACKET_HEADER_BYTES) return -1;
    this.#payload = this.#payloadOf(packet);
    const n = this.#samplesIn(this.#payload);
    if (n < 0 || n > this.#maxSamples) return -1;
    if (this.#silence.length !== n) this.#silence = new Int16Array(n);
    return n;
  }

  dispose(): void {
    this.#payload = NO_BYTES;
    this.#silence = NOTHING;
  }

  /** A copy, whose view is kept: one of the packet itself would be an allocation for each. */
  #payloadOf(packet: Uint8Array): Uint8Array {
    const n = packet.length - PACKET_HEADER_BYTES;
    if (n > HELD_BYTES) return packet.subarray(PACKET_HEADER_BYTES);
    const view = this.#views.first(n);
    for (let i = 0; i < n; i++) view[i] = packet[PACKET_HEADER_BYTES + i]!;
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
