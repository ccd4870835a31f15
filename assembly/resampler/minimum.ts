// The half-band's place with minimum phase: 90 coefficients, all different, half of them for each of two polyphase branches.
//
// `c` holds them in pairs, one for each branch, every one four times over. As in half-band.ts, each output is computed by
// the same additions in the same order, however many are computed together.
import { high, low, multiplyAdd, storeLanes } from "./lanes";

const TAPS_BYTES: usize = 45 * 32;

/** `n` samples at half the rate into `dst`: the sum over k of c[2k] odd[i - k] + c[2k + 1] even[i - k]. */
export function decimateMinimum(even: usize, odd: usize, c: usize, dst: usize, n: i32): void {
  const end = c + TAPS_BYTES;
  for (; n >= 16; n -= 16, even += 64, odd += 64, dst += 64) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let p = c, e = even, o = odd; p < end; p += 32, e -= 4, o -= 4) {
      const a = v128.load(p);
      const b = v128.load(p, 16);
      s0 = multiplyAdd(v128.load(e), b, multiplyAdd(v128.load(o), a, s0));
      s1 = multiplyAdd(v128.load(e, 16), b, multiplyAdd(v128.load(o, 16), a, s1));
      s2 = multiplyAdd(v128.load(e, 32), b, multiplyAdd(v128.load(o, 32), a, s2));
      s3 = multiplyAdd(v128.load(e, 48), b, multiplyAdd(v128.load(o, 48), a, s3));
    }
    v128.store(dst, s0);
    v128.store(dst, s1, 16);
    v128.store(dst, s2, 32);
    v128.store(dst, s3, 48);
  }
  for (; n > 0; n -= 4, even += 16, odd += 16, dst += 16) {
    let sum = f32x4.splat(0);
    for (let p = c, e = even, o = odd; p < end; p += 32, e -= 4, o -= 4) {
      sum = multiplyAdd(v128.load(e), v128.load(p, 16), multiplyAdd(v128.load(o), v128.load(p), sum));
    }
    storeLanes(dst, sum, n);
  }
}

/** `n` samples from `x` on into 2n at `dst`: the sums over k of c[2k] x[i - k] and of c[2k + 1] x[i - k]. */
export function interpolateMinimum(x: usize, c: usize, dst: usize, n: i32): void {
  const end = c + TAPS_BYTES;
  for (; n >= 8; n -= 8, x += 32, dst += 64) {
    let a0 = f32x4.splat(0);
    let a1 = a0;
    let b0 = a0;
    let b1 = a0;
    for (let p = c, from = x; p < end; p += 32, from -= 4) {
      const a = v128.load(p);
      const b = v128.load(p, 16);
      const x0 = v128.load(from);
      const x1 = v128.load(from, 16);
      a0 = multiplyAdd(x0, a, a0);
      a1 = multiplyAdd(x1, a, a1);
      b0 = multiplyAdd(x0, b, b0);
      b1 = multiplyAdd(x1, b, b1);
    }
    v128.store(dst, low(a0, b0));
    v128.store(dst, high(a0, b0), 16);
    v128.store(dst, low(a1, b1), 32);
    v128.store(dst, high(a1, b1), 48);
  }
  for (; n > 0; n -= 4, x += 16, dst += 32) {
    let a = f32x4.splat(0);
    let b = a;
    for (let p = c, from = x; p < end; p += 32, from -= 4) {
      const samples = v128.load(from);
      a = multiplyAdd(samples, v128.load(p), a);
      b = multiplyAdd(samples, v128.load(p, 16), b);
    }
    storeLanes(dst, low(a, b), n << 1);
    if (n > 2) storeLanes(dst + 16, high(a, b), (n << 1) - 4);
  }
}
