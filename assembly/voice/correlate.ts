// Sums of products at consecutive places.
import { sumOf } from "./lanes";

/**
 * out[i] = sum of taps[j] * x[i + j] over `count` (a multiple of 4) taps, for `n` (a multiple of 4) places i. Cross-
 * correlation over lags, autocorrelation and FIR filtering alike.
 */
export function correlate(x: usize, taps: usize, count: i32, out: usize, n: i32): void {
  const last = taps + ((<usize>count) << 2);
  for (const end = out + ((<usize>n) << 2); out < end; out += 16, x += 16) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let p = taps, q = x; p < last; p += 16, q += 16) {
      const tap = v128.load(p);
      s0 = f32x4.add(s0, f32x4.mul(tap, v128.load(q)));
      s1 = f32x4.add(s1, f32x4.mul(tap, v128.load(q, 4)));
      s2 = f32x4.add(s2, f32x4.mul(tap, v128.load(q, 8)));
      s3 = f32x4.add(s3, f32x4.mul(tap, v128.load(q, 12)));
    }
    store<f32>(out, sumOf(s0));
    store<f32>(out, sumOf(s1), 4);
    store<f32>(out, sumOf(s2), 8);
    store<f32>(out, sumOf(s3), 12);
  }
}
