/** G.711 mu-law and A-law (ITU-T Recommendation G.711, 1988) over the kernels. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { expectBytes, expectInt16, expectRoom } from "./arguments.ts";
import { CopyOut, type Engine, SCRATCH_SAMPLES } from "./engine.ts";
import { LAW_ALAW, LAW_MULAW } from "./kernels.ts";

/**
 * How an encoder treats the samples on which implementations differ, by one quantisation step at most:
 * `"g191"` as the ITU-T G.191 reference (and WebRTC and Asterisk), `"audioop"` as Python's audioop (and so FastRTC),
 * `"sun"` as the Sun code that spandsp and the npm packages descend from. Decoders all agree.
 */
export type G711Convention = "g191" | "audioop" | "sun";

/** Options of the encoders. */
export interface G711Options {
  /** Default `"g191"`. */
  convention?: G711Convention;
}

/** One of the two laws. Stateless: any number of streams may share it. No latency. */
export class G711 {
  readonly #engine: Engine;
  readonly #law: number;
  readonly #defaultBias: number;
  readonly #bytesOut: CopyOut<Uint8Array>;
  readonly #samplesOut: CopyOut<Int16Array>;

  constructor(engine: Engine, law: number) {
    this.#engine = engine;
    this.#law = law;
    this.#defaultBias = g711Bias(law, undefined);
    this.#bytesOut = new CopyOut(engine.u8, engine.scratchOut);
    this.#samplesOut = new CopyOut(engine.i16, engine.scratchOut);
  }

  /**
   * Encodes samples of 16-bit linear PCM, one byte each.
   * @param pcm any length, any rate (8 kHz on a telephone line)
   * @returns the caller's own array, as long as `pcm`
   * @throws ConfigError `ERR_CONFIG` for anything but an Int16Array, `ERR_UNKNOWN_CONVENTION`
   */
  encode(pcm: Int16Array, options?: G711Options): Uint8Array {
    expectInt16(pcm, "pcm");
    const out = new Uint8Array(pcm.length);
    this.encodeInto(pcm, out, options);
    return out;
  }

  /**
   * As `encode`, into `out`, without allocating. Arrays from `dsp.allocInt16()` and `dsp.allocBytes()` are not copied.
   * @returns the number of bytes written, `pcm.length`
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL`
   */
  encodeInto(pcm: Int16Array, out: Uint8Array, options?: G711Options): number {
    const engine = this.#engine;
    const bias = options === undefined ? this.#defaultBias : g711Bias(this.#law, options?.convention);
    const src = engine.views.int16.get(pcm);
    const dst = engine.views.bytes.get(out);
    if (src === undefined || dst === undefined || out.length < pcm.length) {
      return this.#encodePieces(pcm, out, bias);
    }
    this.#encode(src, dst, pcm.length, bias);
    return pcm.length;
  }

  /**
   * Decodes to 16-bit linear PCM.
   * @returns the caller's own array, as long as `bytes`
   * @throws ConfigError `ERR_CONFIG` for anything but a Uint8Array (a Buffer is one)
   */
  decode(bytes: Uint8Array): Int16Array {
    expectBytes(bytes, "bytes");
    const out = new Int16Array(bytes.length);
    this.decodeInto(bytes, out);
    return out;
  }

  /** As `decode`, into `out`, without allocating; returns the number of samples written. */
  decodeInto(bytes: Uint8Array, out: Int16Array): number {
    const engine = this.#engine;
    const src = engine.views.bytes.get(bytes);
    const dst = engine.views.int16.get(out);
    if (src === undefined || dst === undefined || out.length < bytes.length) {
      return this.#decodePieces(bytes, out);
    }
    this.#decode(src, dst, bytes.length);
    return bytes.length;
  }

  #encodePieces(pcm: Int16Array, out: Uint8Array, bias: number): number {
    expectInt16(pcm, "pcm");
    expectBytes(out, "out");
    const total = pcm.length;
    expectRoom(out.length, total, "bytes");
    const engine = this.#engine;
    const isIn = pcm.buffer === engine.buffer;
    const isOut = out.buffer === engine.buffer;
    for (let at = 0; at < total; ) {
      const n = isIn && isOut ? total : Math.min(SCRATCH_SAMPLES, total - at);
      if (!isIn) engine.i16.set(n === total ? pcm : pcm.subarray(at, at + n), engine.scratchIn >> 1);
      const src = isIn ? pcm.byteOffset + at * 2 : engine.scratchIn;
      this.#encode(src, isOut ? out.byteOffset + at : engine.scratchOut, n, bias);
      if (!isOut) this.#bytesOut.copy(out, at, n);
      at += n;
    }
    return total;
  }

  #decodePieces(bytes: Uint8Array, out: Int16Array): number {
    expectBytes(bytes, "bytes");
    expectInt16(out, "out");
    const total = bytes.length;
    expectRoom(out.length, total, "samples");
    const engine = this.#engine;
    const isIn = bytes.buffer === engine.buffer;
    const isOut = out.buffer === engine.buffer;
    for (let at = 0; at < total; ) {
      const n = isIn && isOut ? total : Math.min(SCRATCH_SAMPLES, total - at);
      if (!isIn) engine.u8.set(n === total ? bytes : bytes.subarray(at, at + n), engine.scratchIn);
      const src = isIn ? bytes.byteOffset + at : engine.scratchIn;
      this.#decode(src, isOut ? out.byteOffset + at * 2 : engine.scratchOut, n);
      if (!isOut) this.#samplesOut.copy(out, at, n);
      at += n;
    }
    return total;
  }

  #encode(src: number, dst: number, n: number, bias: number): void {
    if (this.#law === LAW_MULAW) this.#engine.formats.mulawEncode(src, dst, n, bias);
    else this.#engine.formats.alawEncode(src, dst, n, bias);
  }

  #decode(src: number, dst: number, n: number): void {
    if (this.#law === LAW_MULAW) this.#engine.formats.mulawDecode(src, dst, n);
    else this.#engine.formats.alawDecode(src, dst, n);
  }
}

/** The kernel's constant for a law (`LAW_MULAW` or `LAW_ALAW`) and convention; throws `ERR_UNKNOWN_CONVENTION`. */
export function g711Bias(law: number, convention: G711Convention = "g191"): number {
  switch (convention) {
    case "g191":
      return law === LAW_ALAW ? -1 : 131;
    case "audioop":
      return law === LAW_ALAW ? -1 : 135;
    case "sun":
      return law === LAW_ALAW ? 0 : 132;
    default:
      throw new ConfigError(
        "ERR_UNKNOWN_CONVENTION",
        `convention is ${show(convention)}; expected "g191", "audioop" or "sun".`,
        { hint: 'Leave it out for "g191", the ITU\'s own.' },
      );
  }
}
