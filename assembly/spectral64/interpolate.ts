// Samples between samples, for ratios that the blocks have no transforms for: a short bank with a row for each phase, or
// where these are too many one whose coefficients are parabolas of the place between two inputs. It works next to the blocks; between the two samples are float64, outside float32.
//
// Layout as src/dsp/resampler/spectral-layout.ts says. An interval of the grid has a row of float64, the constant terms, and
// two of float32, the linear and the quadratic ones: what these add is 48 dB smaller or more, so that their rounding is too.
// An output is the product of its window with all three, put together: that takes fewer operations than to make one row.

import { multiplyAdd } from "../resampler/lanes";
import { plus } from "./planes";

const STATE: usize = 64;
/** A place in its interval is a whole number of 2^-22; with the interval's number and a fraction, 63 bits. */
const PART_BITS = 22;
const PART_MASK = (1 << PART_BITS) - 1;
const PART: f64 = 1 / <f64>(1 << PART_BITS);

/**
 * `n` samples at `src`, which may be the place for them in the state, into `dst`; returns how many came out. `work`: room
 * for the history and all new samples in the other precision than they come in.
 */
export function interpolate(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  const isWide = load<i32>(plan, 24) != 0;
  const length = load<i32>(plan, 16);
  const shift: usize = isWide ? 3 : 2;
  const windowBytes = <usize>length << shift;
  const history = state + STATE;
  const first = history + windowBytes;
  if (src != first) memory.copy(first, src, <usize>n << shift);
  const all = length + n;
  let count: i32;
  if (load<i32>(plan, 4) != 0) {
    if (!isWide) promote(history, work, all);
    const x = isWide ? history : work;
    if (isWide && length == 20) count = ordered(plan, state, x, all, dst, true, 20);
    else if (isWide) count = ordered(plan, state, x, all, dst, true, 0);
    else count = ordered(plan, state, x, all, dst, false, 0);
  } else if (isWide) {
    demote(history, work, all);
    if (length == 20) count = wide20(plan, state, history, work, all, dst);
    else count = bank(plan, state, history, work, all, dst, true, 0);
  } else {
    promote(history, work, all);
    count = bank(plan, state, work, history, all, dst, false, 0);
  }
  memory.copy(history, first + (<usize>n << shift) - windowBytes, windowBytes);
  return count;
}

function demote(src: usize, dst: usize, n: i32): void {
  for (; n > 0; n -= 2, src += 16, dst += 8) v128.store64_lane(dst, f32x4.demote_f64x2_zero(v128.load(src)), 0);
}

function promote(src: usize, dst: usize, n: i32): void {
  for (; n > 0; n -= 2, src += 8, dst += 16) v128.store(dst, f64x2.promote_low_f32x4(v128.load64_zero(src)));
}

/**
 * All outputs whose window lies within `n` samples, in float64 from `doubles` and in float32 from `singles` on. Rows are of
 * `taps`, or 0: as the plan says.
 */
// @ts-ignore: decorator
@inline function bank(
  plan: usize, state: usize, doubles: usize, singles: usize, n: i32, dst: usize, isWide: bool, taps: i32,
): i32 {
  const length = taps == 0 ? load<i32>(plan, 16) : taps;
  const rows = <usize>load<u32>(plan, 20);
  const slopes = <usize>load<u32>(plan, 28);
  const slopeBytes = <usize>length << 2;
  const span = <i64>load<f64>(state, 24);
  const stepUnits = <i64>load<f64>(state, 32);
  const scale = <i64>(load<f64>(state, 40) * <f64>((<i64>1) << (PART_BITS + 32)));
  const stepSamples = load<i32>(state, 48);
  const last = n - length;
  let at = length + load<i32>(state);
  let place = <i64>load<f64>(state, 16);
  const from = dst;
  while (at <= last) {
    const parts = (place * scale) >> 32;
    const part = <f64><i32>(parts & PART_MASK) * PART;
    const rowsAt = <usize>(parts >> PART_BITS) * (slopeBytes << 1);
    const row = rows + rowsAt;
    const slope = slopes + rowsAt;
    const x = doubles + (<usize>at << 3);
    const s = singles + (<usize>at << 2);
    const s0 = v128.load(s);
    let linear = f32x4.mul(v128.load(slope), s0);
    let quadratic = f32x4.mul(v128.load(slope + slopeBytes), s0);
    let even = f64x2.mul(v128.load(row), v128.load(x));
    let odd = f64x2.mul(v128.load(row, 16), v128.load(x, 16));
    if (taps == 0) {
      for (let i: usize = 16; i < slopeBytes; i += 16) {
        const si = v128.load(s + i);
        linear = multiplyAdd(v128.load(slope + i), si, linear);
        quadratic = multiplyAdd(v128.load(slope + slopeBytes + i), si, quadratic);
        even = plus(even, v128.load(row + 2 * i), v128.load(x + 2 * i));
        odd = plus(odd, v128.load(row + 2 * i, 16), v128.load(x + 2 * i, 16));
      }
    } else {
      const s1 = v128.load(s, 16);
      linear = multiplyAdd(v128.load(slope, 16), s1, linear);
      quadratic = multiplyAdd(v128.load(slope + slopeBytes, 16), s1, quadratic);
      even = plus(even, v128.load(row, 32), v128.load(x, 32));
      odd = plus(odd, v128.load(row, 48), v128.load(x, 48));
      const s2 = v128.load(s, 32);
      linear = multiplyAdd(v128.load(slope, 32), s2, linear);
      quadratic = multiplyAdd(v128.load(slope + slopeBytes, 32), s2, quadratic);
      even = plus(even, v128.load(row, 64), v128.load(x, 64));
      odd = plus(odd, v128.load(row, 80), v128.load(x, 80));
    }
    if (taps > 12) {
      const s3 = v128.load(s, 48);
      linear = multiplyAdd(v128.load(slope, 48), s3, linear);
      quadratic = multiplyAdd(v128.load(slope + slopeBytes, 48), s3, quadratic);
      even = plus(even, v128.load(row, 96), v128.load(x, 96));
      odd = plus(odd, v128.load(row, 112), v128.load(x, 112));
    }
    if (taps > 16) {
      const s4 = v128.load(s, 64);
      linear = multiplyAdd(v128.load(slope, 64), s4, linear);
      quadratic = multiplyAdd(v128.load(slope + slopeBytes, 64), s4, quadratic);
      even = plus(even, v128.load(row, 128), v128.load(x, 128));
      odd = plus(odd, v128.load(row, 144), v128.load(x, 144));
    }
    const curve = f32x4.add(linear, f32x4.mul(quadratic, f32x4.splat(<f32>part)));
    const curves = f64x2.promote_low_f32x4(f32x4.add(curve, v128.shuffle<i64>(curve, curve, 1, 0)));
    const sums = f64x2.add(f64x2.add(even, odd), f64x2.mul(curves, f64x2.splat(part)));
    const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (isWide) {
      store<f32>(dst, <f32>sum);
      dst += 4;
    } else {
      store<f64>(dst, sum);
      dst += 8;
    }
    place += stepUnits;
    const isOver = place >= span;
    place -= isOver ? span : 0;
    at += stepSamples + <i32>isOver;
  }
  store<i32>(state, at - n);
  store<f64>(state, <f64>place, 16);
  return <i32>(dst - from) >> (isWide ? 2 : 3);
}

/**
 * The same with a row for each phase, in the order in which outputs come to them: nothing but one product an output. As in
 * ../spectral/ordered-bank.ts.
 */
// @ts-ignore: decorator
@inline function ordered(plan: usize, state: usize, doubles: usize, n: i32, dst: usize, isWide: bool, taps: i32): i32 {
  const length = taps == 0 ? load<i32>(plan, 16) : taps;
  const rowBytes = <usize>length << 3;
  const phases = load<i32>(plan, 4);
  const rows = <usize>load<u32>(plan, 20);
  const rowsEnd = rows + <usize>phases * rowBytes;
  const stepUnits = <i32>load<f64>(state, 32);
  const stepSamples = load<i32>(state, 48);
  const last = n - length;
  const from = dst;
  let at = length + load<i32>(state);
  let place = <i32>load<f64>(state, 16);
  let row = rows + <usize>load<i32>(state, 4) * rowBytes;
  while (at <= last) {
    const x = doubles + (<usize>at << 3);
    let even = f64x2.mul(v128.load(row), v128.load(x));
    let odd = f64x2.mul(v128.load(row, 16), v128.load(x, 16));
    if (taps == 0) {
      for (let i: usize = 32; i < rowBytes; i += 32) {
        even = plus(even, v128.load(row + i), v128.load(x + i));
        odd = plus(odd, v128.load(row + i, 16), v128.load(x + i, 16));
      }
    } else {
      even = plus(even, v128.load(row, 32), v128.load(x, 32));
      odd = plus(odd, v128.load(row, 48), v128.load(x, 48));
      even = plus(even, v128.load(row, 64), v128.load(x, 64));
      odd = plus(odd, v128.load(row, 80), v128.load(x, 80));
      even = plus(even, v128.load(row, 96), v128.load(x, 96));
      odd = plus(odd, v128.load(row, 112), v128.load(x, 112));
      even = plus(even, v128.load(row, 128), v128.load(x, 128));
      odd = plus(odd, v128.load(row, 144), v128.load(x, 144));
    }
    const sums = f64x2.add(even, odd);
    const sum = f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1);
    if (isWide) {
      store<f32>(dst, <f32>sum);
      dst += 4;
    } else {
      store<f64>(dst, sum);
      dst += 8;
    }
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
    place += stepUnits;
    const isOver = place >= phases;
    place -= isOver ? phases : 0;
    at += stepSamples + <i32>isOver;
  }
  store<i32>(state, at - n);
  store<i32>(state, <i32>((row - rows) / rowBytes), 4);
  store<f64>(state, <f64>place, 16);
  return <i32>(dst - from) >> (isWide ? 2 : 3);
}

function wide20(plan: usize, state: usize, doubles: usize, singles: usize, n: i32, dst: usize): i32 {
  return bank(plan, state, doubles, singles, n, dst, true, 20);
}
