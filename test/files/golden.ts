/** The golden audio files, and the tones they were made from (test/golden/audio/make.sh). */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** The path of a golden file. */
export function goldenPath(name: string): string {
  return fileURLToPath(new URL(`../golden/audio/${name}`, import.meta.url));
}

/** The bytes of a golden file, at an aligned address. */
export function goldenBytes(name: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(readFileSync(goldenPath(name)));
}

/** What ffmpeg decoded `<name>.wav` to. */
export function goldenSamples(name: string): Float32Array {
  return new Float32Array(goldenBytes(`${name}.f32`).buffer);
}
