// The two bands' inverse quantisers and scale factors (ITU-T Recommendation G.722, clauses 3.3 to 3.5 and 6.2, tables 14
// to 18). The lower band predicts from four of its six bits, so that bits may be taken for data without telling it.
import { LOG_SCALE, SCALE } from "./memory";
import { predict } from "./predictor";

const LOW4: StaticArray<i16> = [
  0, -20456, -12896, -8968, -6288, -4240, -2584, -1200, 20456, 12896, 8968, 6288, 4240, 2584, 1200, 0,
];
const LOW6: StaticArray<i16> = [
  -136, -136, -136, -136, -24808, -21904, -19008, -16704, -14984, -13512, -12280, -11192, -10232, -9360, -8576, -7856,
  -7192, -6576, -6000, -5456, -4944, -4464, -4008, -3576, -3168, -2776, -2400, -2032, -1688, -1360, -1040, -728,
  24808, 21904, 19008, 16704, 14984, 13512, 12280, 11192, 10232, 9360, 8576, 7856, 7192, 6576, 6000, 5456,
  4944, 4464, 4008, 3576, 3168, 2776, 2400, 2032, 1688, 1360, 1040, 728, 432, 136, -432, -136,
];
const HIGH2: StaticArray<i16> = [-7408, -1616, 7408, 1616];
/** How far the logarithm of the scale moves, by code. */
const LOW_STEP: StaticArray<i16> = [
  -60, 3042, 1198, 538, 334, 172, 58, -30, 3042, 1198, 538, 334, 172, 58, -30, -60,
];
const HIGH_STEP: StaticArray<i16> = [798, -214, 798, -214];
/** 2048 * 2^(i / 32). */
const POWERS: StaticArray<i16> = [
  2048, 2093, 2139, 2186, 2233, 2282, 2332, 2383, 2435, 2489, 2543, 2599, 2656, 2714, 2774, 2834,
  2896, 2960, 3025, 3091, 3158, 3228, 3298, 3371, 3444, 3520, 3597, 3676, 3756, 3838, 3922, 4008,
];

// @ts-ignore: decorator
@inline function entry(table: StaticArray<i16>, index: i32): i32 {
  return <i32>load<i16>(changetype<usize>(table) + (<usize>index << 1));
}

// @ts-ignore: decorator
@inline function rescale(band: usize, step: i32, top: i32, octaves: i32): void {
  const log = max(min(((load<i32>(band, LOG_SCALE) * 127) >> 7) + step, top), 0);
  const power = entry(POWERS, (log >> 6) & 31);
  const down = octaves - (log >> 11);
  store<i32>(band, log, LOG_SCALE);
  store<i32>(band, (down < 0 ? power << -down : power >> down) << 2, SCALE);
}

/** The difference that six bits stand for. */
// @ts-ignore: decorator
@inline export function lowDifference(band: usize, code: i32): i32 {
  return (load<i32>(band, SCALE) * entry(LOW6, code)) >> 15;
}

// @ts-ignore: decorator
@inline export function highDifference(band: usize, code: i32): i32 {
  return (load<i32>(band, SCALE) * entry(HIGH2, code)) >> 15;
}

// @ts-ignore: decorator
@inline export function adaptLow(band: usize, code: i32): void {
  const difference = (load<i32>(band, SCALE) * entry(LOW4, code >> 2)) >> 15;
  rescale(band, entry(LOW_STEP, code >> 2), 18432, 8);
  predict(band, difference);
}

// @ts-ignore: decorator
@inline export function adaptHigh(band: usize, code: i32): void {
  const difference = highDifference(band, code);
  rescale(band, entry(HIGH_STEP, code), 22528, 10);
  predict(band, difference);
}
