// The half-band at twice the lower rate: the coefficients that are not 0 beside the middle one come in equal pairs.
//
// From `c` to `end` there is twice the coefficient of each pair, four times over. Outputs are computed sixteen or four at a time, each by the same
// additions in the same order, so a chunk's ends leave no trace in the samples.
import { high, low, multiplyAdd, storeLanes } from "./lanes";

// @ts-ignore: decorator
@inline function pair(left: usize, right: usize, at: usize): v128 {
  return f32x4.add(v128.load(left + at), v128.load(right + at));
}

/** Four sums over the pairs around `left` (going back) and `right` (going on), added to `sum`. */
// @ts-ignore: decorator
@inline function around(left: usize, right: usize, c: usize, end: usize, sum: v128): v128 {
  for (; c < end; c += 16, left -= 4, right += 4) {
    sum = multiplyAdd(pair(left, right, 0), v128.load(c), sum);
  }
  return sum;
}

/** `n` samples at half the rate into `dst`: even[i] / 2 + the sum over k of c[k] / 2 (odd[i - 1 - k] + odd[i + k]). */
export function decimate(even: usize, odd: usize, c: usize, end: usize, dst: usize, n: i32): void {
  const half = f32x4.splat(0.5);
  for (; n >= 16; n -= 16, even += 64, odd += 64, dst += 64) {
    let s0 = v128.load(even);
    let s1 = v128.load(even, 16);
    let s2 = v128.load(even, 32);
    let s3 = v128.load(even, 48);
    for (let p = c, left = odd - 4, right = odd; p < end; p += 16, left -= 4, right += 4) {
      const k = v128.load(p);
      s0 = multiplyAdd(f32x4.add(v128.load(left), v128.load(right)), k, s0);
      s1 = multiplyAdd(f32x4.add(v128.load(left, 16), v128.load(right, 16)), k, s1);
      s2 = multiplyAdd(f32x4.add(v128.load(left, 32), v128.load(right, 32)), k, s2);
      s3 = multiplyAdd(f32x4.add(v128.load(left, 48), v128.load(right, 48)), k, s3);
    }
    v128.store(dst, f32x4.mul(s0, half));
    v128.store(dst, f32x4.mul(s1, half), 16);
    v128.store(dst, f32x4.mul(s2, half), 32);
    v128.store(dst, f32x4.mul(s3, half), 48);
  }
  for (; n > 0; n -= 4, even += 16, odd += 16, dst += 16) {
    storeLanes(dst, f32x4.mul(around(odd - 4, odd, c, end, v128.load(even)), half), n);
  }
}

/** `n` samples from `x` on into 2n at `dst`: x[i] itself, then the sum over k of c[k] (x[i - k] + x[i + 1 + k]). */
export function interpolate(x: usize, c: usize, end: usize, dst: usize, n: i32): void {
  for (; n >= 16; n -= 16, x += 64, dst += 128) {
    let s0 = f32x4.splat(0);
    let s1 = s0;
    let s2 = s0;
    let s3 = s0;
    for (let p = c, left = x, right = x + 4; p < end; p += 16, left -= 4, right += 4) {
      const k = v128.load(p);
      s0 = multiplyAdd(f32x4.add(v128.load(left), v128.load(right)), k, s0);
      s1 = multiplyAdd(f32x4.add(v128.load(left, 16), v128.load(right, 16)), k, s1);
      s2 = multiplyAdd(f32x4.add(v128.load(left, 32), v128.load(right, 32)), k, s2);
      s3 = multiplyAdd(f32x4.add(v128.load(left, 48), v128.load(right, 48)), k, s3);
    }
    const x0 = v128.load(x);
    const x1 = v128.load(x, 16);
    const x2 = v128.load(x, 32);
    const x3 = v128.load(x, 48);
    v128.store(dst, low(x0, s0));
    v128.store(dst, high(x0, s0), 16);
    v128.store(dst, low(x1, s1), 32);
    v128.store(dst, high(x1, s1), 48);
    v128.store(dst, low(x2, s2), 64);
    v128.store(dst, high(x2, s2), 80);
    v128.store(dst, low(x3, s3), 96);
    v128.store(dst, high(x3, s3), 112);
  }
  for (; n > 0; n -= 4, x += 16, dst += 32) {
    const sum = around(x, x + 4, c, end, f32x4.splat(0));
    const samples = v128.load(x);
    storeLanes(dst, low(samples, sum), n << 1);
    if (n > 2) storeLanes(dst + 16, high(samples, sum), (n << 1) - 4);
  }
}

/** `n` samples by turns to `first` and `second`. */
export function part(src: usize, first: usize, second: usize, n: i32): void {
  for (; n >= 8; n -= 8, src += 32, first += 16, second += 16) {
    const a = v128.load(src);
    const b = v128.load(src, 16);
    v128.store(first, v128.shuffle<f32>(a, b, 0, 2, 4, 6));
    v128.store(second, v128.shuffle<f32>(a, b, 1, 3, 5, 7));
  }
  for (; n > 0; n -= 2, src += 8, first += 4, second += 4) {
    store<f32>(first, load<f32>(src));
    if (n > 1) store<f32>(second, load<f32>(src, 4));
  }
}
