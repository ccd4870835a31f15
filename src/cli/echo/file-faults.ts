/** Recordings that are read without a fault and cannot be sent all the same. */
import { show } from "../../core/check.ts";
import { CodecError } from "../../core/errors.ts";

/** The error for a file without a sample. */
export function noAudio(path: string): CodecError {
  return new CodecError("ERR_FILE_FORMAT", `${show(path)} holds no audio.`, {
    hint: "Use a longer recording.",
  });
}
