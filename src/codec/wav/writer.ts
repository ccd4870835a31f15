/** Writes WAV in pieces: bytes out, whoever calls puts them into a file. */
import { checkInteger, checkOneOf } from "../../core/check.ts";
import { CodecError, ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import type { SampleArray } from "../../core/types.ts";
import type { Formats } from "../../dsp/formats.ts";
import { MAX_WAV_CHANNELS, MAX_WAV_RATE, MIN_WAV_RATE, SAMPLE_BYTES, SIZE_UNKNOWN } from "./format.ts";
import { buildHeader, type HeaderLayout, headerBytes } from "./header-builder.ts";
import { encodeSamples, WAV_WRITE_ENCODINGS, type WavWriteEncoding } from "./sample-encoder.ts";

/** What a WAV file shall hold. */
export interface WavWriterOptions {
  /** Hz. */
  sampleRate: number;
  /** Interleaved channels, 1 to 64. Default 1. */
  channels?: number;
  /** Default `"pcm16"`. */
  encoding?: WavWriteEncoding;
  /**
   * `"auto"` (default) keeps 36 bytes free in the header, so that a file beyond 4 GiB becomes RF64. `"never"` writes the
   * classic header (44 bytes for PCM of up to 16 bits), and such a file fails with `ERR_TOO_BIG`.
   */
  rf64?: "auto" | "never";
}

const WRITER_OPTIONS: NamesOf<WavWriterOptions> = { sampleRate: 1, channels: 1, encoding: 1, rf64: 1 };

/**
 * A WAV file on its way from samples to bytes: first `header()`, then what `encode()` returns each time, then `tail()`;
 * at the end `header()` again, which then has the sizes, over the first one if the output can be gone back in.
 */
export class WavWriter {
  readonly encoding: WavWriteEncoding;
  readonly sampleRate: number;
  readonly channels: number;
  readonly #formats: Formats;
  readonly #layout: HeaderLayout;
  #dataBytes = 0;
  #hasEnded = false;

  /** @throws ConfigError `ERR_CONFIG` for options out of range */
  constructor(formats: Formats, given: WavWriterOptions) {
    const options = expectOptions("WavWriter", given, WRITER_OPTIONS);
    this.#formats = formats;
    this.sampleRate = checkInteger("sampleRate", options.sampleRate, MIN_WAV_RATE, MAX_WAV_RATE);
    this.channels = checkInteger("channels", options.channels ?? 1, 1, MAX_WAV_CHANNELS);
    this.encoding = checkOneOf("encoding", options.encoding ?? "pcm16", WAV_WRITE_ENCODINGS);
    const rf64 = checkOneOf("rf64", options.rf64 ?? "auto", ["auto", "never"]);
    this.#layout = {
      sampleRate: this.sampleRate,
      channels: this.channels,
      encoding: this.encoding,
      hasRoomForRf64: rf64 === "auto",
    };
  }

  /** Bytes of a header of this file: always the same. */
  get headerBytes(): number {
    return headerBytes(this.#layout);
  }

  /** Samples per channel so far. */
  get durationSamples(): number {
    return this.#dataBytes / this.#blockBytes;
  }

  /**
   * The header: before `tail()` with the sizes of a streaming writer (0xFFFFFFFF, "to the end of the file"), which this
   * package, ffmpeg and most players read; after it with the right ones.
   */
  header(): Uint8Array {
    return buildHeader(this.#layout, this.#hasEnded ? this.#dataBytes : undefined);
  }

  /**
   * The bytes of more samples; the caller's own.
   * @param samples interleaved, a whole number of sample frames, of either type each time
   * @throws ConfigError `ERR_CONFIG` for a length that does not divide into the channels
   * @throws CodecError `ERR_TOO_BIG` beyond 4 GiB with `rf64: "never"`
   */
  encode(samples: SampleArray): Uint8Array {
    if (this.#hasEnded) throw new CodecError("ERR_DISPOSED", "The WAV writer has ended.");
    if (!(samples instanceof Float32Array) && !(samples instanceof Int16Array)) {
      throw new ConfigError("ERR_CONFIG", "samples is neither a Float32Array nor an Int16Array.");
    }
    if (samples.length % this.channels !== 0) {
      throw new ConfigError(
        "ERR_CONFIG",
        `${samples.length} samples do not divide into ${this.channels} channels.`,
        { hint: "Write whole sample frames: one sample for each channel." },
      );
    }
    this.#count(samples.length * SAMPLE_BYTES[this.encoding]);
    return encodeSamples(this.#formats, samples, this.encoding);
  }

  /** Ends the file: the pad byte after an odd number of bytes, or nothing. */
  tail(): Uint8Array {
    this.#hasEnded = true;
    return new Uint8Array(this.#dataBytes % 2);
  }

  get #blockBytes(): number {
    return SAMPLE_BYTES[this.encoding] * this.channels;
  }

  #count(bytes: number): void {
    const total = this.#dataBytes + bytes;
    if (!this.#layout.hasRoomForRf64 && total + this.headerBytes >= SIZE_UNKNOWN) {
      throw new CodecError("ERR_TOO_BIG", `The WAV file would hold ${total} bytes; its sizes end at 4 GiB.`, {
        hint: 'Leave out rf64: "never", so that it becomes RF64.',
      });
    }
    this.#dataBytes = total;
  }
}
