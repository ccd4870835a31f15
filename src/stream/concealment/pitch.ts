/** The pitch period at the end of a signal, by normalised correlation: coarse at about 4 kHz, then to the sample. */

const LOWEST_HZ = 60;
const HIGHEST_HZ = 400;
const WINDOW_MS = 20;
const COARSE_RATE = 4000;
/** Below this correlation there is no period worth the name. */
const LEAST = 0.5;
/** A shorter period wins over its multiples when it is almost as good. */
const PREFERENCE = 0.9;

/** What `PitchFinder` found. */
export interface Pitch {
  /** Samples; 0 where there is none. */
  period: number;
  /** Normalised correlation over that period, 0 to 1. */
  strength: number;
}

/** Finds periods in signals of one rate; the longest 40 ms of history are looked at. */
export class PitchFinder {
  readonly #step: number;
  readonly #window: number;
  readonly #shortest: number;
  readonly #longest: number;
  readonly #coarse: Float32Array;
  readonly #fits: Float32Array;

  constructor(sampleRate: number) {
    this.#step = Math.max(1, Math.floor(sampleRate / COARSE_RATE));
    this.#window = Math.round((WINDOW_MS * sampleRate) / 1000);
    this.#shortest = Math.floor(sampleRate / HIGHEST_HZ);
    this.#longest = Math.ceil(sampleRate / LOWEST_HZ);
    this.#coarse = new Float32Array(Math.ceil((this.#window + this.#longest) / this.#step));
    this.#fits = new Float32Array(Math.ceil(this.#longest / this.#step) + 1);
  }

  /** The period at the end of `history`, written to `pitch`. */
  find(history: Float32Array, pitch: Pitch): void {
    pitch.period = 0;
    pitch.strength = 0;
    const step = this.#step;
    const coarse = this.#coarse;
    // means over `step` samples are filter enough to find a candidate by
    const start = history.length - coarse.length * step;
    for (let i = 0; i < coarse.length; i++) {
      let sum = 0;
      for (let j = 0; j < step; j++) sum += history[start + i * step + j]!;
      coarse[i] = sum;
    }
    const first = Math.floor(this.#shortest / step);
    const last = Math.floor(this.#longest / step);
    const length = Math.floor(this.#window / step);
    let best = 0;
    for (let lag = first; lag <= last; lag++) {
      this.#fits[lag] = fitAt(coarse, lag, length);
      best = Math.max(best, this.#fits[lag]!);
    }
    if (best < LEAST) return;
    let lag = first;
    while (this.#fits[lag]! < PREFERENCE * best) lag++;
    while (lag < last && this.#fits[lag + 1]! > this.#fits[lag]!) lag++;
    this.#refine(history, lag * step, pitch);
  }

  #refine(history: Float32Array, around: number, pitch: Pitch): void {
    const from = Math.max(this.#shortest, around - this.#step);
    const to = Math.min(this.#longest, around + this.#step);
    for (let lag = from; lag <= to; lag++) {
      const fit = fitAt(history, lag, this.#window);
      if (fit <= pitch.strength) continue;
      pitch.strength = fit;
      pitch.period = lag;
    }
    if (pitch.strength < LEAST) pitch.period = 0;
  }
}

/** Normalised correlation of the last `length` samples with those `lag` before. */
function fitAt(x: Float32Array, lag: number, length: number): number {
  let product = 0;
  let now = 0;
  let before = 0;
  for (let i = x.length - length; i < x.length; i++) {
    const a = x[i]!;
    const b = x[i - lag]!;
    product += a * b;
    now += a * a;
    before += b * b;
  }
  return product / Math.sqrt(now * before + 1);
}
