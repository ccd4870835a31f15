// Small vector helpers of the resampler's kernels.

// @ts-ignore: decorator
@inline export function multiplyAdd(a: v128, b: v128, sum: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(f32x4.mul(a, b), sum);
}

// @ts-ignore: decorator
@inline export function low(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline export function high(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
}

/** The sums over each of four vectors, every one as (0 + 2) + (1 + 3): the order must not depend on a sample's place. */
// @ts-ignore: decorator
@inline export function sums(a: v128, b: v128, c: v128, d: v128): v128 {
  const ab = f32x4.add(low(a, b), high(a, b));
  const cd = f32x4.add(low(c, d), high(c, d));
  return f32x4.add(v128.shuffle<f32>(ab, cd, 0, 1, 4, 5), v128.shuffle<f32>(ab, cd, 2, 3, 6, 7));
}

/** Stores the first `n` lanes (0 to 4). */
// @ts-ignore: decorator
@inline export function storeLanes(dst: usize, x: v128, n: i32): void {
  if (n >= 4) {
    v128.store(dst, x);
    return;
  }
  if (n >= 2) v128.store64_lane(dst, x, 0);
  if (n == 1) v128.store32_lane(dst, x, 0);
  if (n == 3) v128.store32_lane(dst, x, 2, 8);
}

/** Copies `n` float32, a multiple of 4. */
// @ts-ignore: decorator
@inline export function copyVectors(src: usize, dst: usize, n: i32): void {
  for (const end = src + ((<usize>n) << 2); src < end; src += 16, dst += 16) v128.store(dst, v128.load(src));
}

/** The columns of four vectors, as rows `row` bytes apart. */
// @ts-ignore: decorator
@inline export function putTransposed(at: usize, row: usize, a: v128, b: v128, c: v128, d: v128): void {
  const ac = low(a, c);
  const bd = low(b, d);
  v128.store(at, low(ac, bd));
  v128.store(at + row, high(ac, bd));
  const ac2 = high(a, c);
  const bd2 = high(b, d);
  v128.store(at + 2 * row, low(ac2, bd2));
  v128.store(at + 3 * row, high(ac2, bd2));
}
