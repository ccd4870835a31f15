/** The beginning of a file. */
import type { OpenedSource } from "../../client/audio-source.ts";
import type { AudioSource } from "../../files/audio-source.ts";

/** `source` up to `seconds`; closes it where it stops. */
export function limitSource(source: AudioSource, seconds: number): OpenedSource {
  const { sampleRate, channels } = source;
  const wanted = Math.max(1, Math.round(seconds * sampleRate)) * channels;
  async function* blocks() {
    let left = wanted;
    for await (const { samples } of source) {
      yield { samples: samples.length > left ? samples.subarray(0, left) : samples };
      left -= samples.length;
      if (left <= 0) return;
    }
  }
  return { sampleRate, channels, [Symbol.asyncIterator]: blocks };
}
