/** Writes WAV files to disk. */
import { type FileHandle, open, rm } from "node:fs/promises";
import { WavWriter, type WavWriterOptions } from "../codec/wav/writer.ts";
import { CodecError, VoxwireError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import { loadDsp } from "../dsp/dsp.ts";
import { fileError } from "./file-bytes.ts";

/**
 * Creates a WAV file, or writes over one.
 *
 * Until `close` its header says "to the end of the file", so that one whose writer was killed is complete up to the last
 * `write`: `openAudioFile` reads it without a warning, and so do ffmpeg and most players.
 * @throws ConfigError `ERR_CONFIG` for options out of range, VoxwireError `ERR_FILE`
 */
export async function createWavFile(path: string, options: WavWriterOptions): Promise<WavFile> {
  const writer = new WavWriter(await loadDsp(), options);
  let handle: FileHandle | undefined;
  try {
    handle = await open(path, "w");
    const isSeekable = (await handle.stat()).isFile();
    const file = new WavFile(path, handle, writer, isSeekable);
    await handle.writeFile(writer.header());
    return file;
  } catch (cause) {
    await handle?.close();
    throw fileError(path, cause, "write");
  }
}

/** A WAV file that is being written. */
export class WavFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #writer: WavWriter;
  readonly #isSeekable: boolean;
  #last: Promise<void> = Promise.resolve();
  #closing: Promise<void> | undefined;

  /** Use `createWavFile`. */
  constructor(path: string, handle: FileHandle, writer: WavWriter, isSeekable: boolean) {
    this.path = path;
    this.#handle = handle;
    this.#writer = writer;
    this.#isSeekable = isSeekable;
  }

  /** Hz. */
  get sampleRate(): number {
    return this.#writer.sampleRate;
  }

  get channels(): number {
    return this.#writer.channels;
  }

  /** Samples per channel so far. */
  get durationSamples(): number {
    return this.#writer.durationSamples;
  }

  /**
   * Adds samples, in the order of the calls. They are encoded before this returns, so the array may be used again at once.
   * Await it to write no faster than the disk; a failure of the disk that nobody awaits is reported by `close`.
   * @param samples interleaved, whole sample frames, int16 or float32
   * @throws ConfigError `ERR_CONFIG`, CodecError `ERR_DISPOSED` after `close`, VoxwireError `ERR_FILE`
   */
  write(samples: SampleArray): Promise<void> {
    let bytes: Uint8Array;
    try {
      if (this.#closing !== undefined) {
        throw new CodecError("ERR_DISPOSED", `${JSON.stringify(this.path)} has been closed.`);
      }
      bytes = this.#writer.encode(samples);
    } catch (cause) {
      return Promise.reject(cause);
    }
    // no async function: its promise would be another one, which nobody may be awaiting
    return this.#append(bytes);
  }

  /**
   * Puts the sizes into the header and closes the file (not into a pipe, which keeps the streaming header). Twice is no
   * error.
   * @throws VoxwireError `ERR_FILE` if this or an earlier `write` failed
   */
  close(): Promise<void> {
    this.#closing ??= this.#finish();
    return this.#closing;
  }

  /** Closes and removes the file, where it is an ordinary one. */
  async discard(): Promise<void> {
    // what failed before no longer matters
    await this.close().catch(() => undefined);
    if (this.#isSeekable) await rm(this.path, { force: true });
  }

  async #finish(): Promise<void> {
    try {
      await this.#append(this.#writer.tail());
      if (this.#isSeekable) {
        const header = this.#writer.header();
        await this.#handle.write(header, 0, header.length, 0);
      }
    } catch (cause) {
      throw cause instanceof VoxwireError ? cause : fileError(this.path, cause, "write");
    } finally {
      await this.#handle.close();
    }
  }

  #append(bytes: Uint8Array): Promise<void> {
    const written = this.#last.then(() => this.#writeAll(bytes));
    this.#last = written;
    // close() awaits the last one and so reports what nobody else did
    written.catch(() => undefined);
    return written;
  }

  async #writeAll(bytes: Uint8Array): Promise<void> {
    try {
      await this.#handle.writeFile(bytes);
    } catch (cause) {
      throw fileError(this.path, cause, "write");
    }
  }
}
