/** Files named on the command line: what can be told of them by name, before anything else is begun. */
import { stat } from "node:fs/promises";
import { dirname, extname } from "node:path";
import { show } from "../core/check.ts";
import { fileError } from "../files/file-bytes.ts";
import { UsageError } from "./usage-error.ts";

/** Types that somebody may hope to get by the name alone. */
const OTHER_TYPES = new Set(
  ".aac .aif .aiff .alaw .amr .au .caf .flac .g722 .m4a .mp3 .mp4 .oga .ogg .opus .pcm .raw .ulaw .webm .wma".split(
    " ",
  ),
);

/**
 * Checks the name of a file that WAV is to be written to.
 * @param name how the error calls it: `--out`, or nothing where it is an argument
 * @throws UsageError for a pipe's `-`, and for a name that says another type
 */
export function checkWavPath(path: string, name = ""): void {
  const what = `${name} ${show(path)}`.trim();
  if (path === "-") {
    throw new UsageError(`${what} is no file; nothing is written to a pipe.`, "Write to a file: out.wav.");
  }
  const extension = extname(path);
  if (!OTHER_TYPES.has(extension.toLowerCase())) return;
  const wav = `${path.slice(0, -extension.length)}.wav`;
  throw new UsageError(
    `${what} says ${extension}, and what is written is WAV.`,
    `Write ${wav}; "ffmpeg -i ${wav} ${path}" makes the other of it.`,
  );
}

/**
 * Checks that a file to be read is there, so that a wrong name is said before what else is missing.
 * @throws UsageError for a pipe's `-`; VoxwireError `ERR_FILE` as `openAudioFile`
 */
export async function checkInput(path: string): Promise<void> {
  if (path === "-") {
    throw new UsageError('"-" is no file.', "To read a pipe write /dev/stdin, where the system has it.");
  }
  try {
    await stat(path);
  } catch (cause) {
    throw fileError(path, cause);
  }
}

/** Says before any work that what it makes cannot be written. @throws VoxwireError `ERR_FILE`: no such folder, or a folder itself */
export async function checkPlace(path: string): Promise<void> {
  try {
    await stat(dirname(path));
  } catch (cause) {
    throw fileError(path, cause, "write");
  }
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true) throw fileError(path, { code: "EISDIR" }, "write");
}
