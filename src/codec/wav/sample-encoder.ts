/** Samples to the bytes of a WAV file. No dither: what is rounded is rounded half to even, saturated, NaN to 0. */
import type { SampleArray } from "../../core/types.ts";
import type { Formats } from "../../dsp/formats.ts";

/** Encodings that are written. */
export type WavWriteEncoding = "pcm8" | "pcm16" | "pcm24" | "pcm32" | "float32" | "mulaw" | "alaw";

export const WAV_WRITE_ENCODINGS: readonly WavWriteEncoding[] = [
  "pcm16",
  "pcm24",
  "pcm32",
  "pcm8",
  "float32",
  "mulaw",
  "alaw",
];

/** 1.5 * 2^52: adding and taking it away leaves a double rounded half to even. */
const ROUNDER = 6755399441055744;

/** The bytes of `samples`, the caller's own. int16 reaches 16 bits and G.711 unchanged. */
export function encodeSamples(
  formats: Formats,
  samples: SampleArray,
  encoding: WavWriteEncoding,
): Uint8Array {
  if (encoding === "pcm16") {
    return bytesOf(samples instanceof Int16Array ? samples.slice() : formats.pcm.floatToInt16(samples));
  }
  if (encoding === "mulaw") return formats.mulaw.encode(toInt16(formats, samples));
  if (encoding === "alaw") return formats.alaw.encode(toInt16(formats, samples));
  const floats = samples instanceof Float32Array ? samples : formats.pcm.int16ToFloat(samples);
  if (encoding === "float32") return bytesOf(floats.map((x) => (Number.isNaN(x) ? 0 : x)));
  if (encoding === "pcm8") return Uint8Array.from(floats, (x) => toInteger(x, 128) + 128);
  if (encoding === "pcm32") return bytesOf(Int32Array.from(floats, (x) => toInteger(x, 2 ** 31)));
  return encodePcm24(floats);
}

function toInt16(formats: Formats, samples: SampleArray): Int16Array {
  return samples instanceof Int16Array ? samples : formats.pcm.floatToInt16(samples);
}

function toInteger(x: number, fullScale: number): number {
  if (Number.isNaN(x)) return 0;
  const scaled = x * fullScale;
  if (scaled >= fullScale - 1) return fullScale - 1;
  return scaled <= -fullScale ? -fullScale : scaled + ROUNDER - ROUNDER;
}

function encodePcm24(floats: Float32Array): Uint8Array {
  const bytes = new Uint8Array(floats.length * 3);
  for (let i = 0, at = 0; i < floats.length; i++, at += 3) {
    const integer = toInteger(floats[i]!, 2 ** 23);
    bytes[at] = integer;
    bytes[at + 1] = integer >> 8;
    bytes[at + 2] = integer >> 16;
  }
  return bytes;
}

function bytesOf(array: Int16Array | Int32Array | Float32Array): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
