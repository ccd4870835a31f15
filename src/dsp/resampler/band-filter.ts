/**
 * The low-pass filter of the `high` quality, the same for every ratio: a sinc in a Kaiser window, flat to 0.9135 of the
 * lower rate's Nyquist frequency and 142 dB down from 1.0 of it. Frequencies are in units of the lower rate.
 */

const PASS = 0.9135 / 2;
const STOP = 1 / 2;
const ATTENUATION_DB = 142;
/** The filter's own rate: what it lets through beyond twice the lower rate is cut off anyway. */
const RATE = 4;
const HALF_LENGTH = Math.ceil((ATTENUATION_DB - 7.95) / (14.36 * ((STOP - PASS) / RATE)) / 2);

/** How far the filter reaches to either side, in periods of the lower rate. */
export const FILTER_REACH = HALF_LENGTH / RATE;
/** Nothing passes from here on. */
export const FILTER_STOP = STOP;

let coefficients: Float64Array | undefined;

/**
 * The gain at `frequency`. Outside the transition it is 1 and 0 for short: the filter's own ripple there, -142 dB, is less
 * than the rounding of float32, and a hundred times the work.
 */
export function bandGain(frequency: number): number {
  if (frequency <= PASS) return 1;
  if (frequency >= STOP) return 0;
  coefficients ??= design();
  // cos(k x) by recurrence
  const first = Math.cos((2 * Math.PI * frequency) / RATE);
  let gain = coefficients[0]!;
  let before = 1;
  let cosine = first;
  for (let k = 1; k <= HALF_LENGTH; k++) {
    gain += 2 * coefficients[k]! * cosine;
    const next = 2 * first * cosine - before;
    before = cosine;
    cosine = next;
  }
  return gain;
}

/** Half the impulse response, from its middle on; its sum over both sides is 1. */
function design(): Float64Array {
  const beta = 0.1102 * (ATTENUATION_DB - 8.7);
  const cutoff = (PASS + STOP) / RATE;
  const half = new Float64Array(HALF_LENGTH + 1);
  let sum = 0;
  for (let k = 0; k <= HALF_LENGTH; k++) {
    const sinc = k === 0 ? 1 : Math.sin(Math.PI * cutoff * k) / (Math.PI * cutoff * k);
    half[k] = sinc * kaiser(beta, k / (HALF_LENGTH + 0.5));
    sum += (k === 0 ? 1 : 2) * half[k]!;
  }
  return half.map((value) => value / sum);
}

/** The Kaiser window at `place` (0 in its middle, 1 at its end), 1 in the middle. */
export function kaiser(beta: number, place: number): number {
  return bessel(beta * Math.sqrt(Math.max(0, 1 - place * place))) / bessel(beta);
}

/** The modified Bessel function of the first kind, order 0, by its power series. */
function bessel(x: number): number {
  let sum = 1;
  let term = 1;
  for (let k = 1; term > 1e-18 * sum; k++) {
    term *= (x / (2 * k)) ** 2;
    sum += term;
  }
  return sum;
}
