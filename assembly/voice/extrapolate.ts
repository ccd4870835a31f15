// The free ringing of a prediction filter.
import { sumOf } from "./lanes";

/**
 * Continues the signal that ends before `y` by `n` samples: each is predicted from the `order` (a multiple of 16) before it,
 * and kept within +-limit, so that nothing can grow. `reversed` points behind the coefficients as `burg` leaves them.
 */
export function extrapolate(reversed: usize, order: i32, y: usize, n: i32, limit: f32): void {
  const taps = reversed - ((<usize>(order + 1)) << 2);
  const bytes = (<usize>order) << 2;
  for (let i = 0; i < n; i++, y += 4) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    let p = taps;
    let q = y - bytes;
    for (; q < y; p += 64, q += 64) {
      s0 = f32x4.add(s0, f32x4.mul(v128.load(p), v128.load(q)));
      s1 = f32x4.add(s1, f32x4.mul(v128.load(p, 16), v128.load(q, 16)));
      s2 = f32x4.add(s2, f32x4.mul(v128.load(p, 32), v128.load(q, 32)));
      s3 = f32x4.add(s3, f32x4.mul(v128.load(p, 48), v128.load(q, 48)));
    }
    const sum = sumOf(f32x4.add(f32x4.add(s0, s1), f32x4.add(s2, s3)));
    store<f32>(y, max<f32>(-limit, min<f32>(limit, -sum)));
  }
}
