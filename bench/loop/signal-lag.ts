/** How long after one recording another follows it, by the recordings themselves. */

/** Correlated at a time. */
const WINDOW_MS = 500;
/** Below it a window has nothing to be found again by, -40 dB of full scale. */
const LEAST_RMS = 0.01;
/** Below it nothing of what was said is in what was heard. */
const LEAST_LIKENESS = 0.9;

/**
 * The lag of `heard` behind `said` in ms, window by window, where there is enough to tell it by.
 * @param mostMs the longest that is looked for
 */
export function signalLags(
  said: Float32Array,
  heard: Float32Array,
  sampleRate: number,
  mostMs: number,
): number[] {
  const n = Math.round((WINDOW_MS * sampleRate) / 1000);
  const most = Math.round((mostMs * sampleRate) / 1000);
  const lags: number[] = [];
  for (let from = 0; from + n + most <= heard.length; from += n) {
    const window = said.subarray(from, from + n);
    if (Math.sqrt(dot(window, window) / n) < LEAST_RMS) continue;
    const lag = bestLag(window, heard.subarray(from, from + n + most), most);
    if (lag >= 0) lags.push((lag * 1000) / sampleRate);
  }
  return lags;
}

/** Coarsely over all lags on every fourth sample, then sample by sample around the best; -1 where nothing is alike. */
function bestLag(window: Float32Array, heard: Float32Array, most: number): number {
  const coarse = argMax(0, most, 4, (lag) => likeness(window, heard, lag, 4));
  const lag = argMax(Math.max(0, coarse - 8), Math.min(most, coarse + 8), 1, (at) =>
    likeness(window, heard, at, 1),
  );
  return likeness(window, heard, lag, 1) < LEAST_LIKENESS ? -1 : lag;
}

function argMax(from: number, to: number, step: number, value: (at: number) => number): number {
  let best = from;
  let most = Number.NEGATIVE_INFINITY;
  for (let at = from; at <= to; at += step) {
    const here = value(at);
    if (here <= most) continue;
    most = here;
    best = at;
  }
  return best;
}

/** Normalised correlation: 1 where one is the other, louder or softer. */
function likeness(window: Float32Array, heard: Float32Array, lag: number, step: number): number {
  let product = 0;
  let said = 0;
  let back = 0;
  for (let i = 0; i < window.length; i += step) {
    const a = window[i]!;
    const b = heard[i + lag]!;
    product += a * b;
    said += a * a;
    back += b * b;
  }
  return said === 0 || back === 0 ? 0 : product / Math.sqrt(said * back);
}

function dot(a: Float32Array, b: Float32Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}
