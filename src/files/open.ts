/** Opens audio files of every type that is read. */

import type { AudioSource } from "./audio-source.ts";
import { openDecoded } from "./decoded-source.ts";
import { FileBytes, join } from "./file-bytes.ts";
import { recogniseAudio } from "./recognise.ts";
import { openWav } from "./wav-source.ts";

/**
 * Opens an audio file, told by its content and not by its name, to be read block by block in constant memory. WAV is read
 * here; FLAC, MP3, AAC, Ogg Vorbis, Ogg Opus and M4A through the package `audio-decode`, which has to be installed for
 * them. (Of an M4A that comes through a pipe the file itself is kept in memory, up to 1 GiB.)
 *
 * @param path also a pipe, such as `/dev/stdin`
 * @throws VoxwireError `ERR_FILE` for what is missing, may not be read or is a directory
 * @throws CodecError `ERR_FILE_FORMAT` for what is no audio or cannot be decoded
 * @throws ConfigError `ERR_DEPENDENCY_MISSING` without `audio-decode`
 */
export async function openAudioFile(path: string): Promise<AudioSource> {
  return await openSource(path, false);
}

/** The same; where `isLent`, a source that has `lent` is walked through by that, and by nothing else. For `src/files` only. */
export async function openSource(path: string, isLent: boolean): Promise<AudioSource> {
  const file = await FileBytes.open(path);
  try {
    const head = await readHead(file);
    const container = recogniseAudio(head, path);
    return container === "wav" ? await openWav(file, head, isLent) : await openDecoded(file, head, container);
  } catch (cause) {
    await file.close();
    throw cause;
  }
}

/** Enough to tell any type by; a pipe may hand on only a few bytes at a time. */
async function readHead(file: FileBytes): Promise<Uint8Array> {
  let head = await file.read();
  while (head.length < 4096) {
    const more = await file.read();
    if (more.length === 0) break;
    head = join([head, more], head.length + more.length);
  }
  return head;
}
