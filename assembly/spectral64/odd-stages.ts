// Later stages of radix 5 and 7, as stages.ts has them. Their twiddle factors stay in memory: registers are scarce here.
import { add, imaginary, multiply, plus, put, putTurned, real, subtract } from "./planes";
import { C1, C2, C3, S1, S2, S3 } from "./seventh";

const FIFTH_C1: f64 = 0.30901699437494745;
const FIFTH_C2: f64 = -0.8090169943749475;
const FIFTH_S1: f64 = 0.9510565162951535;
const FIFTH_S2: f64 = 0.5877852522924731;

/** Stores outputs k and r - k: the even part plus and minus i times the odd part. */
// @ts-ignore: decorator
@inline function putPair(
  at: usize, mirror: usize, er: v128, ei: v128, or: v128, oi: v128, w: usize, k: usize, mirrorK: usize, isUnit: bool,
): void {
  const none = f64x2.splat(0);
  if (isUnit) {
    putTurned(at, add(er, oi), subtract(ei, or), none, none, true);
    putTurned(mirror, subtract(er, oi), add(ei, or), none, none, true);
  } else {
    putTurned(
      at, add(er, oi), subtract(ei, or), v128.load64_splat(w + k), v128.load64_splat(w + k + 8), false,
    );
    putTurned(
      mirror, subtract(er, oi), add(ei, or),
      v128.load64_splat(w + mirrorK), v128.load64_splat(w + mirrorK + 8), false,
    );
  }
}

// @ts-ignore: decorator
@inline function row5(x: usize, y: usize, s: usize, q: usize, w: usize, isUnit: bool): void {
  const last = s - 16;
  const c1 = f64x2.splat(FIFTH_C1);
  const c2 = f64x2.splat(FIFTH_C2);
  const s1 = f64x2.splat(FIFTH_S1);
  const s2 = f64x2.splat(FIFTH_S2);
  const minusS1 = f64x2.splat(-FIFTH_S1);
  for (let j: usize = 0; ; j = min(j + 16, last)) {
    const a = x + j;
    const b = a + q;
    const c = b + q;
    const d = c + q;
    const e = d + q;
    const out = y + j;
    const ar = real(a);
    const ai = imaginary(a);
    let u = real(b);
    let v = real(e);
    const br = add(u, v);
    const fr = subtract(u, v);
    u = imaginary(b);
    v = imaginary(e);
    const bi = add(u, v);
    const fi = subtract(u, v);
    u = real(c);
    v = real(d);
    const cr = add(u, v);
    const gr = subtract(u, v);
    u = imaginary(c);
    v = imaginary(d);
    const ci = add(u, v);
    const gi = subtract(u, v);
    put(out, add(ar, add(br, cr)), add(ai, add(bi, ci)));
    putPair(
      out + s, out + 4 * s, plus(plus(ar, br, c1), cr, c2), plus(plus(ai, bi, c1), ci, c2),
      plus(multiply(fr, s1), gr, s2), plus(multiply(fi, s1), gi, s2), w, 0, 48, isUnit,
    );
    putPair(
      out + 2 * s, out + 3 * s, plus(plus(ar, br, c2), cr, c1), plus(plus(ai, bi, c2), ci, c1),
      plus(multiply(fr, s2), gr, minusS1), plus(multiply(fi, s2), gi, minusS1), w, 16, 32, isUnit,
    );
    if (j == last) break;
  }
}

export function stage5(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  row5(x, y, s, q, w, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 5 * s;
    row5(x, y, s, q, w, false);
    w += 64;
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
@inline function row7(x: usize, y: usize, s: usize, q: usize, w: usize, isUnit: bool): void {
  const last = s - 16;
  for (let j: usize = 0; ; j = min(j + 16, last)) {
    const a = x + j;
    const a1 = a + q;
    const a2 = a1 + q;
    const a3 = a2 + q;
    const a4 = a3 + q;
    const a5 = a4 + q;
    const a6 = a5 + q;
    const out = y + j;
    const ar = real(a);
    const ai = imaginary(a);
    let u = real(a1);
    let v = real(a6);
    const br = add(u, v);
    const er = subtract(u, v);
    u = imaginary(a1);
    v = imaginary(a6);
    const bi = add(u, v);
    const ei = subtract(u, v);
    u = real(a2);
    v = real(a5);
    const cr = add(u, v);
    const fr = subtract(u, v);
    u = imaginary(a2);
    v = imaginary(a5);
    const ci = add(u, v);
    const fi = subtract(u, v);
    u = real(a3);
    v = real(a4);
    const dr = add(u, v);
    const gr = subtract(u, v);
    u = imaginary(a3);
    v = imaginary(a4);
    const di = add(u, v);
    const gi = subtract(u, v);
    put(out, add(add(ar, br), add(cr, dr)), add(add(ai, bi), add(ci, di)));
    putPair(
      out + s, out + 6 * s, mix(ar, br, C1, cr, C2, dr, C3), mix(ai, bi, C1, ci, C2, di, C3),
      mixOdd(er, S1, fr, S2, gr, S3), mixOdd(ei, S1, fi, S2, gi, S3), w, 0, 80, isUnit,
    );
    putPair(
      out + 2 * s, out + 5 * s, mix(ar, br, C2, cr, C3, dr, C1), mix(ai, bi, C2, ci, C3, di, C1),
      mixOdd(er, S2, fr, -S3, gr, -S1), mixOdd(ei, S2, fi, -S3, gi, -S1), w, 16, 64, isUnit,
    );
    putPair(
      out + 3 * s, out + 4 * s, mix(ar, br, C3, cr, C1, dr, C2), mix(ai, bi, C3, ci, C1, di, C2),
      mixOdd(er, S3, fr, -S1, gr, S2), mixOdd(ei, S3, fi, -S1, gi, S2), w, 32, 48, isUnit,
    );
    if (j == last) break;
  }
}

export function stage7(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  row7(x, y, s, q, w, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 7 * s;
    row7(x, y, s, q, w, false);
    w += 96;
  }
}
