/** The one place where an unreadable WAV file becomes an error. */
import { CodecError } from "../../core/errors.ts";

/** `ERR_FILE_FORMAT`: what was seen, at which byte of the file, and what to do. */
export function wavError(seen: string, byteOffset: number, hint: string): CodecError {
  return new CodecError("ERR_FILE_FORMAT", `${seen} (at byte ${byteOffset} of the file).`, { hint });
}

/** A hint for files that another tool can read. */
export const RECODE_HINT = 'Convert it first: "ffmpeg -i input.wav -c:a pcm_s16le output.wav".';
/** A hint for files that are broken. */
export const BROKEN_HINT = "The file is damaged or was not written as WAV; get it again or export it anew.";
