/** Whole WAV files at once, where they fit into memory. */
import type { SampleArray } from "../../core/types.ts";
import type { Formats } from "../../dsp/formats.ts";
import type { FileWarning, WavFormat } from "./format.ts";
import { WavReader } from "./reader.ts";
import { WavWriter, type WavWriterOptions } from "./writer.ts";

/** A decoded WAV file. */
export interface DecodedWav {
  /** Interleaved. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly format: WavFormat;
  readonly warnings: readonly FileWarning[];
}

/**
 * Decodes the bytes of a WAV file to float32.
 * @throws CodecError `ERR_FILE_FORMAT`
 */
export function decodeWav(formats: Formats, bytes: Uint8Array): DecodedWav {
  const reader = new WavReader(formats, { totalBytes: bytes.length });
  const samples = reader.push(bytes);
  reader.end();
  const format = reader.format!;
  const { sampleRate, channels } = format;
  return { samples, sampleRate, channels, format, warnings: reader.warnings };
}

/**
 * Encodes samples to the bytes of a WAV file, with the classic short header.
 * @param samples interleaved, of either type
 * @throws ConfigError `ERR_CONFIG`, CodecError `ERR_TOO_BIG` beyond 4 GiB
 */
export function encodeWav(
  formats: Formats,
  samples: SampleArray,
  options: Omit<WavWriterOptions, "rf64">,
): Uint8Array {
  const writer = new WavWriter(formats, { ...options, rf64: "never" });
  const body = writer.encode(samples);
  const tail = writer.tail();
  const out = new Uint8Array(writer.headerBytes + body.length + tail.length);
  out.set(writer.header());
  out.set(body, writer.headerBytes);
  return out;
}
