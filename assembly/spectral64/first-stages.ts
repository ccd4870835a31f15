// First stages of the transform (radix 4 or 7): neighbouring butterflies side by side in a vector, the results transposed,
// so that all later stages find rows of four and more.
//
// The input is two planes, or packed: a real signal, float32 or float64, whose even samples are the real parts and whose odd
// samples are the imaginary ones. `m` butterflies (2 or more); where `m` is odd the last vector is moved back to end at
// the last one. What it computes again comes out the same. Twiddle factors lie in the order of the vectors.
import {
  add, high, imaginary, low, multiply, plus, PLANE, real, subtract, turnedImaginary, turnedReal,
} from "./planes";
import { C1, C2, C3, S1, S2, S3 } from "./seventh";

/** Forms of the input. */
export const PLANES = 0;
export const PACKED_32 = 1;
export const PACKED_64 = 2;

// @ts-ignore: decorator
@inline function realPart(at: usize, form: i32): v128 {
  if (form == PLANES) return real(at);
  if (form == PACKED_64) return low(v128.load(at), v128.load(at, 16));
  const x = v128.load(at);
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 0, 2, 0, 2));
}

// @ts-ignore: decorator
@inline function imaginaryPart(at: usize, form: i32): v128 {
  if (form == PLANES) return imaginary(at);
  if (form == PACKED_64) return high(v128.load(at), v128.load(at, 16));
  const x = v128.load(at);
  return f64x2.promote_low_f32x4(v128.shuffle<f32>(x, x, 1, 3, 1, 3));
}

/** Bytes of a complex number, as a power of two. */
// @ts-ignore: decorator
@inline function shiftOf(form: i32): usize {
  return form == PACKED_64 ? 4 : 3;
}

// @ts-ignore: decorator
@inline function turnedRealBy(re: v128, im: v128, w: usize, offset: usize): v128 {
  return turnedReal(re, im, v128.load(w + offset), v128.load(w + offset + 16));
}

// @ts-ignore: decorator
@inline function turnedImaginaryBy(re: v128, im: v128, w: usize, offset: usize): v128 {
  return turnedImaginary(re, im, v128.load(w + offset), v128.load(w + offset + 16));
}

/** Two outputs of the first butterfly, and `row` bytes on, of the second. */
// @ts-ignore: decorator
@inline function putPairs(at: usize, row: usize, a: v128, b: v128): void {
  v128.store(at, low(a, b));
  v128.store(at + row, high(a, b));
}

// @ts-ignore: decorator
@inline function radix4(x: usize, y: usize, m: i32, w: usize, form: i32): void {
  const shift = shiftOf(form);
  const step = <usize>m << shift;
  const last = m - 2;
  for (let p = 0; ; p = min(p + 2, last), w += 96) {
    const at = x + (<usize>p << shift);
    const ar = realPart(at, form);
    const ai = imaginaryPart(at, form);
    const br = realPart(at + step, form);
    const bi = imaginaryPart(at + step, form);
    const cr = realPart(at + 2 * step, form);
    const ci = imaginaryPart(at + 2 * step, form);
    const dr = realPart(at + 3 * step, form);
    const di = imaginaryPart(at + 3 * step, form);
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
    const out = y + (<usize>p << 5);
    putPairs(out, 32, add(sr, ur), turnedRealBy(y1r, y1i, w, 0));
    putPairs(out + PLANE, 32, add(si, ui), turnedImaginaryBy(y1r, y1i, w, 0));
    putPairs(out + 16, 32, turnedRealBy(y2r, y2i, w, 32), turnedRealBy(y3r, y3i, w, 64));
    putPairs(out + 16 + PLANE, 32, turnedImaginaryBy(y2r, y2i, w, 32), turnedImaginaryBy(y3r, y3i, w, 64));
    if (p == last) break;
  }
}

/** a + b s + c t + d u */
// @ts-ignore: decorator
@inline function mix(a: v128, b: v128, s: f64, c: v128, t: f64, d: v128, u: f64): v128 {
  return plus(plus(plus(a, b, f64x2.splat(s)), c, f64x2.splat(t)), d, f64x2.splat(u));
}

/** b s + c t + d u */
// @ts-ignore: decorator
@inline function mixOdd(b: v128, s: f64, c: v128, t: f64, d: v128, u: f64): v128 {
  return plus(plus(multiply(b, f64x2.splat(s)), c, f64x2.splat(t)), d, f64x2.splat(u));
}

// @ts-ignore: decorator
@inline function radix7(x: usize, y: usize, m: i32, w: usize, form: i32): void {
  const shift = shiftOf(form);
  const step = <usize>m << shift;
  const last = m - 2;
  for (let p = 0; ; p = min(p + 2, last), w += 192) {
    const at = x + (<usize>p << shift);
    const ar = realPart(at, form);
    const ai = imaginaryPart(at, form);
    let u = realPart(at + step, form);
    let v = realPart(at + 6 * step, form);
    const br = add(u, v);
    const er = subtract(u, v);
    u = imaginaryPart(at + step, form);
    v = imaginaryPart(at + 6 * step, form);
    const bi = add(u, v);
    const ei = subtract(u, v);
    u = realPart(at + 2 * step, form);
    v = realPart(at + 5 * step, form);
    const cr = add(u, v);
    const fr = subtract(u, v);
    u = imaginaryPart(at + 2 * step, form);
    v = imaginaryPart(at + 5 * step, form);
    const ci = add(u, v);
    const fi = subtract(u, v);
    u = realPart(at + 3 * step, form);
    v = realPart(at + 4 * step, form);
    const dr = add(u, v);
    const gr = subtract(u, v);
    u = imaginaryPart(at + 3 * step, form);
    v = imaginaryPart(at + 4 * step, form);
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

    const out = y + <usize>p * 56;
    let yr = add(e1r, o1i);
    let yi = subtract(e1i, o1r);
    putPairs(out, 56, add(add(ar, br), add(cr, dr)), turnedRealBy(yr, yi, w, 0));
    putPairs(out + PLANE, 56, add(add(ai, bi), add(ci, di)), turnedImaginaryBy(yr, yi, w, 0));
    yr = add(e2r, o2i);
    yi = subtract(e2i, o2r);
    const y2r = turnedRealBy(yr, yi, w, 32);
    const y2i = turnedImaginaryBy(yr, yi, w, 32);
    yr = add(e3r, o3i);
    yi = subtract(e3i, o3r);
    putPairs(out + 16, 56, y2r, turnedRealBy(yr, yi, w, 64));
    putPairs(out + 16 + PLANE, 56, y2i, turnedImaginaryBy(yr, yi, w, 64));
    yr = subtract(e3r, o3i);
    yi = add(e3i, o3r);
    const y4r = turnedRealBy(yr, yi, w, 96);
    const y4i = turnedImaginaryBy(yr, yi, w, 96);
    yr = subtract(e2r, o2i);
    yi = add(e2i, o2r);
    const y5r = turnedRealBy(yr, yi, w, 128);
    const y5i = turnedImaginaryBy(yr, yi, w, 128);
    putPairs(out + 32, 56, y4r, y5r);
    putPairs(out + 32 + PLANE, 56, y4i, y5i);
    yr = subtract(e1r, o1i);
    yi = add(e1i, o1r);
    // the sixth output once more: seven are not whole vectors
    putPairs(out + 40, 56, y5r, turnedRealBy(yr, yi, w, 160));
    putPairs(out + 40 + PLANE, 56, y5i, turnedImaginaryBy(yr, yi, w, 160));
    if (p == last) break;
  }
}

export function first4Packed32(x: usize, y: usize, m: i32, w: usize): void {
  radix4(x, y, m, w, PACKED_32);
}

export function first4Packed64(x: usize, y: usize, m: i32, w: usize): void {
  radix4(x, y, m, w, PACKED_64);
}

export function first4(x: usize, y: usize, m: i32, w: usize): void {
  radix4(x, y, m, w, PLANES);
}

export function first7Packed32(x: usize, y: usize, m: i32, w: usize): void {
  radix7(x, y, m, w, PACKED_32);
}

export function first7Packed64(x: usize, y: usize, m: i32, w: usize): void {
  radix7(x, y, m, w, PACKED_64);
}

export function first7(x: usize, y: usize, m: i32, w: usize): void {
  radix7(x, y, m, w, PLANES);
}
