/** WAV files by our own reader, in constant memory. */
import { describeWavFormat, type FileWarning } from "../codec/wav/format.ts";
import { WavReader } from "../codec/wav/reader.ts";
import { CodecError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import { loadDsp } from "../dsp/dsp.ts";
import { type AudioBlock, type AudioSource, takeOnce } from "./audio-source.ts";
import type { FileBytes } from "./file-bytes.ts";

/** Read at once of long files; of others less, so that there is progress to see. */
const PIECE_BYTES = 256 * 1024;
const SHORT_PIECE_BYTES = 64 * 1024;
const LONG_BYTES = 4 * 1024 * 1024;

/**
 * Reads up to where the samples begin.
 * @param head bytes that have been read from `file` already
 * @param isLent whether it is to be walked through by `lent`
 * @throws CodecError `ERR_FILE_FORMAT`
 */
export async function openWav(file: FileBytes, head: Uint8Array, isLent = false): Promise<AudioSource> {
  const options = file.totalBytes === undefined ? {} : { totalBytes: file.totalBytes };
  const reader = new WavReader<SampleArray>(await loadDsp(), options, isLent);
  try {
    let samples = reader.push(head);
    while (reader.format === undefined) {
      const bytes = await file.read();
      if (bytes.length === 0) reader.end();
      samples = reader.push(bytes);
    }
    return new WavSource(file, reader, samples);
  } catch (cause) {
    if (!(cause instanceof CodecError)) throw cause;
    const { code, hint, message } = cause;
    throw new CodecError(code, `${JSON.stringify(file.path)}: ${message}`, { hint, cause });
  }
}

class WavSource implements AudioSource {
  readonly container = "wav";
  readonly path: string;
  readonly description: string;
  readonly sampleRate: number;
  readonly channels: number;
  readonly durationSamples: number | undefined;
  readonly #file: FileBytes;
  readonly #reader: WavReader<SampleArray>;
  #first: SampleArray | undefined;
  #isDone = false;

  constructor(file: FileBytes, reader: WavReader<SampleArray>, first: SampleArray) {
    const format = reader.format!;
    this.path = file.path;
    this.description = describeWavFormat(format);
    this.sampleRate = format.sampleRate;
    this.channels = format.channels;
    this.durationSamples = reader.durationSamples;
    this.#file = file;
    this.#reader = reader;
    this.#first = first;
  }

  get warnings(): readonly FileWarning[] {
    return this.#reader.warnings;
  }

  get progress(): number {
    return this.#isDone ? 1 : this.#file.progress;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<AudioBlock> {
    let timestamp = 0;
    for await (const samples of this.lent()) {
      // what was not opened to be lent is float32 of its own
      yield { samples: samples as Float32Array, timestamp };
      timestamp += samples.length / this.channels;
    }
  }

  async *lent(): AsyncGenerator<SampleArray> {
    let samples = takeOnce(this.#first, this.path);
    this.#first = undefined;
    // each read is a way to another thread and back; what it brings is decoded before the next
    const isLong = (this.#file.totalBytes ?? 0) > LONG_BYTES;
    const piece = new Uint8Array(isLong ? PIECE_BYTES : SHORT_PIECE_BYTES);
    try {
      for (;;) {
        if (samples.length > 0) yield samples;
        const bytes = this.#reader.isComplete ? new Uint8Array(0) : await this.#file.read(piece);
        if (bytes.length === 0) break;
        samples = this.#reader.push(bytes);
      }
      this.#reader.end();
      this.#isDone = true;
    } finally {
      await this.close();
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }
}
