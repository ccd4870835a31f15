/**
 * Reads binary packets: a header of the protocol's own, then a payload of G.711 or 16-bit linear PCM. What the header
 * means is the protocol's business (`src/transport/protocol`).
 */
import { checkInteger } from "../core/check.ts";
import type { Engine } from "./engine.ts";
import { LAW_ALAW, LAW_PCM16 } from "./kernels.ts";
import { disposed, lawOf, type MessageEncoding, partsOf, VIEWS_KEPT } from "./message-shape.ts";

/** What a `PacketReader` is made for. */
export interface PacketReaderOptions {
  encoding: MessageEncoding;
  /** Bytes before the payload, an even number. */
  headerBytes: number;
  /** The longest packet, in bytes. */
  maxBytes: number;
}

/** Reads incoming packets. One serves any number of streams: it keeps nothing between calls. */
export class PacketReader {
  readonly headerBytes: number;
  readonly maxBytes: number;
  readonly #engine: Engine;
  readonly #law: number;
  readonly #slot: number;
  readonly #packet: number;
  readonly #pcm: number;
  readonly #views = new Map<number, Int16Array>();
  #view: Int16Array;
  #disposed = false;

  constructor(engine: Engine, options: PacketReaderOptions) {
    this.#engine = engine;
    this.#law = lawOf(options.encoding);
    this.maxBytes = checkInteger("maxBytes", options.maxBytes, 1, 1 << 24);
    // samples of PCM16 are used where they lie, and those are at even addresses
    this.headerBytes = checkInteger("headerBytes / 2", options.headerBytes / 2, 0, 512) * 2;
    const [packet, pcm] = partsOf([this.maxBytes, this.#law === LAW_PCM16 ? 0 : this.maxBytes * 2]);
    this.#slot = engine.arena.alloc(pcm!.end);
    this.#packet = this.#slot + packet!.start;
    this.#pcm = this.#law === LAW_PCM16 ? this.#packet + this.headerBytes : this.#slot + pcm!.start;
    this.#view = engine.i16.subarray(this.#pcm >> 1, this.#pcm >> 1);
  }

  /**
   * Reads one packet's payload into `samples`. No throw for anything that a peer can send; no allocation for lengths
   * seen before.
   * @returns the number of samples, or -1 where the packet is shorter than its header, too long, or half a sample is over
   * @throws CodecError `ERR_DISPOSED`
   */
  read(packet: Uint8Array): number {
    if (this.#disposed) throw disposed("reader");
    const bytes = packet.length - this.headerBytes;
    if (bytes < 0 || packet.length > this.maxBytes) return -1;
    const engine = this.#engine;
    let n = bytes;
    if (this.#law === LAW_PCM16) {
      if ((bytes & 1) !== 0) return -1;
      n = bytes >> 1;
    }
    engine.u8.set(packet, this.#packet);
    if (this.#law === LAW_ALAW) engine.formats.alawDecode(this.#packet + this.headerBytes, this.#pcm, n);
    else if (this.#law !== LAW_PCM16)
      engine.formats.mulawDecode(this.#packet + this.headerBytes, this.#pcm, n);
    if (this.#view.length !== n) this.#view = this.#viewOf(n);
    return n;
  }

  /** The samples of the last packet read: a view into engine memory, valid until the next `read`. */
  get samples(): Int16Array {
    return this.#view;
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.arena.free(this.#slot);
    this.#view = new Int16Array(0);
  }

  #viewOf(n: number): Int16Array {
    let view = this.#views.get(n);
    if (view === undefined) {
      view = this.#engine.i16.subarray(this.#pcm >> 1, (this.#pcm >> 1) + n);
      if (this.#views.size < VIEWS_KEPT) {
        this.#views.set(n, view);
        this.#engine.views.int16.set(view, this.#pcm);
      }
    }
    return view;
  }
}
