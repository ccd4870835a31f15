/** Opens audio files for `stream` in Node. */
import { fileURLToPath } from "node:url";
import { openAudioFile } from "../files/open.ts";
import type { OpenSource } from "./audio-source.ts";

/** Opens what a path or a file URL names; see `openAudioFile` for the errors. */
export const openNodeFile: OpenSource = (path) =>
  openAudioFile(path instanceof URL || path.startsWith("file:") ? fileURLToPath(path) : path);
