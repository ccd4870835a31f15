/** A histogram of durations in the terminal. */
import { horizontalBar } from "./bars.ts";

/** One bin: durations in [fromMs, toMs). */
export interface DurationBin {
  readonly fromMs: number;
  readonly toMs: number;
  readonly count: number;
}

/** Widths that people read easily, in ms. */
const STEPS = [1, 2, 5];

/**
 * Sorts durations into bins of one round width, from the shortest to the longest; what lies beyond `maxBins` of them
 * counts into the last, which then reaches to the longest.
 */
export function binDurations(durationsMs: Float64Array, maxBins: number): DurationBin[] {
  if (durationsMs.length === 0) return [];
  const sorted = durationsMs.slice().sort();
  // A single hiccup must not squeeze all the others into one bin.
  const typical = sorted[Math.floor((sorted.length - 1) * 0.99)]!;
  const longest = sorted.at(-1)!;
  const widthMs = roundWidth((typical - sorted[0]!) / Math.max(1, maxBins - 2));
  const first = Math.floor(sorted[0]! / widthMs);
  const needed = Math.floor(longest / widthMs) - first + 1;
  const counts = new Array<number>(Math.min(maxBins, needed)).fill(0);
  for (const duration of sorted) {
    const at = Math.min(counts.length - 1, Math.floor(duration / widthMs) - first);
    counts[at] = counts[at]! + 1;
  }
  return counts.map((count, i) => {
    const toMs = (first + i + 1) * widthMs;
    const isLast = i === counts.length - 1;
    return { fromMs: (first + i) * widthMs, toMs: isLast ? Math.max(toMs, longest) : toMs, count };
  });
}

/** The lines of a histogram: range, bar, count. @param columns characters in a line */
export function drawHistogram(bins: readonly DurationBin[], columns: number, isUnicode: boolean): string[] {
  const mostDigits = Math.max(1, ...bins.map(({ count }) => String(count).length));
  const most = Math.max(1, ...bins.map(({ count }) => count));
  const digits = digitsOf(bins);
  const labels = bins.map(({ fromMs, toMs }) => `${fromMs.toFixed(digits)} - ${toMs.toFixed(digits)} ms`);
  const labelWidth = Math.max(...labels.map((label) => label.length));
  const room = Math.max(1, columns - labelWidth - mostDigits - 3);
  return bins.map(({ count }, i) => {
    const bar = horizontalBar((count / most) * room, isUnicode);
    return `${labels[i]!.padStart(labelWidth)} ${String(count).padStart(mostDigits)} ${bar}`.trimEnd();
  });
}

/** The next width of 1, 2 or 5 times a power of ten that is at least `widthMs`. */
function roundWidth(widthMs: number): number {
  const least = Math.max(widthMs, 0.01);
  const power = 10 ** Math.floor(Math.log10(least));
  const step = STEPS.find((candidate) => candidate * power >= least) ?? 10;
  return step * power;
}

function digitsOf(bins: readonly DurationBin[]): number {
  const first = bins[0];
  if (first === undefined || bins.length < 2) return 2;
  return Math.max(0, Math.min(3, -Math.floor(Math.log10(bins[1]!.fromMs - first.fromMs) + 1e-9)));
}
