/** Recordings for tests, from a file or from memory, as mono. */
import { toMono } from "../codec/channels.ts";
import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import { checkSampleRate } from "../core/rates.ts";
import { loadDsp } from "../dsp/dsp.ts";
import { readAudioFile } from "../files/read.ts";

/** A recording: a file's path, or samples with their rate. */
export type TestAudio =
  | string
  | { samples: Int16Array | Float32Array; sampleRate: number; channels?: number };

/** The recording at its own rate. @throws ConfigError for a rate that is none; errors of reading the file */
export async function loadTestAudio(
  audio: TestAudio,
): Promise<{ samples: Float32Array; sampleRate: number }> {
  if (typeof audio !== "string" && (typeof audio !== "object" || audio === null)) {
    throw new ConfigError(
      "ERR_CONFIG",
      `audio is ${show(audio)}; expected a path, or samples with their rate.`,
      {
        hint: "Pass a file's path, or { samples, sampleRate }.",
      },
    );
  }
  const dsp = await loadDsp();
  const {
    samples,
    sampleRate,
    channels = 1,
  } = typeof audio === "string" ? await readAudioFile(audio) : audio;
  checkSampleRate("sampleRate", sampleRate);
  const float = samples instanceof Float32Array ? samples : dsp.pcm.int16ToFloat(samples);
  return { samples: channels === 1 ? float : toMono(float, channels), sampleRate };
}
