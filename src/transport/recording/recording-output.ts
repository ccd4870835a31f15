/** Where a recording's bytes go: nothing here blocks the thread, and what waits is bounded. */
import { type FileHandle, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import type { Writable } from "node:stream";
import { buildHeader, type HeaderLayout, headerBytes } from "../../codec/wav/header-builder.ts";

/** Bytes that may wait for a slow disk; beyond it the recorder keeps what it has. */
const MAX_QUEUED_BYTES = 1_048_576;
/** The header says how much there is so often: what a crash leaves is a whole file up to there. */
const PATCH_EVERY_MS = 2000;

/** Takes a recording. */
export interface RecordingOutput {
  /** Whether `write` may be called now. */
  readonly canTake: boolean;
  /** Why it takes no more; undefined while it does. */
  readonly error: unknown;
  /** Takes interleaved samples, whose buffer is its own from here on. */
  write(samples: Int16Array): void;
  /** Resolves when everything is there. Never rejects. */
  end(): Promise<void>;
}

/** What the WAV holds. */
function recordingLayout(sampleRate: number): HeaderLayout {
  return { sampleRate, channels: 2, encoding: "pcm16", hasRoomForRf64: true };
}

/** A WAV file, whose header is kept up to date while it grows. */
export class WavFileOutput implements RecordingOutput {
  error: unknown;
  readonly #layout: HeaderLayout;
  readonly #patchBytes: number;
  #handle: FileHandle | undefined;
  #work: Promise<void>;
  #queuedBytes = 0;
  #dataBytes = 0;
  #patchedBytes = 0;

  /** @param path of a file that is not there yet; its folder is made */
  constructor(path: string, sampleRate: number) {
    this.#layout = recordingLayout(sampleRate);
    this.#patchBytes = (PATCH_EVERY_MS * sampleRate * 4) / 1000;
    this.#work = this.#guard(async () => {
      await mkdir(dirname(path), { recursive: true });
      // readable by its owner alone: it is somebody's voice
      this.#handle = await open(path, "wx", 0o600);
      await this.#handle.write(buildHeader(this.#layout, undefined), 0, null, 0);
    });
  }

  get canTake(): boolean {
    return this.error === undefined && this.#queuedBytes < MAX_QUEUED_BYTES;
  }

  write(samples: Int16Array): void {
    const bytes = new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength);
    this.#queuedBytes += bytes.length;
    this.#then(async (handle) => {
      await handle.write(bytes, 0, bytes.length, headerBytes(this.#layout) + this.#dataBytes);
      this.#dataBytes += bytes.length;
      this.#queuedBytes -= bytes.length;
      if (this.#dataBytes - this.#patchedBytes >= this.#patchBytes) await this.#patch(handle);
    });
  }

  end(): Promise<void> {
    this.#then((handle) => this.#patch(handle));
    this.#work = this.#work.then(() => this.#handle?.close()).catch((error) => this.#fail(error));
    return this.#work;
  }

  async #patch(handle: FileHandle): Promise<void> {
    await handle.write(buildHeader(this.#layout, this.#dataBytes), 0, null, 0);
    this.#patchedBytes = this.#dataBytes;
  }

  #then(work: (handle: FileHandle) => Promise<void>): void {
    this.#work = this.#work.then(() =>
      this.#guard(async () => {
        if (this.error === undefined && this.#handle !== undefined) await work(this.#handle);
      }),
    );
  }

  async #guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.error ??= error ?? new Error("The file could not be written.");
  }
}

/** A WAV as a stream, whose header cannot say how long it will be. */
export class WavStreamOutput implements RecordingOutput {
  error: unknown;
  readonly #stream: Writable;

  constructor(stream: Writable, sampleRate: number) {
    this.#stream = stream;
    stream.on("error", (error) => {
      this.error ??= error;
    });
    stream.write(buildHeader(recordingLayout(sampleRate), undefined));
  }

  get canTake(): boolean {
    return this.error === undefined && !this.#stream.destroyed && !this.#stream.writableNeedDrain;
  }

  write(samples: Int16Array): void {
    this.#stream.write(Buffer.from(samples.buffer, samples.byteOffset, samples.byteLength));
  }

  end(): Promise<void> {
    const stream = this.#stream;
    if (stream.destroyed) return Promise.resolve();
    return new Promise((resolve) => {
      stream.once("close", resolve);
      stream.end(resolve);
    });
  }
}
