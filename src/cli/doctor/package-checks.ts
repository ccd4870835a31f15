/** Checks of what is installed. */
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { canStripTypes } from "../handlers/typescript-support.ts";
import { SPEECH_FILE, shortPath } from "../package-info.ts";
import { type CheckResult, fail, ok, warn } from "./check.ts";

/** Whether files other than WAV can be read. */
export async function checkAudioDecode(): Promise<CheckResult> {
  const name = "audio-decode";
  if (isInstalled(name)) return ok(name, "installed: FLAC, MP3, AAC, Ogg and M4A can be read");
  return warn(name, "not installed: only WAV can be read", "npm install audio-decode");
}

/** Whether there is Opus on the wire. */
export async function checkOpus(): Promise<CheckResult> {
  const name = "libopus-wasm";
  if (isInstalled(name)) return ok(name, "installed: Opus can be sent and received");
  return warn(name, "not installed: no Opus on the wire", "npm install libopus-wasm@0.4");
}

/** Whether handlers can be TypeScript. */
export async function checkTypeScript(): Promise<CheckResult> {
  const name = "TypeScript";
  if (isInstalled("tsx")) return ok(name, "handlers in .ts files run, by tsx");
  if (canStripTypes()) return ok(name, "handlers in .ts files run, by Node itself");
  return warn(name, "tsx is not installed: handlers must be .js files", "npm install --save-dev tsx");
}

/** Whether the bundled recording is there. */
export async function checkSpeechFile(): Promise<CheckResult> {
  if (existsSync(SPEECH_FILE)) return ok("recording", shortPath(SPEECH_FILE));
  return fail("recording", `${SPEECH_FILE} is missing`, "Install voxwire again.");
}

/** Beside this package, or in the project around the working directory. Some packages hide their package.json. */
function isInstalled(name: string): boolean {
  const folders = [import.meta.url, pathToFileURL(join(process.cwd(), "x.js")).href].flatMap(
    (from) => createRequire(from).resolve.paths(name) ?? [],
  );
  return folders.some((folder) => existsSync(join(folder, name, "package.json")));
}
