/** Linear prediction by autocorrelation, for what only needs a rough shape of the spectrum: noise. Allocates nothing. */

/** White noise 40 dB down, so that no shape rings. */
const WHITE = 1.0001;

/** The frame's autocorrelation, not normalised. @param lags takes lag 0 and as many more as it has places */
export function autocorrelate(frame: Int16Array, lags: Float64Array): void {
  for (let lag = 0; lag < lags.length; lag++) {
    let sum = 0;
    for (let i = lag; i < frame.length; i++) sum += frame[i]! * frame[i - lag]!;
    lags[lag] = sum;
  }
}

/**
 * Levinson's recursion.
 * @param lags lag 0 and one more for each order; nothing in them gives a flat spectrum
 * @param filter takes the prediction error filter `1 + a1 z^-1 + ...`; one longer than the order
 * @param before scratch as long as `filter`
 * @param reflection takes the reflection coefficients, the last coefficient of each order's filter
 * @returns the share of the power that prediction leaves, 0 to 1
 */
export function levinson(
  lags: Float64Array,
  filter: Float32Array | Float64Array,
  before: Float64Array,
  reflection?: Float64Array,
): number {
  const order = filter.length - 1;
  filter.fill(0);
  filter[0] = 1;
  reflection?.fill(0, 0, order);
  const power = lags[0]! * WHITE;
  if (!(power > 0)) return 1;
  let error = power;
  for (let m = 1; m <= order; m++) {
    let sum = 0;
    for (let i = 0; i < m; i++) sum += filter[i]! * lags[m - i]!;
    const k = -sum / error;
    if (reflection !== undefined) reflection[m - 1] = k;
    for (let i = 0; i <= m; i++) before[i] = filter[i]!;
    for (let i = 1; i <= m; i++) filter[i] = before[i]! + k * before[m - i]!;
    error *= 1 - k * k;
    if (!(error > 0)) return 0;
  }
  return error / power;
}
