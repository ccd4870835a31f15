/** Recordings that are read without a fault and cannot be sent all the same. */
import { show } from "../../core/check.ts";
import { CodecError } from "../../core/errors.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../../core/rates.ts";

/** The error for a file without a sample. */
export function noAudio(path: string): CodecError {
  return new CodecError("ERR_FILE_FORMAT", `${show(path)} holds no audio.`, {
    hint: "Use a longer recording.",
  });
}

/** Undefined, or the error for a rate that the resampler does not take. @param sampleRate of the file, in Hz */
export function unusableRate(path: string, sampleRate: number): CodecError | undefined {
  if (sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE) return undefined;
  return new CodecError(
    "ERR_FILE_FORMAT",
    `${show(path)} has ${sampleRate} Hz; from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz are taken.`,
    { hint: "Bring it to another rate with sox or ffmpeg first." },
  );
}
