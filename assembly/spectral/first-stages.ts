// First stages of the transform (radix 4 or 7): neighbouring butterflies side by side in a vector, the results transposed,
// so that all later stages find rows of four and more.
//
// The input is either two planes, or packed: a real signal whose even samples are the real parts and whose odd samples are
// the imaginary ones. `m` butterflies (4 or more); where `m` is no multiple of four the last vector is moved back to end
// at the last one. What it computes again comes out the same. Twiddle factors lie in the order of the vectors.
import {
  add, evens, imaginary, minus, multiply, odds, plus, PLANE, putTransposed, real, subtract, turnedImaginary, turnedReal,
} from "./planes";
import { C1, C2, C3, S1, S2, S3 } from "./seventh";

// @ts-ignore: decorator
@inline function realPart(at: usize, isPacked: bool): v128 {
  return isPacked ? evens(v128.load(at), v128.load(at, 16)) : real(at);
}

// @ts-ignore: decorator
@inline function imaginaryPart(at: usize, isPacked: bool): v128 {
  return isPacked ? odds(v128.load(at), v128.load(at, 16)) : imaginary(at);
}

// @ts-ignore: decorator
@inline function turnedRealBy(re: v128, im: v128, w: usize, offset: usize): v128 {
  return turnedReal(re, im, v128.load(w + offset), v128.load(w + offset + 16));
}

// @ts-ignore: decorator
@inline function turnedImaginaryBy(re: v128, im: v128, w: usize, offset: usize): v128 {
  return turnedImaginary(re, im, v128.load(w + offset), v128.load(w + offset + 16));
}

// @ts-ignore: decorator
@inline function radix4(x: usize, y: usize, m: i32, w: usize, isPacked: bool): void {
  const shift: usize = isPacked ? 3 : 2;
  const step = <usize>m << shift;
  const last = m - 4;
  for (let p = 0; ; p = min(p + 4, last), w += 96) {
    const at = x + (<usize>p << shift);
    const ar = realPart(at, isPacked);
    const ai = imaginaryPart(at, isPacked);
    const br = realPart(at + step, isPacked);
    const bi = imaginaryPart(at + step, isPacked);
    const cr = realPart(at + 2 * step, isPacked);
    const ci = imaginaryPart(at + 2 * step, isPacked);
    const dr = realPart(at + 3 * step, isPacked);
    const di = imaginaryPart(at + 3 * step, isPacked);
    const sr = add(ar, cr);
    const si = add(ai, ci);
    const tr = subtract(ar, cr);
    const ti = subtract(ai, ci);
    const ur = add(br, dr);
    const ui = add(bi, di);
    const vr = subtract(br, dr);
    const vi = subtract(bi, di);
    const y1r = add(tr, vi);
    const y1i = subtract(ti, vr);
    const y2r = subtract(sr, ur);
    const y2i = subtract(si, ui);
    const y3r = subtract(tr, vi);
    const y3i = add(ti, vr);
    const out = y + (<usize>p << 4);
    putTransposed(
      out, 16, add(sr, ur), turnedRealBy(y1r, y1i, w, 0), turnedRealBy(y2r, y2i, w, 32), turnedRealBy(y3r, y3i, w, 64),
    );
    putTransposed(
      out + PLANE, 16, add(si, ui),
      turnedImaginaryBy(y1r, y1i, w, 0), turnedImaginaryBy(y2r, y2i, w, 32), turnedImaginaryBy(y3r, y3i, w, 64),
    );
    if (p == last) break;
  }
}

/** One vector of butterflies whose second and third inputs are 0, and maybe the first or the last one too. */
// @ts-ignore: decorator
@inline function outerButterfly4(a: usize, d: usize, out: usize, w: usize, hasFirst: bool, hasLast: bool): void {
  const none = f32x4.splat(0);
  const ar = hasFirst ? real(a) : none;
  const ai = hasFirst ? imaginary(a) : none;
  const dr = hasLast ? real(d) : none;
  const di = hasLast ? imaginary(d) : none;
  const y0r = !hasLast ? ar : hasFirst ? add(ar, dr) : dr;
  const y0i = !hasLast ? ai : hasFirst ? add(ai, di) : di;
  const y1r = hasLast ? subtract(ar, di) : ar;
  const y1i = !hasLast ? ai : hasFirst ? add(ai, dr) : dr;
  const y2r = hasLast ? subtract(ar, dr) : ar;
  const y2i = hasLast ? subtract(ai, di) : ai;
  const y3r = !hasLast ? ar : hasFirst ? add(ar, di) : di;
  const y3i = hasLast ? subtract(ai, dr) : ai;
  putTransposed(
    out, 16, y0r, turnedRealBy(y1r, y1i, w, 0), turnedRealBy(y2r, y2i, w, 32), turnedRealBy(y3r, y3i, w, 64),
  );
  putTransposed(
    out + PLANE, 16, y0i,
    turnedImaginaryBy(y1r, y1i, w, 0), turnedImaginaryBy(y2r, y2i, w, 32), turnedImaginaryBy(y3r, y3i, w, 64),
  );
}

/**
 * The first stage where all is 0 but the first `reach` inputs (a multiple of 4, `m` at most) and what mirrors them at the
 * end. Of the zeros only a vector before the latter need be there, and those from `reach` up to `m` - `reach` + 4.
 */
export function first4Outer(x: usize, y: usize, m: i32, w: usize, reach: i32): void {
  const last = m - 4;
  const d = x + 12 * <usize>m;
  let p = 0;
  for (; p + 4 <= m - reach; p += 4, w += 96) {
    outerButterfly4(x + (<usize>p << 2), 0, y + (<usize>p << 4), w, true, false);
  }
  for (; p < reach; p += 4, w += 96) {
    outerButterfly4(x + (<usize>p << 2), d + (<usize>p << 2), y + (<usize>p << 4), w, true, true);
  }
  if (p >= m) return;
  for (; ; p = min(p + 4, last), w += 96) {
    outerButterfly4(0, d + (<usize>p << 2), y + (<usize>p << 4), w, false, true);
    if (p == last) break;
  }
}

/** a + b s + c t + d u */
// @ts-ignore: decorator
@inline function mix(a: v128, b: v128, s: f32, c: v128, t: f32, d: v128, u: f32): v128 {
  return plus(plus(plus(a, b, f32x4.splat(s)), c, f32x4.splat(t)), d, f32x4.splat(u));
}

/** b s + c t + d u */
// @ts-ignore: decorator
@inline function mixOdd(b: v128, s: f32, c: v128, t: f32, d: v128, u: f32): v128 {
  return plus(plus(multiply(b, f32x4.splat(s)), c, f32x4.splat(t)), d, f32x4.splat(u));
}

// @ts-ignore: decorator
@inline function radix7(x: usize, y: usize, m: i32, w: usize, isPacked: bool): void {
  const shift: usize = isPacked ? 3 : 2;
  const step = <usize>m << shift;
  const last = m - 4;
  for (let p = 0; ; p = min(p + 4, last), w += 192) {
    const at = x + (<usize>p << shift);
    const ar = realPart(at, isPacked);
    const ai = imaginaryPart(at, isPacked);
    let u = realPart(at + step, isPacked);
    let v = realPart(at + 6 * step, isPacked);
    const br = add(u, v);
    const er = subtract(u, v);
    u = imaginaryPart(at + step, isPacked);
    v = imaginaryPart(at + 6 * step, isPacked);
    const bi = add(u, v);
    const ei = subtract(u, v);
    u = realPart(at + 2 * step, isPacked);
    v = realPart(at + 5 * step, isPacked);
    const cr = add(u, v);
    const fr = subtract(u, v);
    u = imaginaryPart(at + 2 * step, isPacked);
    v = imaginaryPart(at + 5 * step, isPacked);
    const ci = add(u, v);
    const fi = subtract(u, v);
    u = realPart(at + 3 * step, isPacked);
    v = realPart(at + 4 * step, isPacked);
    const dr = add(u, v);
    const gr = subtract(u, v);
    u = imaginaryPart(at + 3 * step, isPacked);
    v = imaginaryPart(at + 4 * step, isPacked);
    const di = add(u, v);
    const gi = subtract(u, v);

    const e1r = mix(ar, br, C1, cr, C2, dr, C3);
    const e1i = mix(ai, bi, C1, ci, C2, di, C3);
    const o1r = mixOdd(er, S1, fr, S2, gr, S3);
    const o1i = mixOdd(ei, S1, fi, S2, gi, S3);
    const e2r = mix(ar, br, C2, cr, C3, dr, C1);
    const e2i = mix(ai, bi, C2, ci, C3, di, C1);
    const o2r = mixOdd(er, S2, fr, -S3, gr, -S1);
    const o2i = mixOdd(ei, S2, fi, -S3, gi, -S1);
    const e3r = mix(ar, br, C3, cr, C1, dr, C2);
    const e3i = mix(ai, bi, C3, ci, C1, di, C2);
    const o3r = mixOdd(er, S3, fr, -S1, gr, S2);
    const o3i = mixOdd(ei, S3, fi, -S1, gi, S2);

    let yr = add(e3r, o3i);
    let yi = subtract(e3i, o3r);
    const y3r = turnedRealBy(yr, yi, w, 64);
    const y3i = turnedImaginaryBy(yr, yi, w, 64);
    const out = y + <usize>p * 28;
    yr = add(e1r, o1i);
    yi = subtract(e1i, o1r);
    const y1r = turnedRealBy(yr, yi, w, 0);
    const y1i = turnedImaginaryBy(yr, yi, w, 0);
    yr = add(e2r, o2i);
    yi = subtract(e2i, o2r);
    const y2r = turnedRealBy(yr, yi, w, 32);
    const y2i = turnedImaginaryBy(yr, yi, w, 32);
    putTransposed(out, 28, add(add(ar, br), add(cr, dr)), y1r, y2r, y3r);
    putTransposed(out + PLANE, 28, add(add(ai, bi), add(ci, di)), y1i, y2i, y3i);
    yr = subtract(e3r, o3i);
    yi = add(e3i, o3r);
    const y4r = turnedRealBy(yr, yi, w, 96);
    const y4i = turnedImaginaryBy(yr, yi, w, 96);
    yr = subtract(e2r, o2i);
    yi = add(e2i, o2r);
    const y5r = turnedRealBy(yr, yi, w, 128);
    const y5i = turnedImaginaryBy(yr, yi, w, 128);
    yr = subtract(e1r, o1i);
    yi = add(e1i, o1r);
    // the fourth output once more: rows of seven take two vectors that share one
    putTransposed(out + 12, 28, y3r, y4r, y5r, turnedRealBy(yr, yi, w, 160));
    putTransposed(out + 12 + PLANE, 28, y3i, y4i, y5i, turnedImaginaryBy(yr, yi, w, 160));
    if (p == last) break;
  }
}

export function first4Packed(x: usize, y: usize, m: i32, w: usize): void {
  radix4(x, y, m, w, true);
}

export function first4(x: usize, y: usize, m: i32, w: usize): void {
  radix4(x, y, m, w, false);
}

export function first7Packed(x: usize, y: usize, m: i32, w: usize): void {
  radix7(x, y, m, w, true);
}

export function first7(x: usize, y: usize, m: i32, w: usize): void {
  radix7(x, y, m, w, false);
}
