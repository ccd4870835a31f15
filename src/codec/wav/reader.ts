/** Reads WAV from bytes in pieces of any length, in constant memory. No latency but for a sample frame cut in two. */
import { checkOneOf } from "../../core/check.ts";
import { CodecError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import type { SampleArray, SampleFormat } from "../../core/types.ts";
import type { Formats } from "../../dsp/formats.ts";
import type { FileWarning, WavEncoding, WavFormat } from "./format.ts";
import { WavHeaderParser } from "./header-parser.ts";
import { SampleDecoder } from "./sample-decoder.ts";

/** Options of `WavReader`. */
export interface WavReaderOptions {
  /**
   * Default `"float32"`: integers divided by 2^(bits-1). `"int16"` loses nothing of 8 and 16 bits and G.711, and rounds
   * and saturates what is longer.
   */
  sampleFormat?: SampleFormat;
  /** Length of the whole file where it is known: makes `durationSamples` right for truncated and streamed files. */
  totalBytes?: number;
}

const READER_OPTIONS: NamesOf<WavReaderOptions> = { sampleFormat: 1, totalBytes: 1 };

const LOSSLESS_AS_INT16: ReadonlySet<WavEncoding> = new Set(["pcm8", "pcm16", "mulaw", "alaw"]);

/** A WAV file on its way from bytes to samples. */
export class WavReader<S extends SampleArray = Float32Array> {
  readonly #formats: Formats;
  readonly #lends: boolean;
  #isFloat: boolean;
  readonly #totalBytes: number | undefined;
  readonly #header = new WavHeaderParser();
  readonly #warnings: FileWarning[] = this.#header.warnings;
  #decoder: SampleDecoder | undefined;
  #partial = new Uint8Array(0);
  #partialBytes = 0;
  #dataBytesSeen = 0;
  #hasEnded = false;

  /**
   * @param lends for what reads a file through: what int16 holds without loss comes as int16, of 16 bits in the bytes' own
   * memory where it can; everything else as the options say
   */
  constructor(formats: Formats, options: WavReaderOptions = {}, lends = false) {
    this.#formats = formats;
    this.#lends = lends;
    expectOptions("WavReader", options, READER_OPTIONS);
    const sampleFormat = checkOneOf("sampleFormat", options.sampleFormat ?? "float32", ["float32", "int16"]);
    this.#isFloat = sampleFormat === "float32";
    this.#totalBytes = options.totalBytes;
  }

  /** What the file holds; undefined until its header has passed. */
  get format(): WavFormat | undefined {
    return this.#header.isDone ? this.#header.format : undefined;
  }

  /** Samples per channel in the file, where the header (or the file's length) says; undefined before the header. */
  get durationSamples(): number | undefined {
    const { format } = this;
    if (format === undefined) return undefined;
    const present = this.#totalBytes === undefined ? Infinity : this.#totalBytes - this.#header.offset;
    const bytes = Math.min(this.#header.dataBytes ?? Infinity, Math.max(0, present));
    return bytes === Infinity ? undefined : Math.floor(bytes / format.blockBytes);
  }

  /** What is wrong with the file so far, in the order it was seen; complete after `end`. */
  get warnings(): readonly FileWarning[] {
    return this.#warnings;
  }

  /** Float samples that were NaN (read as 0) or infinite (read as full scale). */
  get nonFiniteSamples(): number {
    return this.#decoder?.nonFiniteSamples ?? 0;
  }

  /** Whether all the samples that the header promised have been read; what follows them does not matter. */
  get isComplete(): boolean {
    return this.#header.isDone && this.#dataBytesSeen >= (this.#header.dataBytes ?? Infinity);
  }

  /**
   * Takes the next bytes of the file.
   * @param bytes any length; not kept
   * @returns the samples that they complete, interleaved; the caller's own array, empty while the header passes
   * @throws CodecError `ERR_FILE_FORMAT` where the file is no WAV or holds what cannot be read
   */
  push(bytes: Uint8Array): S {
    if (this.#hasEnded) throw new CodecError("ERR_DISPOSED", "The WAV reader has ended.");
    const headerBytes = this.#header.isDone ? 0 : this.#header.push(bytes);
    const { format } = this;
    if (format === undefined) return this.#empty();
    if (this.#decoder === undefined) {
      if (this.#lends && LOSSLESS_AS_INT16.has(format.encoding)) this.#isFloat = false;
      this.#decoder = new SampleDecoder(this.#formats, format.encoding, this.#lends);
      this.#partial = new Uint8Array(format.blockBytes);
    }
    const left = (this.#header.dataBytes ?? Infinity) - this.#dataBytesSeen;
    const data = bytes.subarray(headerBytes, Math.min(bytes.length, headerBytes + left));
    this.#dataBytesSeen += data.length;
    return this.#decode(data, format.blockBytes);
  }

  /**
   * Says that the file has ended; completes `warnings`.
   * @throws CodecError `ERR_FILE_FORMAT` if it ended before its samples began
   */
  end(): void {
    if (this.#hasEnded) return;
    this.#hasEnded = true;
    const { format } = this;
    if (format === undefined) throw this.#header.endError();
    const promised = this.#header.dataBytes;
    if (promised !== undefined && this.#dataBytesSeen < promised) {
      const missingMs = Math.round(
        ((promised - this.#dataBytesSeen) / format.blockBytes / format.sampleRate) * 1000,
      );
      this.#warn(
        "truncated",
        `The file is truncated: its header says ${promised} bytes of samples from byte ${this.#header.offset} on, ` +
          `${this.#dataBytesSeen} are there (${missingMs} ms missing).`,
      );
    }
    if (this.#partialBytes > 0) {
      this.#warn(
        "partial-frame",
        `The samples end with ${this.#partialBytes} bytes of a frame of ${format.blockBytes}; they were left out.`,
      );
    }
    if (this.nonFiniteSamples > 0) {
      const message = `${this.nonFiniteSamples} samples were not finite: NaN was read as 0, an infinity as full scale.`;
      this.#warn("non-finite", message);
    }
  }

  #decode(data: Uint8Array, blockBytes: number): S {
    let at = 0;
    let head: S | undefined;
    if (this.#partialBytes > 0) {
      at = Math.min(blockBytes - this.#partialBytes, data.length);
      this.#partial.set(data.subarray(0, at), this.#partialBytes);
      this.#partialBytes += at;
      if (this.#partialBytes < blockBytes) return this.#empty();
      this.#partialBytes = 0;
      head = this.#toSamples(this.#partial);
    }
    const end = data.length - ((data.length - at) % blockBytes);
    this.#partial.set(data.subarray(end));
    this.#partialBytes = data.length - end;
    const rest = this.#toSamples(data.subarray(at, end));
    return head === undefined ? rest : this.#join(head, rest);
  }

  #toSamples(bytes: Uint8Array): S {
    const decoder = this.#decoder!;
    return (this.#isFloat ? decoder.toFloat(bytes) : decoder.toInt16(bytes)) as S;
  }

  #join(head: S, rest: S): S {
    if (rest.length === 0) return head;
    const joined = this.#empty(head.length + rest.length);
    joined.set(head);
    joined.set(rest, head.length);
    return joined;
  }

  #empty(length = 0): S {
    return (this.#isFloat ? new Float32Array(length) : new Int16Array(length)) as S;
  }

  #warn(kind: FileWarning["kind"], message: string): void {
    this.#warnings.push({ kind, message });
  }
}
