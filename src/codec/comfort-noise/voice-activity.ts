/**
 * Whether a frame is speech or the background behind it, from levels of 5 ms against a noise floor that is followed. In
 * doubt it is speech: what is taken for background is not heard as it was.
 */

const BLOCKS_PER_SECOND = 200;
const FLOOR_DB = -96;
/** A block this far above the noise is speech. */
const ABOVE_NOISE_DB = 6;
/** Below this there is nothing to hear; above that nothing is background. Both against full scale. */
const INAUDIBLE_DB = -78;
const LOUDEST_NOISE_DB = -36;
/** What goes on after the last speech as if it were some: the ends of words are soft. */
const HANGOVER_MS = 240;
/** Nothing is known of the background yet. */
const LEARNING_MS = 300;
/** The floor goes down to a quieter frame by this share, and up by so much a second. */
const FALL = 0.3;
const RISE_DB_PER_SECOND = 3;
/** Within this of the floor a frame is background, and the floor follows it. */
const NEAR_DB = 3;
const FOLLOW = 0.05;

/** One stream's detector. Allocates nothing, throws nothing. */
export class VoiceActivity {
  readonly #frameMs: number;
  readonly #blockSamples: number;
  #noiseDb = 0;
  #heardMs = 0;
  #hangoverMs = HANGOVER_MS;

  constructor(sampleRate: number, frameMs: number) {
    this.#frameMs = frameMs;
    this.#blockSamples = Math.round(sampleRate / BLOCKS_PER_SECOND);
  }

  /** Level of the background, in dB against a square wave of full scale. */
  get noiseDb(): number {
    return this.#noiseDb;
  }

  /** Takes the next frame; true where it is speech, or may be. */
  hear(frame: Int16Array): boolean {
    const loudestDb = this.#loudestBlockDb(frame);
    const levelDb = levelDbOf(frame, 0, frame.length);
    this.#follow(levelDb);
    this.#heardMs += this.#frameMs;
    const isLoud = loudestDb > this.#noiseDb + ABOVE_NOISE_DB || levelDb > LOUDEST_NOISE_DB;
    if (isLoud && loudestDb > INAUDIBLE_DB) this.#hangoverMs = HANGOVER_MS;
    else this.#hangoverMs = Math.max(0, this.#hangoverMs - this.#frameMs);
    return this.#hangoverMs > 0 || this.#heardMs <= LEARNING_MS;
  }

  #follow(levelDb: number): void {
    const riseDb = (RISE_DB_PER_SECOND * this.#frameMs) / 1000;
    if (this.#heardMs === 0) this.#noiseDb = levelDb;
    else if (levelDb < this.#noiseDb - NEAR_DB) this.#noiseDb += (levelDb - this.#noiseDb) * FALL;
    else if (levelDb < this.#noiseDb + NEAR_DB) this.#noiseDb += (levelDb - this.#noiseDb) * FOLLOW;
    else this.#noiseDb += riseDb;
  }

  #loudestBlockDb(frame: Int16Array): number {
    let loudest = FLOOR_DB;
    for (let at = 0; at < frame.length; at += this.#blockSamples) {
      const end = Math.min(frame.length, at + this.#blockSamples);
      loudest = Math.max(loudest, levelDbOf(frame, at, end));
    }
    return loudest;
  }
}

function levelDbOf(samples: Int16Array, from: number, to: number): number {
  let energy = 0;
  for (let i = from; i < to; i++) energy += samples[i]! * samples[i]!;
  const power = energy / Math.max(1, to - from) / 2 ** 30;
  return Math.max(FLOOR_DB, 10 * Math.log10(power + 1e-12));
}
