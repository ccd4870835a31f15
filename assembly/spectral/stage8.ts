// The later stage of radix 8: two stages of radix 4 and one of radix 2 are eight loads and stores a number, two of radix 8 four.
//
// As in stages.ts; rows are whole vectors, since a transform with it begins with radix 4.
import { add, imaginary, multiply, put, putTurned, real, subtract } from "./planes";

/** cos(pi / 4) */
const HALF_ROOT: f32 = 0.7071067811865476;

// @ts-ignore: decorator
@inline function putFactored(at: usize, re: v128, im: v128, w: usize, isUnit: bool): void {
  const none = f32x4.splat(0);
  if (isUnit) putTurned(at, re, im, none, none, true);
  else putTurned(at, re, im, v128.load32_splat(w), v128.load32_splat(w, 4), false);
}

/** Outputs 0, 2, 4 and 6: of the sums of inputs half a turn apart. */
// @ts-ignore: decorator
@inline function putEven(a: usize, q: usize, out: usize, s: usize, w: usize, isUnit: bool): void {
  const b = a + q;
  const c = b + q;
  const d = c + q;
  const half = q << 2;
  const ar = add(real(a), real(a + half));
  const ai = add(imaginary(a), imaginary(a + half));
  const br = add(real(b), real(b + half));
  const bi = add(imaginary(b), imaginary(b + half));
  const cr = add(real(c), real(c + half));
  const ci = add(imaginary(c), imaginary(c + half));
  const dr = add(real(d), real(d + half));
  const di = add(imaginary(d), imaginary(d + half));
  const sr = add(ar, cr);
  const si = add(ai, ci);
  const tr = subtract(ar, cr);
  const ti = subtract(ai, ci);
  const ur = add(br, dr);
  const ui = add(bi, di);
  const vr = subtract(br, dr);
  const vi = subtract(bi, di);
  put(out, add(sr, ur), add(si, ui));
  out += 2 * s;
  putFactored(out, add(tr, vi), subtract(ti, vr), w + 8, isUnit);
  out += 2 * s;
  putFactored(out, subtract(sr, ur), subtract(si, ui), w + 24, isUnit);
  out += 2 * s;
  putFactored(out, subtract(tr, vi), add(ti, vr), w + 40, isUnit);
}

/** Outputs 1, 3, 5 and 7: of the differences, turned by 0 to 3 eighths. They are loaded again: registers would not hold both. */
// @ts-ignore: decorator
@inline function putOdd(a: usize, q: usize, out: usize, s: usize, w: usize, isUnit: bool): void {
  const b = a + q;
  const c = b + q;
  const d = c + q;
  const half = q << 2;
  const root = f32x4.splat(HALF_ROOT);
  const br = subtract(real(b), real(b + half));
  const bi = subtract(imaginary(b), imaginary(b + half));
  const dr = subtract(real(d), real(d + half));
  const di = subtract(imaginary(d), imaginary(d + half));
  const er = add(br, bi);
  const ei = subtract(bi, br);
  const fr = subtract(di, dr);
  const fi = add(di, dr);
  const ur = multiply(add(er, fr), root);
  const ui = multiply(subtract(ei, fi), root);
  const vr = multiply(subtract(er, fr), root);
  const vi = multiply(add(ei, fi), root);
  const ar = subtract(real(a), real(a + half));
  const ai = subtract(imaginary(a), imaginary(a + half));
  const cr = subtract(real(c), real(c + half));
  const ci = subtract(imaginary(c), imaginary(c + half));
  const sr = add(ar, ci);
  const si = subtract(ai, cr);
  const tr = subtract(ar, ci);
  const ti = add(ai, cr);
  out += s;
  putFactored(out, add(sr, ur), add(si, ui), w, isUnit);
  out += 2 * s;
  putFactored(out, add(tr, vi), subtract(ti, vr), w + 16, isUnit);
  out += 2 * s;
  putFactored(out, subtract(sr, ur), subtract(si, ui), w + 32, isUnit);
  out += 2 * s;
  putFactored(out, subtract(tr, vi), add(ti, vr), w + 48, isUnit);
}

// @ts-ignore: decorator
@inline function row8(x: usize, y: usize, s: usize, q: usize, w: usize, isUnit: bool): void {
  for (const end = x + s; x != end; x += 16, y += 16) {
    putEven(x, q, y, s, w, isUnit);
    putOdd(x, q, y, s, w, isUnit);
  }
}

export function stage8(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  row8(x, y, s, q, w, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 8 * s;
    row8(x, y, s, q, w, false);
    w += 56;
  }
}
