/** Levels of a stream: the newest frame, the background behind the pauses, active speech. */

const FLOOR_DB = -100;
/** The noise follows down at once and up by so much a second. */
const NOISE_RISE_DB = 3;
/** Speech follows up at once and falls by so much a second. */
const SPEECH_FALL_DB = 2;

/** Follows the level of a stream frame by frame, in dB relative to full scale. */
export class SpeechLevel {
  levelDb = FLOOR_DB;
  noiseDb = FLOOR_DB;
  speechDb = FLOOR_DB;
  readonly #frameSeconds: number;
  #isFirst = true;

  constructor(frameSeconds: number) {
    this.#frameSeconds = frameSeconds;
  }

  /** Takes the next frame in. */
  follow(frame: Int16Array): void {
    let energy = 0;
    for (let i = 0; i < frame.length; i++) energy += frame[i]! * frame[i]!;
    const power = energy / Math.max(1, frame.length) / 2 ** 30;
    const level = Math.max(FLOOR_DB, 10 * Math.log10(power + 1e-12));
    this.levelDb = level;
    if (this.#isFirst) {
      this.#isFirst = false;
      this.noiseDb = level;
      this.speechDb = level;
      return;
    }
    this.noiseDb = Math.min(level, this.noiseDb + NOISE_RISE_DB * this.#frameSeconds);
    this.speechDb = Math.max(level, this.speechDb - SPEECH_FALL_DB * this.#frameSeconds);
  }

  reset(): void {
    this.#isFirst = true;
    this.levelDb = FLOOR_DB;
    this.noiseDb = FLOOR_DB;
    this.speechDb = FLOOR_DB;
  }
}
