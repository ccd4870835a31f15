// Complex numbers as two planes of float64, the imaginary parts at a constant distance from the real ones: an access to
// either is one address and an immediate offset.

/**
 * Bytes from a real part to its imaginary part: 8,192 float64 and some room. Not a multiple of 4,096, where a load would
 * seem to depend on the store before it. src/dsp/resampler/double-layout.ts repeats it.
 */
export const PLANE: usize = 65856;

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
  return f64x2.add(a, b);
}

// @ts-ignore: decorator
@inline export function subtract(a: v128, b: v128): v128 {
  return f64x2.sub(a, b);
}

// @ts-ignore: decorator
@inline export function multiply(a: v128, b: v128): v128 {
  return f64x2.mul(a, b);
}

/** sum + a b */
// @ts-ignore: decorator
@inline export function plus(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_madd(a, b, sum);
  return f64x2.add(sum, f64x2.mul(a, b));
}

/** sum - a b */
// @ts-ignore: decorator
@inline export function minus(sum: v128, a: v128, b: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f64x2.relaxed_nmadd(a, b, sum);
  return f64x2.sub(sum, f64x2.mul(a, b));
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
  return v128.shuffle<f64>(a, a, 1, 0);
}

/** The first numbers of both. */
// @ts-ignore: decorator
@inline export function low(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 0, 2);
}

/** The second ones. */
// @ts-ignore: decorator
@inline export function high(a: v128, b: v128): v128 {
  return v128.shuffle<f64>(a, b, 1, 3);
}
