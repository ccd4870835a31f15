/** What a handler has emitted, told from what only looks like audio: with the value in the message and the way out. */
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";

/** Samples with a rate of their own. */
interface RatedSamples {
  readonly samples: SampleArray;
  readonly sampleRate: number;
  /** A frame's; audio is mono. */
  readonly channels?: number;
}

/**
 * An object that has been emitted in place of bare samples; whether its samples are any is for `send` to say.
 * @throws ConfigError `ERR_CONFIG` for what has no samples, and for more than one channel
 */
export function checkEmitted(value: unknown): RatedSamples {
  if (typeof value !== "object" || value === null || !("samples" in value)) {
    throw new ConfigError("ERR_CONFIG", `${show(value)} is not audio; expected samples.`, {
      hint: "Give an Int16Array, a Float32Array, { samples, sampleRate } (in place of [rate, samples]), or null.",
    });
  }
  const audio = value as RatedSamples;
  if (audio.channels !== undefined && audio.channels !== 1) {
    throw new ConfigError("ERR_CONFIG", `The audio has ${show(audio.channels)} channels; expected one.`, {
      hint: "Mix it down to mono first.",
    });
  }
  return audio;
}
