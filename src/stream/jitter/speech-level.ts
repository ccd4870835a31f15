/** Which frames are quiet enough for the delay to change in them unheard. */
import { jitterTuning as t } from "./tuning.ts";

const RELEASE = 0.998;
const START_LEVEL = 300;

/** Follows the level of speech: at once up, slowly down. */
export class SpeechLevel {
  #level = START_LEVEL;

  /** Root mean square of a frame, which counts for the level; int16 scale. */
  hear(frame: Int16Array): number {
    const rms = rmsOf(frame);
    this.#level = Math.max(this.#level * RELEASE, rms);
    return rms;
  }

  /** Whether a frame of this level is quiet. */
  isQuiet(rms: number): boolean {
    return rms < Math.max(t.quietLevel, t.quietShare * this.#level);
  }
}

export function rmsOf(frame: Int16Array): number {
  let sum = 0;
  for (let i = 0; i < frame.length; i++) sum += frame[i]! * frame[i]!;
  return Math.sqrt(sum / frame.length);
}
