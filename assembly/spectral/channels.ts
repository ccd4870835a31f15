// Two interleaved channels apart and together, float32 and int16: on their way to long blocks and back.
//
// `n` is the count of samples of a channel. A last vector that is not whole is done one by one.
import { evens, high, low, odds } from "./planes";

const INT16_SCALE: f32 = 32768;

/** `src` to `left` and `right`. */
export function splitFloats(src: usize, left: usize, right: usize, n: i32): void {
  const end = left + (<usize>n << 2);
  for (const whole = left + (<usize>(n & -4) << 2); left < whole; left += 16, right += 16, src += 32) {
    const a = v128.load(src);
    const b = v128.load(src, 16);
    v128.store(left, evens(a, b));
    v128.store(right, odds(a, b));
  }
  for (; left < end; left += 4, right += 4, src += 8) {
    store<f32>(left, load<f32>(src));
    store<f32>(right, load<f32>(src, 4));
  }
}

/** The same of int16, divided by 32768. */
export function splitInt16s(src: usize, left: usize, right: usize, n: i32): void {
  const scale = f32x4.splat(1 / INT16_SCALE);
  const end = left + (<usize>n << 2);
  for (const whole = left + (<usize>(n & -4) << 2); left < whole; left += 16, right += 16, src += 16) {
    const both = v128.load(src);
    v128.store(left, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(i32x4.shl(both, 16), 16)), scale));
    v128.store(right, f32x4.mul(f32x4.convert_i32x4_s(i32x4.shr_s(both, 16)), scale));
  }
  for (; left < end; left += 4, right += 4, src += 4) {
    store<f32>(left, <f32>load<i16>(src) * (1 / INT16_SCALE));
    store<f32>(right, <f32>load<i16>(src, 2) * (1 / INT16_SCALE));
  }
}

/** `left` and `right` to `dst`; writes up to three samples of each beyond `n`. */
export function joinFloats(left: usize, right: usize, dst: usize, n: i32): void {
  for (const end = left + (<usize>n << 2); left < end; left += 16, right += 16, dst += 32) {
    const l = v128.load(left);
    const r = v128.load(right);
    v128.store(dst, low(l, r));
    v128.store(dst, high(l, r), 16);
  }
}

/** The same to int16: times 32768, half to even, saturated, NaN to 0. */
export function joinInt16s(left: usize, right: usize, dst: usize, n: i32): void {
  const scale = f32x4.splat(INT16_SCALE);
  for (const end = left + (<usize>n << 2); left < end; left += 16, right += 16, dst += 16) {
    const l = f32x4.nearest(f32x4.mul(v128.load(left), scale));
    const r = f32x4.nearest(f32x4.mul(v128.load(right), scale));
    v128.store(
      dst,
      i16x8.narrow_i32x4_s(
        i32x4.trunc_sat_f32x4_s(low(l, r)),
        i32x4.trunc_sat_f32x4_s(high(l, r)),
      ),
    );
  }
}
