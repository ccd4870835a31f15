// Products of the bank's rows with windows of the input. However many outputs are computed together, and whichever way, each
// is summed in the same order: every fourth product from the first on, from the second on and so on, then those four sums.
//
// `vectors` is the length of a row in vectors, a constant, so that there is no loop; 0 where it is `length` bytes. V8 loads
// all that lies between two branches or stores before it computes: results are stored early, and again when they are
// complete, so that no more is loaded at a time than there are registers.
import { multiplyAdd, sums } from "./lanes";

/**
 * A row begins with the address of the row after it, that of the next output, and with how many bytes that output's window
 * is further. Then its coefficients follow.
 */
export const LINK: usize = 8;

// @ts-ignore: decorator
@inline export function nextRow(row: usize): usize {
  return <usize>load<u32>(row);
}

// @ts-ignore: decorator
@inline export function windowStep(row: usize): usize {
  return <usize>load<u32>(row, 4);
}

// @ts-ignore: decorator
@inline function product(h: usize, x: usize): v128 {
  return f32x4.mul(v128.load(h), v128.load(x));
}

/** The four sums of one row with one window, in the lanes. */
// @ts-ignore: decorator
@inline function dot(row: usize, x: usize, vectors: i32, length: usize): v128 {
  let sum = product(row + LINK, x);
  if (vectors == 0) {
    for (let at: usize = 16; at < length; at += 16) sum = multiplyAdd(v128.load(row + LINK + at), v128.load(x + at), sum);
    return sum;
  }
  if (vectors > 1) sum = multiplyAdd(v128.load(row, 24), v128.load(x, 16), sum);
  if (vectors > 2) sum = multiplyAdd(v128.load(row, 40), v128.load(x, 32), sum);
  if (vectors > 3) sum = multiplyAdd(v128.load(row, 56), v128.load(x, 48), sum);
  if (vectors > 4) sum = multiplyAdd(v128.load(row, 72), v128.load(x, 64), sum);
  if (vectors > 5) sum = multiplyAdd(v128.load(row, 88), v128.load(x, 80), sum);
  if (vectors > 6) sum = multiplyAdd(v128.load(row, 104), v128.load(x, 96), sum);
  return sum;
}

/** Four rows with a window each, into `dst`. */
// @ts-ignore: decorator
@inline export function fourRows(
  row0: usize, row1: usize, row2: usize, row3: usize, x0: usize, x1: usize, x2: usize, x3: usize, vectors: i32, length: usize,
  dst: usize,
): void {
  const y0 = dot(row0, x0, vectors, length);
  v128.store(dst, y0);
  const y1 = dot(row1, x1, vectors, length);
  v128.store(dst, y1);
  const y2 = dot(row2, x2, vectors, length);
  v128.store(dst, y2);
  v128.store(dst, sums(y0, y1, y2, dot(row3, x3, vectors, length)));
}

/** One row with one window. */
// @ts-ignore: decorator
@inline export function oneRow(row: usize, x: usize, vectors: i32, length: usize): v128 {
  const sum = dot(row, x, vectors, length);
  return sums(sum, sum, sum, sum);
}

// @ts-ignore: decorator
@inline function spread(h: usize, x: usize): v128 {
  return f32x4.mul(v128.load32_splat(h), v128.load(x));
}

/** Every fourth product of a row with four windows side by side, in whose lanes they are, from the one at `h` and `x` on. */
// @ts-ignore: decorator
@inline function column(h: usize, x: usize, vectors: i32, length: usize): v128 {
  let sum = spread(h, x);
  if (vectors == 0) {
    for (let at: usize = 16; at < length; at += 16) sum = multiplyAdd(v128.load32_splat(h + at), v128.load(x + (at << 2)), sum);
    return sum;
  }
  if (vectors > 1) sum = multiplyAdd(v128.load32_splat(h, 16), v128.load(x, 64), sum);
  if (vectors > 2) sum = multiplyAdd(v128.load32_splat(h, 32), v128.load(x, 128), sum);
  if (vectors > 3) sum = multiplyAdd(v128.load32_splat(h, 48), v128.load(x, 192), sum);
  if (vectors > 4) sum = multiplyAdd(v128.load32_splat(h, 64), v128.load(x, 256), sum);
  if (vectors > 5) sum = multiplyAdd(v128.load32_splat(h, 80), v128.load(x, 320), sum);
  if (vectors > 6) sum = multiplyAdd(v128.load32_splat(h, 96), v128.load(x, 384), sum);
  return sum;
}

/** One row with four windows side by side into `dst`: `x` holds a sample of each, then the next sample of each. */
// @ts-ignore: decorator
@inline export function fourAbreast(row: usize, x: usize, vectors: i32, length: usize, dst: usize): void {
  const h = row + LINK;
  const y0 = column(h, x, vectors, length);
  if (vectors > 3) v128.store(dst, y0);
  const y02 = f32x4.add(y0, column(h + 8, x + 32, vectors, length));
  v128.store(dst, y02);
  const y1 = column(h + 4, x + 16, vectors, length);
  if (vectors > 3) v128.store(dst, y1);
  v128.store(dst, f32x4.add(y02, f32x4.add(y1, column(h + 12, x + 48, vectors, length))));
}
