// Vector helpers of the voice kernels. The twin in TypeScript adds in the same order: the two agree bit for bit.

/** The sum over the lanes, as (0 + 2) + (1 + 3). */
// @ts-ignore: decorator
@inline export function sumOf(a: v128): f32 {
  const halves = f32x4.add(a, v128.shuffle<f32>(a, a, 2, 3, 0, 1));
  return f32x4.extract_lane(halves, 0) + f32x4.extract_lane(halves, 1);
}

/** Sum of products of `n` float32, rounded up to a multiple of 4: what lies beyond must be finite, and zero on one side. */
// @ts-ignore: decorator
@inline export function dot(x: usize, y: usize, n: i32): f32 {
  let sum = f32x4.splat(0);
  for (const end = x + ((<usize>n) << 2); x < end; x += 16, y += 16) {
    sum = f32x4.add(sum, f32x4.mul(v128.load(x), v128.load(y)));
  }
  return sumOf(sum);
}

/** x += k * y and y += k * x, both with the old values, over exactly `n` float32. */
// @ts-ignore: decorator
@inline export function rotate(x: usize, y: usize, n: i32, k: f32): void {
  const factor = f32x4.splat(k);
  for (const end = x + ((<usize>(n & ~3)) << 2); x < end; x += 16, y += 16) {
    const a = v128.load(x);
    const b = v128.load(y);
    v128.store(x, f32x4.add(a, f32x4.mul(factor, b)));
    v128.store(y, f32x4.add(b, f32x4.mul(factor, a)));
  }
  for (let i = 0, rest = n & 3; i < rest; i++, x += 4, y += 4) {
    const a = load<f32>(x);
    const b = load<f32>(y);
    store<f32>(x, a + k * b);
    store<f32>(y, b + k * a);
  }
}
