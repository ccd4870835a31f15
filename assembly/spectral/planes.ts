// Complex numbers as two planes, the imaginary parts at a constant distance from the real ones: an access to either is one
// address and an immediate offset, which halves the address work of a butterfly.

/**
 * Bytes from a real part to its imaginary part: 8,192 float32 and some room. Not a multiple of 4,096, where a load would
 * seem to depend on the store before it. src/dsp/resampler/spectral-layout.ts repeats it.
 */
export const PLANE: usize = 33024;

// @ts-ignore: decorator
@inline export function real(at: usize): v128 {
  return v128.load(at);
}

// @ts-ignore: decorator
@inline export function imaginary(at: usize): v128 {
  return v128.load(at, PLANE);
}

// @ts-ignore: decorator
@inline export function put(at: usize, re: v128, im: v128): void {
  v128.store(at, re);
  v128.store(at, im, PLANE);
}

// @ts-ignore: decorator
@inline export function add(a: v128, b: v128): v128 {
  return f32x4.add(a, b);
}

// @ts-ignore: decorator
@inline export function subtract(a: v128, b: v128): v128 {
  return f32x4.sub(a, b);
}

// @ts-ignore: decorator
@inline export function multiply(a: v128, b: v128): v128 {
  return f32x4.mul(a, b);
}

/** sum + a b */
// @ts-ignore: decorator
@inline export function plus(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, sum);
  return f32x4.add(sum, f32x4.mul(a, b));
}

/** sum - a b */
// @ts-ignore: decorator
@inline export function minus(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_nmadd(a, b, sum);
  return f32x4.sub(sum, f32x4.mul(a, b));
}

/** Real part of (re + i im) (wr + i wi). */
// @ts-ignore: decorator
@inline export function turnedReal(re: v128, im: v128, wr: v128, wi: v128): v128 {
  return minus(multiply(re, wr), im, wi);
}

/** Imaginary part of the same. */
// @ts-ignore: decorator
@inline export function turnedImaginary(re: v128, im: v128, wr: v128, wi: v128): v128 {
  return plus(multiply(re, wi), im, wr);
}

/** Stores a number times a twiddle factor; where `isUnit` (a constant), the factor is 1. */
// @ts-ignore: decorator
@inline export function putTurned(at: usize, re: v128, im: v128, wr: v128, wi: v128, isUnit: bool): void {
  if (isUnit) put(at, re, im);
  else put(at, turnedReal(re, im, wr, wi), turnedImaginary(re, im, wr, wi));
}

// @ts-ignore: decorator
@inline export function reversed(a: v128): v128 {
  return v128.shuffle<f32>(a, a, 3, 2, 1, 0);
}

// @ts-ignore: decorator
@inline export function evens(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 2, 4, 6);
}

// @ts-ignore: decorator
@inline export function odds(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 1, 3, 5, 7);
}

// @ts-ignore: decorator
@inline export function low(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 0, 4, 1, 5);
}

// @ts-ignore: decorator
@inline export function high(a: v128, b: v128): v128 {
  return v128.shuffle<f32>(a, b, 2, 6, 3, 7);
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
