/** Files that can be read but not brought to another rate. */
import { show } from "../core/check.ts";
import { CodecError } from "../core/errors.ts";
import { MAX_SAMPLE_RATE, MIN_SAMPLE_RATE } from "../core/rates.ts";

/** Undefined, or the error for a rate that the resampler does not take. @param sampleRate of the file, in Hz */
export function unusableRate(path: string, sampleRate: number): CodecError | undefined {
  if (sampleRate >= MIN_SAMPLE_RATE && sampleRate <= MAX_SAMPLE_RATE) return undefined;
  return new CodecError(
    "ERR_FILE_FORMAT",
    `${show(path)} has ${sampleRate} Hz; from ${MIN_SAMPLE_RATE} to ${MAX_SAMPLE_RATE} Hz are taken.`,
    { hint: "Bring it to another rate with sox or ffmpeg first." },
  );
}
