// The outermost stage of a long transform, radix 8: it takes the input apart into eight parts whose transforms fit into the
// nearest cache, or puts eight such transforms together. Its inputs and outputs only pass through.
//
// Sums and differences go through memory on their way. V8 computes a number where it is used but loads it where the source
// says: with all inputs of a butterfly loaded at once, half of them would be stored and loaded again anyway, and later.
//
// `m` is the length of a part, 4 or more; where it is no multiple of four, the last vector is moved back to end at the last
// one. Twiddle factors lie in the order of the vectors: for parts 1 to 7 each four real parts and four imaginary ones.
import { add, multiply, PLANE, subtract, turnedImaginary, turnedReal } from "./planes";

/** Bytes from the first four parts to the others. Within four, parts follow each other. */
export const BANK: usize = 2 * PLANE;
const FACTORS: usize = 224;
const HALF_ROOT: f32 = 0.7071067811865476;

/** Between the halves of a butterfly: four vectors that come next, then eight. */
const NEXT = memory.data(192, 16);
const ODD = NEXT + 64;

// @ts-ignore: decorator
@inline function keep(at: usize, a: v128, b: v128, c: v128, d: v128): void {
  v128.store(at, a);
  v128.store(at, b, 16);
  v128.store(at, c, 32);
  v128.store(at, d, 48);
}

/** The sum and the difference of two inputs, to be used next. */
// @ts-ignore: decorator
@inline function keepPair(ar: v128, ai: v128, br: v128, bi: v128): void {
  keep(NEXT, add(ar, br), add(ai, bi), subtract(ar, br), subtract(ai, bi));
}

/** Of inputs 3 and 7, after 1 and 5 have been kept: what the odd inputs add to the outputs. */
// @ts-ignore: decorator
@inline function keepOdd(ar: v128, ai: v128, br: v128, bi: v128): void {
  const half = f32x4.splat(HALF_ROOT);
  const sr = add(ar, br);
  const si = add(ai, bi);
  const dr = subtract(ar, br);
  const di = subtract(ai, bi);
  const ur = v128.load(NEXT);
  const ui = v128.load(NEXT, 16);
  const vr = v128.load(NEXT, 32);
  const vi = v128.load(NEXT, 48);
  keep(ODD, add(ur, sr), add(ui, si), subtract(ur, sr), subtract(ui, si));
  const pr = add(vr, di);
  const pi = subtract(vi, dr);
  const qr = subtract(vr, di);
  const qi = add(vi, dr);
  keep(
    ODD + 64, multiply(half, add(pr, pi)), multiply(half, subtract(pi, pr)),
    multiply(half, subtract(qi, qr)), multiply(half, add(qr, qi)),
  );
}

/** Where an output goes: part `q`, times its factor, or the part's place in the whole. */
// @ts-ignore: decorator
@inline function putOutput(y: usize, step: usize, q: usize, re: v128, im: v128, w: usize, isWhole: bool): void {
  if (isWhole) {
    v128.store(y + q * step, re);
    v128.store(y + q * step, im, BANK);
  } else if (q == 0) {
    v128.store(y, re);
    v128.store(y, im, PLANE);
  } else {
    const wr = v128.load(w + 32 * (q - 1));
    const wi = v128.load(w + 32 * (q - 1), 16);
    const at = y + (q & 3) * step + (q >> 2) * BANK;
    v128.store(at, turnedReal(re, im, wr, wi));
    v128.store(at, turnedImaginary(re, im, wr, wi), PLANE);
  }
}

/** Of inputs 0 and 4, after 2 and 6 and the odd ones have been kept: all outputs. */
// @ts-ignore: decorator
@inline function putAll(
  ar: v128, ai: v128, br: v128, bi: v128, y: usize, step: usize, w: usize, isWhole: bool,
): void {
  const sr = add(ar, br);
  const si = add(ai, bi);
  const dr = subtract(ar, br);
  const di = subtract(ai, bi);
  const ur = v128.load(NEXT);
  const ui = v128.load(NEXT, 16);
  const vr = v128.load(NEXT, 32);
  const vi = v128.load(NEXT, 48);
  const e0r = add(sr, ur);
  const e0i = add(si, ui);
  let or = v128.load(ODD);
  let oi = v128.load(ODD, 16);
  putOutput(y, step, 0, add(e0r, or), add(e0i, oi), w, isWhole);
  putOutput(y, step, 4, subtract(e0r, or), subtract(e0i, oi), w, isWhole);
  const e2r = subtract(sr, ur);
  const e2i = subtract(si, ui);
  or = v128.load(ODD, 32);
  oi = v128.load(ODD, 48);
  putOutput(y, step, 2, add(e2r, oi), subtract(e2i, or), w, isWhole);
  putOutput(y, step, 6, subtract(e2r, oi), add(e2i, or), w, isWhole);
  const e1r = add(dr, vi);
  const e1i = subtract(di, vr);
  or = v128.load(ODD, 64);
  oi = v128.load(ODD, 80);
  putOutput(y, step, 1, add(e1r, or), add(e1i, oi), w, isWhole);
  putOutput(y, step, 5, subtract(e1r, or), subtract(e1i, oi), w, isWhole);
  const e3r = subtract(dr, vi);
  const e3i = add(di, vr);
  or = v128.load(ODD, 96);
  oi = v128.load(ODD, 112);
  putOutput(y, step, 3, add(e3r, or), subtract(e3i, oi), w, isWhole);
  putOutput(y, step, 7, subtract(e3r, or), add(e3i, oi), w, isWhole);
}

/** From real parts at `re` and imaginary ones at `im` to eight parts at `y`, `stride` bytes apart. */
export function toParts(re: usize, im: usize, m: i32, y: usize, stride: usize, w: usize): void {
  const last = m - 4;
  const step = <usize>m << 2;
  for (let p = 0; ; p = min(p + 4, last), w += FACTORS) {
    const r = re + (<usize>p << 2);
    const i = im + (<usize>p << 2);
    keepPair(v128.load(r + step), v128.load(i + step), v128.load(r + 5 * step), v128.load(i + 5 * step));
    keepOdd(v128.load(r + 3 * step), v128.load(i + 3 * step), v128.load(r + 7 * step), v128.load(i + 7 * step));
    keepPair(v128.load(r + 2 * step), v128.load(i + 2 * step), v128.load(r + 6 * step), v128.load(i + 6 * step));
    putAll(
      v128.load(r), v128.load(i), v128.load(r + 4 * step), v128.load(i + 4 * step),
      y + (<usize>p << 2), stride, w, false,
    );
    if (p == last) break;
  }
}

/** Real part of what lies at `at`, times its factor. */
// @ts-ignore: decorator
@inline function partReal(at: usize, w: usize): v128 {
  return turnedReal(v128.load(at), v128.load(at, PLANE), v128.load(w), v128.load(w, 16));
}

/** Imaginary part of the same. */
// @ts-ignore: decorator
@inline function partImaginary(at: usize, w: usize): v128 {
  return turnedImaginary(v128.load(at), v128.load(at, PLANE), v128.load(w), v128.load(w, 16));
}

/** From eight parts at `x`, `stride` bytes apart, to real parts at `y` and imaginary ones `BANK` bytes on. */
export function fromParts(x: usize, stride: usize, m: i32, y: usize, w: usize): void {
  const last = m - 4;
  const step = <usize>m << 2;
  for (let p = 0; ; p = min(p + 4, last), w += FACTORS) {
    const a = x + (<usize>p << 2);
    const b = a + BANK;
    keepPair(
      partReal(a + stride, w), partImaginary(a + stride, w),
      partReal(b + stride, w + 128), partImaginary(b + stride, w + 128),
    );
    keepOdd(
      partReal(a + 3 * stride, w + 64), partImaginary(a + 3 * stride, w + 64),
      partReal(b + 3 * stride, w + 192), partImaginary(b + 3 * stride, w + 192),
    );
    keepPair(
      partReal(a + 2 * stride, w + 32), partImaginary(a + 2 * stride, w + 32),
      partReal(b + 2 * stride, w + 160), partImaginary(b + 2 * stride, w + 160),
    );
    putAll(
      v128.load(a), v128.load(a, PLANE), partReal(b, w + 96), partImaginary(b, w + 96),
      y + (<usize>p << 2), step, w, true,
    );
    if (p == last) break;
  }
}
