// From the transform of packed real input to what the second transform takes, in one pass: the input's spectrum, the filter,
// and the output's spectrum as the transform of packed real output.
import { add, imaginary, minus, multiply, plus, PLANE, put, real, reversed, subtract, turnedImaginary, turnedReal } from "./planes";

/** Real part of A z + B conj(m); `c` holds the real parts of A, its imaginary parts, and those of B. */
// @ts-ignore: decorator
@inline function filteredReal(zr: v128, zi: v128, mr: v128, mi: v128, c: usize): v128 {
  const a = minus(multiply(zr, v128.load(c)), zi, v128.load(c, 16));
  return plus(plus(a, mr, v128.load(c, 32)), mi, v128.load(c, 48));
}

/** Imaginary part of the same. */
// @ts-ignore: decorator
@inline function filteredImaginary(zr: v128, zi: v128, mr: v128, mi: v128, c: usize): v128 {
  const a = plus(multiply(zr, v128.load(c, 16)), zi, v128.load(c));
  return minus(plus(a, mr, v128.load(c, 48)), mi, v128.load(c, 32));
}

/** A transform is periodic: two vectors of it on either side of its `bytes`, which bins beyond its own read, be it times 0. */
// @ts-ignore: decorator
@inline function extend(z: usize, bytes: usize): void {
  v128.store(z + bytes, v128.load(z));
  v128.store(z + bytes, v128.load(z, 16), 16);
  v128.store(z - 32, v128.load(z + bytes - 32));
  v128.store(z - 32, v128.load(z + bytes - 32, 16), 16);
}

/**
 * With Z the first transform (length `n1`) and the input's filtered spectrum Y[k] = A[k] Z[k] + B[k] conj(Z[n1 - k]), what
 * the second one (length `n2`) takes: E + i O with E = Y[k] + conj(Y[n2 - k]) and O = (Y[k] - conj(Y[n2 - k])) w^k. Real and
 * imaginary parts come out exchanged, which makes that transform an inverse one.
 *
 * By vectors of k from 0 on: first `alone` ones whose mirrors Y[n2 - k] are 0, then `paired` ones, as far as the middle.
 * Where there are none of these, all between is 0; where `isOuter`, of that
 * only the vector before the mirrors and what lies between as many bins and a quarter of the transform is stored. `c`: A and B for each vector of k, then for each mirror of `paired`.
 */
export function filterAndJoin(
  z: usize, n1: i32, v: usize, n2: i32, c: usize, w: usize, alone: i32, paired: i32, isOuter: bool,
): void {
  const n1Bytes = <usize>n1 << 2;
  const n2Bytes = <usize>n2 << 2;
  extend(z, n1Bytes);
  extend(z + PLANE, n1Bytes);
  let mirror = z + n1Bytes - 12;
  let mirrorOut = v + n2Bytes - 12;
  const middle = v + (<usize>alone << 4);
  if (isOuter) {
    const before = v + n2Bytes - (<usize>alone << 4) - 12;
    v128.store(before, f32x4.splat(0));
    v128.store(before, f32x4.splat(0), PLANE);
    const bytes = max<isize>(0, <isize>((n2Bytes >> 2) - (<usize>alone << 5)) + 16);
    memory.fill(middle, 0, bytes);
    memory.fill(middle + PLANE, 0, bytes);
  } else if (paired == 0) {
    // none where the last vector reaches past the middle
    const bytes = max<isize>(0, <isize>(n2Bytes - (<usize>alone << 5)) + 4);
    memory.fill(middle, 0, bytes);
    memory.fill(middle + PLANE, 0, bytes);
  }
  let far = z + n2Bytes - 12 - (<usize>alone << 4);
  let near = z + n1Bytes - n2Bytes + (<usize>alone << 4);
  for (; v < middle; v += 16, z += 16, c += 64, w += 32, mirror -= 16, mirrorOut -= 16) {
    const zr = real(z);
    const zi = imaginary(z);
    const mr = reversed(real(mirror));
    const mi = reversed(imaginary(mirror));
    const yr = filteredReal(zr, zi, mr, mi, c);
    const yi = filteredImaginary(zr, zi, mr, mi, c);
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    const or = turnedReal(yr, yi, wr, wi);
    const oi = turnedImaginary(yr, yi, wr, wi);
    put(v, add(yi, or), subtract(yr, oi));
    put(mirrorOut, reversed(subtract(or, yi)), reversed(add(yr, oi)));
  }
  const end = v + (<usize>paired << 4);
  let d = c + (<usize>paired << 6);
  for (; v < end; v += 16, z += 16, near += 16, c += 64, d += 64, w += 32, mirror -= 16, far -= 16, mirrorOut -= 16) {
    let zr = real(z);
    let zi = imaginary(z);
    let mr = reversed(real(mirror));
    let mi = reversed(imaginary(mirror));
    const yr = filteredReal(zr, zi, mr, mi, c);
    const yi = filteredImaginary(zr, zi, mr, mi, c);
    zr = reversed(real(far));
    zi = reversed(imaginary(far));
    mr = real(near);
    mi = imaginary(near);
    const xr = filteredReal(zr, zi, mr, mi, d);
    const xi = filteredImaginary(zr, zi, mr, mi, d);
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    const er = add(yr, xr);
    const ei = subtract(yi, xi);
    const dr = subtract(yr, xr);
    const di = add(yi, xi);
    const or = turnedReal(dr, di, wr, wi);
    const oi = turnedImaginary(dr, di, wr, wi);
    put(v, add(ei, or), subtract(er, oi));
    put(mirrorOut, reversed(subtract(or, ei)), reversed(add(er, oi)));
  }
}
