// Products of the bank's rows with windows of the input, four at a time or one alone, summed in the same order.
import { multiplyAdd, sums } from "./lanes";

/** The sums of one row with four windows. */
// @ts-ignore: decorator
@inline export function fourWindows(h: usize, end: usize, x0: usize, x1: usize, x2: usize, x3: usize): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (h < end) {
    const c = v128.load(h);
    s0 = multiplyAdd(c, v128.load(x0), s0);
    s1 = multiplyAdd(c, v128.load(x1), s1);
    s2 = multiplyAdd(c, v128.load(x2), s2);
    s3 = multiplyAdd(c, v128.load(x3), s3);
    h += 16; x0 += 16; x1 += 16; x2 += 16; x3 += 16;
  }
  return sums(s0, s1, s2, s3);
}

/** The sums of two rows with two windows each: the first with `a0` and `a1`, the second with `b0` and `b1`. */
// @ts-ignore: decorator
@inline export function twoByTwo(g: usize, h: usize, end: usize, a0: usize, a1: usize, b0: usize, b1: usize): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (g < end) {
    const c = v128.load(g);
    const d = v128.load(h);
    s0 = multiplyAdd(c, v128.load(a0), s0);
    s1 = multiplyAdd(c, v128.load(a1), s1);
    s2 = multiplyAdd(d, v128.load(b0), s2);
    s3 = multiplyAdd(d, v128.load(b1), s3);
    g += 16; h += 16; a0 += 16; a1 += 16; b0 += 16; b1 += 16;
  }
  return sums(s0, s2, s1, s3);
}

/** The sums of four rows with a window each. */
// @ts-ignore: decorator
@inline export function fourRows(
  h0: usize, h1: usize, h2: usize, h3: usize, end: usize, x0: usize, x1: usize, x2: usize, x3: usize,
): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  while (h0 < end) {
    s0 = multiplyAdd(v128.load(h0), v128.load(x0), s0);
    s1 = multiplyAdd(v128.load(h1), v128.load(x1), s1);
    s2 = multiplyAdd(v128.load(h2), v128.load(x2), s2);
    s3 = multiplyAdd(v128.load(h3), v128.load(x3), s3);
    h0 += 16; h1 += 16; h2 += 16; h3 += 16;
    x0 += 16; x1 += 16; x2 += 16; x3 += 16;
  }
  return sums(s0, s1, s2, s3);
}

/** One row with one window. */
// @ts-ignore: decorator
@inline export function oneRow(h: usize, end: usize, x: usize): v128 {
  let sum = f32x4.splat(0);
  for (; h < end; h += 16, x += 16) sum = multiplyAdd(v128.load(h), v128.load(x), sum);
  return sums(sum, sum, sum, sum);
}

/** One step of a row between two of the grid: `part` of the way from `h` to the next. */
// @ts-ignore: decorator
@inline function blendedStep(h: usize, rowBytes: usize, part: v128, x: usize, sum: v128): v128 {
  const c = v128.load(h);
  return multiplyAdd(multiplyAdd(f32x4.sub(v128.load(h + rowBytes), c), part, c), v128.load(x), sum);
}

// @ts-ignore: decorator
@inline export function blendedRow(h: usize, rowBytes: usize, part: v128, x: usize): v128 {
  let sum = f32x4.splat(0);
  for (const end = h + rowBytes; h < end; h += 16, x += 16) sum = blendedStep(h, rowBytes, part, x, sum);
  return sums(sum, sum, sum, sum);
}

/** The sums of four such rows with a window each. */
// @ts-ignore: decorator
@inline export function fourBlendedRows(
  h0: usize, h1: usize, h2: usize, h3: usize, rowBytes: usize, part0: v128, part1: v128, part2: v128, part3: v128,
  x0: usize, x1: usize, x2: usize, x3: usize,
): v128 {
  let s0 = f32x4.splat(0);
  let s1 = s0;
  let s2 = s0;
  let s3 = s0;
  for (let at: usize = 0; at < rowBytes; at += 16) {
    s0 = blendedStep(h0 + at, rowBytes, part0, x0 + at, s0);
    s1 = blendedStep(h1 + at, rowBytes, part1, x1 + at, s1);
    s2 = blendedStep(h2 + at, rowBytes, part2, x2 + at, s2);
    s3 = blendedStep(h3 + at, rowBytes, part3, x3 + at, s3);
  }
  return sums(s0, s1, s2, s3);
}
