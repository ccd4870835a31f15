// From the transform of packed real input to the filtered spectrum, and from there to what the second transform takes.
import { add, imaginary, minus, multiply, plus, PLANE, put, real, reversed, subtract, turnedImaginary, turnedReal } from "./planes";

// @ts-ignore: decorator
@inline function clear(at: usize, bytes: usize): void {
  memory.fill(at, 0, bytes);
  memory.fill(at + PLANE, 0, bytes);
}

/**
 * Y[k] = A[k] Z[k] + B[k] conj(Z[n - k]) for `bins` (an even number of) bins: the real input's spectrum times the filter.
 * `c` holds, for each two bins, the real parts of A, its imaginary parts, and those of B.
 */
export function filterBins(z: usize, n: i32, y: usize, c: usize, bins: i32): void {
  const wrap = z + (<usize>n << 3);
  store<f64>(wrap, load<f64>(z));
  store<f64>(wrap, load<f64>(z, PLANE), PLANE);
  let mirror = wrap - 8;
  const end = z + (<usize>bins << 3);
  const from = y;
  for (; z < end; z += 16, y += 16, mirror -= 16, c += 64) {
    const zr = real(z);
    const zi = imaginary(z);
    const mr = reversed(real(mirror));
    const mi = reversed(imaginary(mirror));
    const ar = v128.load(c);
    const ai = v128.load(c, 16);
    const br = v128.load(c, 32);
    const bi = v128.load(c, 48);
    put(
      y,
      plus(plus(minus(multiply(zr, ar), zi, ai), mr, br), mi, bi),
      minus(plus(plus(multiply(zr, ai), zi, ar), mr, bi), mi, br),
    );
  }
  // bins past the input's own were made of what happened to lie there, be it times 0: a NaN would stay for ever
  if (bins > n) clear(from + (<usize>n << 3), <usize>(bins - n) << 3);
}

/**
 * What transforms (length `n`) into the real output, packed: E + i O with E = Y[k] + conj(Y[n - k]) and
 * O = (Y[k] - conj(Y[n - k])) w^k. Real and imaginary parts come out exchanged, which makes the transform an inverse one.
 */
export function joinBins(y: usize, v: usize, n: i32, w: usize, bins: i32): void {
  clear(y + (<usize>bins << 3), <usize>(n - bins + 2) << 3);
  const end = y + ((<usize>n >> 1) << 3);
  let mirror = y + (<usize>n << 3) - 8;
  let mirrorOut = v + (<usize>n << 3) - 8;
  for (; y <= end; y += 16, mirror -= 16, v += 16, mirrorOut -= 16, w += 32) {
    const yr = real(y);
    const yi = imaginary(y);
    const mr = reversed(real(mirror));
    const mi = reversed(imaginary(mirror));
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    const er = add(yr, mr);
    const ei = subtract(yi, mi);
    const dr = subtract(yr, mr);
    const di = add(yi, mi);
    const or = turnedReal(dr, di, wr, wi);
    const oi = turnedImaginary(dr, di, wr, wi);
    put(v, add(ei, or), subtract(er, oi));
    put(mirrorOut, reversed(subtract(or, ei)), reversed(add(er, oi)));
  }
}

/** The same where no bin meets its mirror (n is 2 `bins` or more): the middle stays empty. */
export function joinSparse(y: usize, v: usize, n: i32, w: usize, bins: i32): void {
  const end = y + (<usize>bins << 3);
  let mirrorOut = v + (<usize>n << 3) - 8;
  clear(v + (<usize>bins << 3), <usize>(n - 2 * bins + 1) << 3);
  for (; y < end; y += 16, v += 16, mirrorOut -= 16, w += 32) {
    const yr = real(y);
    const yi = imaginary(y);
    const wr = v128.load(w);
    const wi = v128.load(w, 16);
    const or = turnedReal(yr, yi, wr, wi);
    const oi = turnedImaginary(yr, yi, wr, wi);
    put(v, add(yi, or), subtract(yr, oi));
    put(mirrorOut, reversed(subtract(or, yi)), reversed(add(yr, oi)));
  }
}
