/** The peer of the resampler: libsamplerate as `@alexanderolsen/libsamplerate-js` has it, streaming. */
import { createRequire } from "node:module";

const library = createRequire(import.meta.url)(
  "@alexanderolsen/libsamplerate-js",
) as typeof import("@alexanderolsen/libsamplerate-js");

/** The converters compared with ours. Its best one is another ten times slower. */
export const CONVERTERS = {
  "libsamplerate fastest": library.ConverterType.SRC_SINC_FASTEST,
  "libsamplerate medium": library.ConverterType.SRC_SINC_MEDIUM_QUALITY,
} as const;

export type ConverterName = keyof typeof CONVERTERS;

/** A stream through it: chunk in, into `out`; returns what it wrote. */
export interface Stream {
  process(chunk: Float32Array, out: Float32Array): Float32Array;
  /** All of a signal at once. */
  whole(samples: Float32Array): Float32Array;
  dispose(): void;
}

/** A mono stream; its WebAssembly is loaded anew for each. */
export async function createStream(
  name: ConverterName,
  inputRate: number,
  outputRate: number,
): Promise<Stream> {
  const converter = await library.create(1, inputRate, outputRate, { converterType: CONVERTERS[name] });
  const written = { frames: 0 };
  return {
    process: (chunk, out) => {
      converter.full(chunk, out, written);
      return out.subarray(0, written.frames);
    },
    whole: (samples) => converter.simple(samples),
    dispose: () => converter.destroy(),
  };
}
