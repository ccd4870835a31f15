/** What an opened audio file looks like, whatever its type. */
import type { FileWarning } from "../codec/wav/format.ts";
import { CodecError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import type { AudioContainer } from "./recognise.ts";

/** A stretch of a file. */
export interface AudioBlock {
  /** Interleaved float32, nominally in [-1, 1), any whole number of sample frames; the caller's own. */
  readonly samples: Float32Array;
  /** Samples per channel before this block. */
  readonly timestamp: number;
}

/**
 * An opened audio file: `for await (const { samples } of source)` reads it once, and closes it in the end however the
 * loop is left.
 */
export interface AudioSource extends AsyncIterable<AudioBlock> {
  readonly path: string;
  readonly container: AudioContainer;
  /** For a person: `"WAV, PCM 16-bit, 24000 Hz, 1 channel"`. */
  readonly description: string;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Samples per channel where the file says before it is decoded. */
  readonly durationSamples: number | undefined;
  /** What is wrong with the file though it can be read; complete when all blocks have been read. */
  readonly warnings: readonly FileWarning[];
  /** How much of the file has been read, 0 to 1; stays 0 for a pipe until it ends. */
  readonly progress: number;
  /** For `convertFile`: as a walk through the blocks, also int16, each valid until the next. Left out where there is no such way. */
  lent?(): AsyncIterable<SampleArray>;
  /** Closes the file; twice is no error. A loop over the blocks does so itself. */
  close(): Promise<void>;
}

/** The first block of a file, or an error for a second walk through it: for `src/files` only. */
export function takeOnce<T>(first: T | undefined, path: string): T {
  if (first !== undefined) return first;
  throw new CodecError("ERR_DISPOSED", `${JSON.stringify(path)} has been read already.`, {
    hint: "Open the file again to read it again.",
  });
}
