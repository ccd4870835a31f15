/** Whole audio files, where they fit into memory. */
import type { FileWarning } from "../codec/wav/format.ts";
import { openAudioFile } from "./open.ts";

/** A decoded audio file. */
export interface DecodedAudio {
  /** Interleaved float32; the caller's own. */
  readonly samples: Float32Array;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** For a person: `"WAV, PCM 16-bit, 24000 Hz, 1 channel"`. */
  readonly description: string;
  readonly warnings: readonly FileWarning[];
}

/**
 * Reads an audio file into memory: 4 bytes for each sample of each channel, twice that for a moment.
 * @throws as `openAudioFile`
 */
export async function readAudioFile(path: string): Promise<DecodedAudio> {
  const source = await openAudioFile(path);
  const blocks: Float32Array[] = [];
  let length = 0;
  for await (const { samples } of source) {
    blocks.push(samples);
    length += samples.length;
  }
  const samples = new Float32Array(length);
  let at = 0;
  for (const block of blocks) {
    samples.set(block, at);
    at += block.length;
  }
  const { sampleRate, channels, description, warnings } = source;
  return { samples, sampleRate, channels, description, warnings };
}
