/** Pairs of rates that the resampler's tests go through. */
export type Pair = readonly [inputRate: number, outputRate: number];

const STANDARD_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000] as const;

/** Every two of the standard rates, both ways, and each with itself. */
export const STANDARD_PAIRS: readonly Pair[] = STANDARD_RATES.flatMap((a) =>
  STANDARD_RATES.map((b): Pair => [a, b]),
);

/** Pairs outside the standard rates, among them the extremes and ratios with too many phases for a row each. */
export const ODD_PAIRS: readonly Pair[] = [
  [37800, 48000],
  [44056, 48000],
  [48000, 44056],
  [4000, 192000],
  [192000, 4000],
  [47999, 8000],
  [8000, 47999],
  [191999, 4001],
  [4001, 191999],
  [44056, 16000],
  [8000, 44056],
  [22050, 16001],
  [16000, 15999],
];

export const ALL_PAIRS: readonly Pair[] = [...STANDARD_PAIRS, ...ODD_PAIRS];
export const UNLIKE_PAIRS: readonly Pair[] = ALL_PAIRS.filter(([a, b]) => a !== b);

export const name = ([inputRate, outputRate]: Pair) => `${inputRate} to ${outputRate} Hz`;

/** Both ways, with and without a bank, and ratios whose rows are blended without drift too. */
export const DRIFTING_PAIRS: readonly Pair[] = [
  [8000, 16000],
  [16000, 8000],
  [8000, 48000],
  [48000, 8000],
  [24000, 8000],
  [44100, 16000],
  [48000, 44100],
  [44100, 48000],
  [44056, 48000],
  [48000, 44056],
];
