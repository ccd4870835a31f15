// What one stream of G.722 keeps, at an address that the host gives: the two bands' predictors, then the history of the
// quadrature mirror filter with room behind it for the samples of a block.

// @ts-ignore: decorator
@inline export const LOW_BAND: usize = 0;
// @ts-ignore: decorator
@inline export const HIGH_BAND: usize = 80;
/** Two 24-tap windows overlap in 22 samples; they lie at the front of this area from one block to the next. */
// @ts-ignore: decorator
@inline export const WINDOW: usize = 160;
// @ts-ignore: decorator
@inline export const HISTORY_BYTES: usize = 44;
/** Samples that are filtered at a time: 20 ms at 16 kHz. */
// @ts-ignore: decorator
@inline export const BLOCK_SAMPLES: i32 = 320;

// Fields of a band. The six zeros' coefficients and differences are vectors of eight int16, the last two of them 0.
// @ts-ignore: decorator
@inline export const ZERO_COEFFICIENTS: usize = 0;
// @ts-ignore: decorator
@inline export const DIFFERENCES: usize = 16;
/** The signal that the predictor expects, and the part of it that the zeros make. */
// @ts-ignore: decorator
@inline export const SIGNAL_ESTIMATE: usize = 32;
// @ts-ignore: decorator
@inline export const ZERO_ESTIMATE: usize = 36;
/** The last two reconstructed signals. */
// @ts-ignore: decorator
@inline export const SIGNAL: usize = 40;
/** The two poles' coefficients. */
// @ts-ignore: decorator
@inline export const POLES: usize = 48;
/** The last two partly reconstructed signals. */
// @ts-ignore: decorator
@inline export const PARTLY: usize = 56;
/** Logarithm of the quantiser's scale factor, and the factor. */
// @ts-ignore: decorator
@inline export const LOG_SCALE: usize = 64;
// @ts-ignore: decorator
@inline export const SCALE: usize = 68;

const QMF: StaticArray<i16> = [
  3, -11, -11, 53, 12, -156, 32, 362, -210, -805, 951, 3876,
  3876, 951, -805, -210, 362, 32, -156, 12, 53, -11, -11, 3,
];

/** Eight of the 24 coefficients of the filter pair (Recommendation G.722, table 11), from `first`. */
// @ts-ignore: decorator
@inline export function qmf(first: usize): v128 {
  return v128.load(changetype<usize>(QMF) + first * 2);
}
