// Later stages of the transform (Stockham's order: out of place, no permutation): radix 2, 3 and 4.
//
// `s` is the length of a row in bytes (16 or more), `m` the number of rows, `q` the distance of the inputs of a butterfly.
// A row has one set of twiddle factors; the first one's are 1 and are not stored. Where a row is no multiple of a vector,
// the last vector is moved back to end with the row. What it computes again comes out the same.
import { add, imaginary, multiply, plus, put, putTurned, real, subtract } from "./planes";

// @ts-ignore: decorator
@inline function factor(w: usize, at: usize): v128 {
  return v128.load32_splat(w + at);
}

// @ts-ignore: decorator
@inline function row2(x: usize, y: usize, s: usize, q: usize, wr: v128, wi: v128, isUnit: bool): void {
  const last = s - 16;
  for (let j: usize = 0; ; j = min(j + 16, last)) {
    const a = x + j;
    const b = a + q;
    const out = y + j;
    const ar = real(a);
    const ai = imaginary(a);
    const br = real(b);
    const bi = imaginary(b);
    put(out, add(ar, br), add(ai, bi));
    putTurned(out + s, subtract(ar, br), subtract(ai, bi), wr, wi, isUnit);
    if (j == last) break;
  }
}

export function stage2(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  const none = f32x4.splat(0);
  row2(x, y, s, q, none, none, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 2 * s;
    row2(x, y, s, q, factor(w, 0), factor(w, 4), false);
    w += 8;
  }
}

// @ts-ignore: decorator
@inline function row3(
  x: usize, y: usize, s: usize, q: usize, w1r: v128, w1i: v128, w2r: v128, w2i: v128, isUnit: bool,
): void {
  const last = s - 16;
  const half = f32x4.splat(-0.5);
  const sine = f32x4.splat(0.8660254037844386);
  for (let j: usize = 0; ; j = min(j + 16, last)) {
    const a = x + j;
    const b = a + q;
    const c = b + q;
    const out = y + j;
    const ar = real(a);
    const ai = imaginary(a);
    const br = real(b);
    const bi = imaginary(b);
    const cr = real(c);
    const ci = imaginary(c);
    const tr = add(br, cr);
    const ti = add(bi, ci);
    const ur = multiply(subtract(br, cr), sine);
    const ui = multiply(subtract(bi, ci), sine);
    const vr = plus(ar, tr, half);
    const vi = plus(ai, ti, half);
    put(out, add(ar, tr), add(ai, ti));
    putTurned(out + s, add(vr, ui), subtract(vi, ur), w1r, w1i, isUnit);
    putTurned(out + 2 * s, subtract(vr, ui), add(vi, ur), w2r, w2i, isUnit);
    if (j == last) break;
  }
}

export function stage3(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  const none = f32x4.splat(0);
  row3(x, y, s, q, none, none, none, none, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 3 * s;
    row3(x, y, s, q, factor(w, 0), factor(w, 4), factor(w, 8), factor(w, 12), false);
    w += 16;
  }
}

/** A butterfly's four outputs, `s` bytes apart from `out` on. */
// @ts-ignore: decorator
@inline function butterfly4(
  a: usize, q: usize, out: usize, s: usize,
  w1r: v128, w1i: v128, w2r: v128, w2i: v128, w3r: v128, w3i: v128, isUnit: bool,
): void {
  const b = a + q;
  const c = b + q;
  const d = c + q;
  const ar = real(a);
  const ai = imaginary(a);
  const br = real(b);
  const bi = imaginary(b);
  const cr = real(c);
  const ci = imaginary(c);
  const dr = real(d);
  const di = imaginary(d);
  const sr = add(ar, cr);
  const si = add(ai, ci);
  const tr = subtract(ar, cr);
  const ti = subtract(ai, ci);
  const ur = add(br, dr);
  const ui = add(bi, di);
  const vr = subtract(br, dr);
  const vi = subtract(bi, di);
  put(out, add(sr, ur), add(si, ui));
  out += s;
  putTurned(out, add(tr, vi), subtract(ti, vr), w1r, w1i, isUnit);
  out += s;
  putTurned(out, subtract(sr, ur), subtract(si, ui), w2r, w2i, isUnit);
  out += s;
  putTurned(out, subtract(tr, vi), add(ti, vr), w3r, w3i, isUnit);
}

/** Rows of radix 4 are whole vectors: such a transform begins with radix 4. */
// @ts-ignore: decorator
@inline function row4(
  x: usize, y: usize, s: usize, q: usize,
  w1r: v128, w1i: v128, w2r: v128, w2i: v128, w3r: v128, w3i: v128, isUnit: bool,
): void {
  for (const end = x + s; x != end; x += 16, y += 16) {
    butterfly4(x, q, y, s, w1r, w1i, w2r, w2i, w3r, w3i, isUnit);
  }
}

export function stage4(x: usize, y: usize, s: usize, m: i32, q: usize, w: usize): void {
  const none = f32x4.splat(0);
  row4(x, y, s, q, none, none, none, none, none, none, true);
  for (let p = 1; p < m; p++) {
    x += s;
    y += 4 * s;
    row4(
      x, y, s, q, factor(w, 0), factor(w, 4), factor(w, 8), factor(w, 12), factor(w, 16), factor(w, 20), false,
    );
    w += 24;
  }
}

/** The same for rows of one vector: what comes second after a first stage of radix 4. */
export function second4(x: usize, y: usize, m: i32, q: usize, w: usize): void {
  const none = f32x4.splat(0);
  butterfly4(x, q, y, 16, none, none, none, none, none, none, true);
  for (const end = x + (<usize>m << 4); (x += 16) < end; ) {
    y += 64;
    butterfly4(
      x, q, y, 16, factor(w, 0), factor(w, 4), factor(w, 8), factor(w, 12), factor(w, 16), factor(w, 20), false,
    );
    w += 24;
  }
}

// @ts-ignore: decorator
@inline function putFirst4(x: usize, q: usize, out: usize): void {
  const c = x + 2 * q;
  put(
    out,
    add(add(real(x), real(c)), add(real(x + q), real(c + q))),
    add(add(imaginary(x), imaginary(c)), add(imaginary(x + q), imaginary(c + q))),
  );
}

// @ts-ignore: decorator
@inline function putLast4(x: usize, q: usize, out: usize): void {
  const c = x + 2 * q;
  put(
    out,
    subtract(subtract(real(x), real(c)), subtract(imaginary(x + q), imaginary(c + q))),
    add(subtract(imaginary(x), imaginary(c)), subtract(real(x + q), real(c + q))),
  );
}

/** A last stage of radix 4 of which only `reach` bytes (`s` at most) at the start and as many at the end are wanted. */
export function last4Outer(x: usize, y: usize, s: usize, reach: usize): void {
  const last = s - 16;
  const end = y + 3 * s;
  let j: usize = 0;
  for (; j + 16 <= s - reach; j += 16) putFirst4(x + j, s, y + j);
  for (; j < reach; j += 16) {
    putFirst4(x + j, s, y + j);
    putLast4(x + j, s, end + j);
  }
  if (j >= s) return;
  for (; ; j = min(j + 16, last)) {
    putLast4(x + j, s, end + j);
    if (j == last) break;
  }
}
