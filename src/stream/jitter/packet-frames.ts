/**
 * Payloads of a codec that keeps state: they wait as they came, and are decoded in order when their turn comes, so that a
 * packet that is lost is made up for in the decoder as well, and one that is late costs its state nothing.
 */
import type { AudioDecoder } from "../../codec/audio/audio-codec.ts";
import type { Concealer } from "../concealment/concealer.ts";
import type { FrameStore } from "./frame-store.ts";
import type { JitterCounters } from "./jitter-stats.ts";

/** A decoder whose payloads can wait. */
export type PacketDecoder = AudioDecoder & Required<Pick<AudioDecoder, "samplesIn">>;

/** What packets wait with. */
export interface PacketFramesParts {
  decoder: PacketDecoder;
  store: FrameStore;
  concealer: Concealer;
  counters: JitterCounters;
  frameSamples: number;
}

/** No frame of a codec for speech is longer. */
const MOST_PAYLOAD_BYTES = 8192;
/** Missing packets that a decoder is told of: after more its state is of no use anyway. */
const MOST_CAUGHT_UP = 6;
const NOTHING = new Uint8Array(0);

/** One stream's payloads. A payload's memory grows to what has come; beside it and the codec's own nothing is allocated. */
export class PacketFrames {
  readonly #parts: PacketFramesParts;
  readonly #mask: number;
  readonly #payloads: Uint8Array[];
  readonly #views: Uint8Array[];
  readonly #indices: Float64Array;
  /** The index whose samples lie in the store's place. */
  readonly #decoded: Float64Array;
  readonly #scratch: Int16Array;
  readonly #recovered: Int16Array;
  readonly #heard: Int16Array;
  /** What the decoder takes to come next; -1 before the first. */
  #expected = -1;
  /** From this index on the sender counts, and encodes, anew. */
  #anewFrom = Number.POSITIVE_INFINITY;

  constructor(parts: PacketFramesParts) {
    const { decoder, store, frameSamples } = parts;
    this.#parts = parts;
    this.#mask = store.capacity - 1;
    this.#payloads = Array.from({ length: store.capacity }, () => NOTHING);
    this.#views = Array.from({ length: store.capacity }, () => NOTHING);
    this.#indices = new Float64Array(store.capacity).fill(-1);
    this.#decoded = new Float64Array(store.capacity).fill(-1);
    this.#scratch = new Int16Array(Math.max(frameSamples, decoder.maxSamples(frameSamples)));
    this.#recovered = new Int16Array(frameSamples);
    this.#heard = new Int16Array(frameSamples + (decoder.beyondSamples ?? 0));
  }

  /** Copies a payload to its place; false where it is not one frame of the codec's. */
  keep(index: number, payload: Uint8Array): boolean {
    const { decoder, frameSamples } = this.#parts;
    const bytes = payload.length;
    if (bytes > MOST_PAYLOAD_BYTES || decoder.samplesIn(payload) !== frameSamples) return false;
    const slot = index & this.#mask;
    if (this.#payloads[slot]!.length < bytes)
      this.#payloads[slot] = new Uint8Array(2 ** Math.ceil(Math.log2(bytes)));
    if (this.#views[slot]!.length !== bytes || this.#views[slot]!.buffer !== this.#payloads[slot]!.buffer)
      this.#views[slot] = this.#payloads[slot]!.subarray(0, bytes);
    this.#views[slot]!.set(payload);
    this.#indices[slot] = index;
    this.#decoded[slot] = -1;
    return true;
  }

  /** The sender counts anew from this index on. */
  beginAnew(index: number): void {
    this.#anewFrom = index;
  }

  /**
   * The samples of a packet that waits.
   * @param isBehindHole whether the frame before it has yet to be made up
   */
  at(index: number, isBehindHole = false): Int16Array {
    const { decoder, store, concealer, counters, frameSamples } = this.#parts;
    const slot = index & this.#mask;
    const frame = store.at(index);
    if (this.#decoded[slot] === index) return frame;
    this.#passTo(index, isBehindHole);
    if (decoder.decodeInto(this.#views[slot]!, this.#scratch) === frameSamples) {
      for (let i = 0; i < frameSamples; i++) frame[i] = this.#scratch[i]!;
    } else {
      counters.packetsMalformed++;
      concealer.continueInto(frame, 0);
    }
    this.#decoded[slot] = index;
    this.#expected = index + 1;
    return frame;
  }

  /** The frame before this packet, which is lost, out of this one; undefined where it does not carry it. */
  recover(index: number): Int16Array | undefined {
    const { decoder, frameSamples } = this.#parts;
    const slot = index & this.#mask;
    if (this.#decoded[slot] === index || decoder.carriesLast?.(this.#views[slot]!) !== true) return undefined;
    this.#passTo(index - 1, false);
    this.#expected = index;
    const n = decoder.recoverInto?.(this.#views[slot]!, this.#recovered) ?? -1;
    return n === frameSamples ? this.#recovered : undefined;
  }

  /** Takes the decoder over what lies between the packet that it had last and this one. */
  #passTo(index: number, isBehindHole: boolean): void {
    const { decoder, concealer, frameSamples } = this.#parts;
    if (index >= this.#anewFrom) {
      this.#anewFrom = Number.POSITIVE_INFINITY;
      decoder.beginAnew?.();
      return;
    }
    if (this.#expected < 0) return;
    let isLost = false;
    for (let i = Math.max(this.#expected, index - MOST_CAUGHT_UP); i < index; i++) {
      // one that came in time for the decoder, though not to be heard
      const hasCome = this.#indices[i & this.#mask] === i;
      isLost = !hasCome;
      if (hasCome) decoder.decodeInto(this.#views[i & this.#mask]!, this.#scratch);
      else this.#passOver(i, index);
    }
    if (!isLost || decoder.followHeard === undefined) return;
    concealer.continueInto(this.#heard, isBehindHole ? 0 : frameSamples);
    decoder.followHeard(this.#heard);
  }

  #passOver(lost: number, index: number): void {
    const { decoder } = this.#parts;
    const next = this.#views[index & this.#mask]!;
    const isCarried =
      lost === index - 1 &&
      this.#indices[index & this.#mask] === index &&
      decoder.carriesLast?.(next) === true;
    if (isCarried) decoder.recoverInto?.(next, this.#recovered);
    else decoder.concealInto?.(this.#recovered);
  }
}
