/** What is heard behind the speech, learnt in its pauses: the noise that a long hole ends in. */
import { autocorrelate, levinson } from "../../dsp/voice/levinson.ts";
import { ShapedNoise } from "./shaped-noise.ts";
import type { SpeechLevel } from "./speech-level.ts";

const ORDER = 10;
/** Frames this close to the followed noise are taken for noise. */
const NEAR_DB = 4;
/** How much a frame of noise bears on the shape. */
const LEARNING = 0.1;
/** Noise is never louder than this, nor nearer to the speech: a held tone or music has no pauses, and is no noise. */
const LOUDEST_DB = -40;
const BELOW_SPEECH_DB = 20;
/** Below half a step of 16 bits there is nothing to hear. */
const QUIETEST_DB = -96;

/** Follows one stream's background, and plays it. Allocates nothing after it has been made. */
export class Background {
  readonly #noise = new ShapedNoise(ORDER);
  readonly #lags = new Float64Array(ORDER + 1);
  readonly #frameLags = new Float64Array(ORDER + 1);
  readonly #coefficients = new Float32Array(ORDER + 1);
  readonly #previous = new Float64Array(ORDER + 1);
  #isHeard = false;

  /** A good frame, after `level` has taken it in. */
  follow(frame: Int16Array, level: SpeechLevel): void {
    if (level.levelDb > level.noiseDb + NEAR_DB || level.levelDb < QUIETEST_DB) return;
    const lags = this.#frameLags;
    autocorrelate(frame, lags);
    const power = lags[0]! + 1;
    for (let lag = 0; lag <= ORDER; lag++) {
      this.#lags[lag] = this.#lags[lag]! * (1 - LEARNING) + (lags[lag]! / power) * LEARNING;
    }
  }

  /** A hole begins to fade: noise as it was learnt. */
  begin(level: SpeechLevel): void {
    const db = Math.min(level.noiseDb, LOUDEST_DB, level.speechDb - BELOW_SPEECH_DB);
    this.#isHeard = db > QUIETEST_DB && this.#lags[0]! > 0;
    if (!this.#isHeard) return;
    levinson(this.#lags, this.#coefficients, this.#previous);
    this.#noise.take(this.#coefficients, 32768 * 10 ** (db / 20));
  }

  /** The next sample; 0 where the line is silent. */
  next(): number {
    return this.#isHeard ? this.#noise.next() : 0;
  }

  reset(): void {
    this.#lags.fill(0);
    this.#noise.reset();
    this.#isHeard = false;
  }
}
