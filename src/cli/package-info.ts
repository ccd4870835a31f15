/** This package's own files, from the build as from the sources: both lie one folder below the package. */
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

/** The bundled recording: 9.9 s of speech, 24 kHz, mono. */
export const SPEECH_FILE: string = fileURLToPath(new URL("../../assets/speech.wav", import.meta.url));

/** This package's version. */
export function packageVersion(): string {
  const text = readFileSync(new URL("../../package.json", import.meta.url), "utf8");
  const { version } = JSON.parse(text) as { version: string };
  return version;
}

/** A path as short as it can be written from the working directory. */
export function shortPath(path: string): string {
  const short = relative(process.cwd(), path);
  return short.length < path.length && short !== "" ? short : path;
}
