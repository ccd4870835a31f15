/** Bytes of a WAV file to samples. Integers are divided by 2^(bits-1); hosts are little-endian, as WebAssembly is. */
import type { Formats } from "../../dsp/formats.ts";
import type { WavEncoding } from "./format.ts";

/** Decodes whole samples of one encoding. */
export class SampleDecoder {
  readonly #formats: Formats;
  readonly #encoding: WavEncoding;
  readonly #lends: boolean;
  #nonFinite = 0;

  /** @param lends whether int16 may be the bytes' own memory */
  constructor(formats: Formats, encoding: WavEncoding, lends = false) {
    this.#formats = formats;
    this.#encoding = encoding;
    this.#lends = lends;
  }

  /** Float samples that were no numbers or infinite: NaN was read as 0, an infinity as full scale. */
  get nonFiniteSamples(): number {
    return this.#nonFinite;
  }

  /** float32, exact for integers of up to 24 bits, rounded to nearest for longer ones. The caller's own array. */
  toFloat(bytes: Uint8Array): Float32Array {
    switch (this.#encoding) {
      case "pcm8":
        return Float32Array.from(bytes, (byte) => (byte - 128) / 128);
      case "pcm24":
        return decodePcm24(bytes);
      case "pcm32":
        return decodePcm32(bytes);
      case "float32":
        return this.#finite(new Float32Array(copyOf(bytes)));
      case "float64":
        return this.#finite(Float32Array.from(new Float64Array(copyOf(bytes))));
      case "pcm16":
        return this.#formats.pcm.int16ToFloat(int16sOf(bytes));
      default:
        return this.#formats.pcm.int16ToFloat(this.toInt16(bytes));
    }
  }

  /** int16, exact for 8 and 16 bits and G.711; longer samples are rounded and saturated. The caller's own array but where lent. */
  toInt16(bytes: Uint8Array): Int16Array {
    switch (this.#encoding) {
      case "pcm8":
        return Int16Array.from(bytes, (byte) => (byte - 128) << 8);
      case "pcm16":
        return this.#lends ? int16sOf(bytes) : new Int16Array(copyOf(bytes));
      case "mulaw":
        return this.#formats.mulaw.decode(bytes);
      case "alaw":
        return this.#formats.alaw.decode(bytes);
      default:
        return this.#formats.pcm.floatToInt16(this.toFloat(bytes));
    }
  }

  #finite(samples: Float32Array): Float32Array {
    for (let i = 0; i < samples.length; i++) {
      const x = samples[i]!;
      // an infinity minus itself is NaN, and so is NaN
      if (x - x !== 0) {
        this.#nonFinite++;
        samples[i] = x > 0 ? 1 : x < 0 ? -1 : 0;
      }
    }
    return samples;
  }
}

/** The same memory where it is aligned, a copy elsewhere. */
function int16sOf(bytes: Uint8Array): Int16Array {
  if (bytes.byteOffset % 2 !== 0) return new Int16Array(copyOf(bytes));
  return new Int16Array(bytes.buffer, bytes.byteOffset, bytes.length / 2);
}

function decodePcm24(bytes: Uint8Array): Float32Array {
  const samples = new Float32Array(bytes.length / 3);
  for (let i = 0, at = 0; i < samples.length; i++, at += 3) {
    samples[i] = ((bytes[at]! << 8) | (bytes[at + 1]! << 16) | (bytes[at + 2]! << 24)) / 2 ** 31;
  }
  return samples;
}

function decodePcm32(bytes: Uint8Array): Float32Array {
  const integers = new Int32Array(copyOf(bytes));
  const samples = new Float32Array(integers.length);
  for (let i = 0; i < samples.length; i++) samples[i] = integers[i]! / 2 ** 31;
  return samples;
}

/** A copy begins at an aligned address, wherever the bytes began. */
function copyOf(bytes: Uint8Array): ArrayBuffer {
  const copy = new Uint8Array(bytes.length);
  copy.set(bytes);
  return copy.buffer;
}
