/** Interleaved channels to one, and back. */
import { checkInteger } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/**
 * The average of the channels: nothing clips, and what is on every channel keeps its level.
 * @param samples interleaved, a whole number of sample frames
 * @param channels 1 to 64
 * @returns one sample for each sample frame; the caller's own array, or `samples` itself where there is but one channel
 * @throws ConfigError `ERR_CONFIG` for a length that does not divide into the channels
 */
export function toMono(samples: Float32Array, channels: number): Float32Array {
  checkInteger("channels", channels, 1, 64);
  if (samples.length % channels !== 0) {
    throw new ConfigError(
      "ERR_CONFIG",
      `${samples.length} samples do not divide into ${channels} channels.`,
      {
        hint: "Pass whole sample frames: one sample for each channel.",
      },
    );
  }
  if (channels === 1) return samples;
  const mono = new Float32Array(samples.length / channels);
  for (let i = 0, at = 0; i < mono.length; i++) {
    let sum = 0;
    for (let channel = 0; channel < channels; channel++) sum += samples[at++]!;
    mono[i] = sum / channels;
  }
  return mono;
}

/** One channel repeated on `channels` of them, interleaved; the caller's own array, or `mono` itself for one channel. */
export function fromMono(mono: Float32Array, channels: number): Float32Array {
  checkInteger("channels", channels, 1, 64);
  if (channels === 1) return mono;
  const samples = new Float32Array(mono.length * channels);
  for (let i = 0; i < samples.length; i++) samples[i] = mono[Math.floor(i / channels)]!;
  return samples;
}
