// The adaptive predictor that both bands share (ITU-T Recommendation G.722, clause 6.2, blocks 4L and 4H): two poles and
// six zeros, adapted by the signs of what they missed. The zeros run in the lanes of one vector.
import {
  DIFFERENCES, PARTLY, POLES, SIGNAL, SIGNAL_ESTIMATE, ZERO_COEFFICIENTS, ZERO_ESTIMATE,
} from "./memory";

// @ts-ignore: decorator
@inline export function saturate(x: i32): i32 {
  return max(min(x, 32767), -32768);
}

/** Lane 0 and lanes 6 and 7 of a shifted row: the newest difference comes in, and only six are kept. */
// @ts-ignore: decorator
@inline function shiftedIn(row: v128, newest: i32): v128 {
  const moved = v128.shuffle<i16>(row, row, 0, 0, 1, 2, 3, 4, 5, 6);
  return v128.and(i16x8.replace_lane(moved, 0, <i16>newest), i16x8(-1, -1, -1, -1, -1, -1, 0, 0));
}

/** Adapts to the quantised difference of the sample that was predicted, and predicts the next one. */
// @ts-ignore: decorator
@inline export function predict(band: usize, difference: i32): void {
  const estimate = load<i32>(band, SIGNAL_ESTIMATE);
  const zeros = load<i32>(band, ZERO_ESTIMATE);
  const signal = saturate(estimate + difference);
  const partly = saturate(zeros + difference);
  const signal1 = load<i32>(band, SIGNAL);
  const partly1 = load<i32>(band, PARTLY);
  const partly2 = load<i32>(band, PARTLY + 4);
  const pole1 = load<i32>(band, POLES);
  const pole2 = load<i32>(band, POLES + 4);

  // second pole, within 0.75
  const same1 = ((partly ^ partly1) >> 31) | 1;
  const same2 = ((partly ^ partly2) >> 31) | 1;
  const fourfold = saturate(pole1 << 2);
  const turned = min(-same1 * fourfold, 32767);
  const nextPole2 = max(min(same2 * 128 + (turned >> 7) + ((pole2 * 32512) >> 15), 12288), -12288);
  // first pole, within what keeps the pair stable
  const bound = saturate(15360 - nextPole2);
  const nextPole1 = max(min(saturate(same1 * 192 + ((pole1 * 32640) >> 15)), bound), -bound);

  // zeros: a leak of 1/256, and a step of 128 by the signs; none where the difference is 0
  const row = v128.load(band, DIFFERENCES);
  const coefficients = v128.load(band, ZERO_COEFFICIENTS);
  const one = i16x8.splat(1);
  const leaked = i16x8.add(coefficients, v128.not(i16x8.shr_s(i16x8.sub_sat_s(coefficients, one), 8)));
  const signs = i16x8.shr_s(v128.xor(row, i16x8.splat(<i16>difference)), 15);
  const step = i16x8.splat(difference == 0 ? 0 : 128);
  const towards = i16x8.sub(v128.xor(step, signs), signs);
  const adapted = v128.and(i16x8.add_sat_s(leaked, towards), i16x8(-1, -1, -1, -1, -1, -1, 0, 0));

  const nextRow = shiftedIn(row, difference);
  const doubled = i16x8.add_sat_s(nextRow, nextRow);
  const low = i32x4.shr_s(i32x4.extmul_low_i16x8_s(adapted, doubled), 15);
  const high = i32x4.shr_s(i32x4.extmul_high_i16x8_s(adapted, doubled), 15);
  const four = i32x4.add(low, high);
  const two = i32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1));
  const nextZeros = saturate(i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1));

  const poles =
    ((nextPole1 * saturate(signal + signal)) >> 15) + ((nextPole2 * saturate(signal1 + signal1)) >> 15);
  v128.store(band, adapted, ZERO_COEFFICIENTS);
  v128.store(band, nextRow, DIFFERENCES);
  store<i32>(band, saturate(saturate(poles) + nextZeros), SIGNAL_ESTIMATE);
  store<i32>(band, nextZeros, ZERO_ESTIMATE);
  store<i32>(band, signal, SIGNAL);
  store<i32>(band, signal1, SIGNAL + 4);
  store<i32>(band, nextPole1, POLES);
  store<i32>(band, nextPole2, POLES + 4);
  store<i32>(band, partly, PARTLY);
  store<i32>(band, partly1, PARTLY + 4);
}
