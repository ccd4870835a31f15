/**
 * Writes the payload of binary packets: G.711 or 16-bit linear PCM, straight into the memory that leaves the process.
 * What stands around it is the protocol's business (`src/transport/protocol`).
 */
import { checkInteger } from "../core/check.ts";
import { CodecError } from "../core/errors.ts";
import { expectInt16, expectRoom } from "./arguments.ts";
import type { Engine } from "./engine.ts";
import { type G711Convention, g711Bias } from "./g711.ts";
import { LAW_ALAW, LAW_PCM16 } from "./kernels.ts";
import { addressOf, disposed, lawOf, type MessageEncoding } from "./message-shape.ts";

/** What a `PacketWriter` is made for. */
export interface PacketWriterOptions {
  encoding: MessageEncoding;
  /** Of the two laws of G.711 only. */
  convention?: G711Convention;
  /** The longest frame, in samples. */
  maxSamples: number;
}

/** Writes outgoing payloads. Keeps nothing between calls. */
export class PacketWriter {
  readonly maxSamples: number;
  readonly #engine: Engine;
  readonly #law: number;
  readonly #bias: number;
  readonly #pcm: number;
  #disposed = false;

  constructor(engine: Engine, options: PacketWriterOptions) {
    this.#engine = engine;
    this.#law = lawOf(options.encoding);
    this.#bias = g711Bias(this.#law, options.convention);
    this.maxSamples = checkInteger("maxSamples", options.maxSamples, 1, 1 << 22);
    this.#pcm = engine.arena.alloc(this.maxSamples * 2);
  }

  /** Bytes of the payload that carries a frame of `samples`. */
  payloadBytes(samples: number): number {
    return this.#law === LAW_PCM16 ? samples * 2 : samples;
  }

  /**
   * One frame -> its payload. No allocation.
   * @param pcm at most `maxSamples`; not copied where it lies in engine memory
   * @param out an array from `dsp.allocBytes()`, with room for 16 bytes more than the payload
   * @param offset where in `out` the payload begins; even for `"pcm16"`
   * @returns the number of bytes written
   * @throws CodecError `ERR_FRAME_TOO_LONG`, `ERR_OUTPUT_TOO_SMALL`, `ERR_DISPOSED`; ConfigError for a foreign `out`
   */
  writeInto(pcm: Int16Array, out: Uint8Array, offset: number): number {
    const engine = this.#engine;
    const dst = addressOf(engine, out) + offset;
    const n = pcm.length;
    if (n > this.maxSamples || this.#disposed) throw this.#refusal(n);
    expectRoom(out.length, offset + this.payloadBytes(n), "bytes");
    if (this.#law === LAW_PCM16) {
      expectInt16(pcm, "pcm");
      engine.i16.set(pcm, dst >> 1);
      return n * 2;
    }
    let src = engine.views.int16.get(pcm);
    if (src === undefined) {
      expectInt16(pcm, "pcm");
      src = this.#pcm;
      engine.i16.set(pcm, src >> 1);
    }
    if (this.#law === LAW_ALAW) engine.formats.alawEncode(src, dst, n, this.#bias);
    else engine.formats.mulawEncode(src, dst, n, this.#bias);
    return n;
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.arena.free(this.#pcm);
  }

  #refusal(samples: number): CodecError {
    if (this.#disposed) return disposed("writer");
    return new CodecError(
      "ERR_FRAME_TOO_LONG",
      `A frame of ${samples} samples; this writer takes at most ${this.maxSamples}.`,
      { hint: "Make the writer with a larger maxSamples, or slice the audio." },
    );
  }
}
