/** Where one recording is found in another, and how alike the two are there. */
import { loadDspSync } from "../../src/index.ts";

const dsp = loadDspSync();
/** Of a window, what is looked at to find its place: so many samples from where it is loudest. */
const PROBE_SAMPLES = 600;

/**
 * Signal to noise in dB: what of `heard` is `reference`, and what is not. Both as long.
 * @param reference as loud as it is: a gain counts as noise
 */
export function fitDb(heard: Float32Array, reference: Float32Array): number {
  let [noise, total] = [0, 0];
  for (let i = 0; i < heard.length; i++) {
    noise += (heard[i]! - reference[i]!) ** 2;
    total += reference[i]! ** 2;
  }
  return 10 * Math.log10(total / Math.max(1e-30, noise));
}

/** Where `window` begins in `all`: the place of the best correlation of its loudest part. */
export function placeOf(window: Float32Array, all: Float32Array): number {
  const probe = loudestIn(window, Math.min(PROBE_SAMPLES, window.length));
  const n = Math.min(PROBE_SAMPLES, window.length);
  let [place, likest] = [0, 0];
  for (let from = 0; from <= all.length - window.length; from++) {
    let [product, energy] = [0, 1e-9];
    for (let i = 0; i < n; i += 4) {
      const sample = all[from + probe + i]!;
      product += window[probe + i]! * sample;
      energy += sample * sample;
    }
    const likeness = product / Math.sqrt(energy);
    if (likeness > likest) [place, likest] = [from, likeness];
  }
  return place;
}

/** Where the loudest `n` samples of a window begin, in steps of half as many. */
function loudestIn(window: Float32Array, n: number): number {
  let [loudest, most] = [0, -1];
  for (let from = 0; from + n <= window.length; from += n >> 1) {
    let energy = 0;
    for (let i = from; i < from + n; i++) energy += window[i]! ** 2;
    if (energy > most) [loudest, most] = [from, energy];
  }
  return loudest;
}

/** What `heard` is when all of `recorded` is resampled from the one sample that `heard` began with, or one like it. */
export interface Match {
  /** `recorded` at the rate of `heard`. */
  readonly reference: Float32Array;
  /** Where in it `heard` begins. */
  readonly at: number;
}

/**
 * Finds `heard` in `recorded`, which is at another rate: the first sample decides between which of the recording's samples
 * the others fall, so each that makes a difference is tried.
 */
export function matchOf(
  heard: Float32Array,
  recorded: Float32Array,
  inputRate: number,
  outputRate: number,
): Match {
  const resampled = (first: number) =>
    dsp.resample(recorded.subarray(first), { inputRate, outputRate, quality: "voice" });
  const n = Math.min(heard.length, Math.round(outputRate / 5));
  const from = loudestIn(heard, n);
  const window = heard.subarray(from, from + n);
  const place = placeOf(window, resampled(0));
  let best: Match = { reference: new Float32Array(0), at: 0 };
  let bestDb = Number.NEGATIVE_INFINITY;
  for (let first = 0; first < inputRate / gcd(inputRate, outputRate); first++) {
    const reference = resampled(first);
    const guess = Math.round(place - (first * outputRate) / inputRate);
    for (let at = Math.max(0, guess - 1); at <= guess + 1; at++) {
      const snrDb = fitDb(window, reference.subarray(at, at + n));
      if (snrDb <= bestDb) continue;
      bestDb = snrDb;
      best = { reference, at: at - from };
    }
  }
  return best;
}

function gcd(a: number, b: number): number {
  return b === 0 ? a : gcd(b, a % b);
}
