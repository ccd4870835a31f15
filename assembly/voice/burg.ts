// Weighted Burg: reflection coefficients that minimise the weighted forward and backward prediction errors.
import { rotate, sumOf } from "./lanes";

/** Below this energy of the residuals (samples in units of int16) there is nothing left to predict. */
const NOTHING: f32 = 1e-3;

/**
 * Prediction coefficients of `n` samples at `x` under weights `w` (n and 8 zeros), by Burg's recursion (J. Burg, 1975; with
 * weights: D. Swingler, 1979). The samples may be two pieces, the second from `second` on (0: one piece): errors that would
 * be predicted across the joint do not count, and their weights are zeroed.
 *
 * `f` and `b` are working space of n + 8. The coefficients a[0] = 1 ... a[order] go to `a`, room for order + 8; and, newest
 * last, to `reversed`, which points behind the end: a[i] at reversed - 4 - 4i. Both arrays are zeroed first. Returns the
 * weighted energy of both errors before the last step.
 */
export function burg(
  x: usize,
  w: usize,
  n: i32,
  second: i32,
  order: i32,
  f: usize,
  b: usize,
  a: usize,
  reversed: usize,
): f32 {
  memory.copy(f, x, (<usize>n) << 2);
  memory.copy(b, x, (<usize>n) << 2);
  memory.fill(f + ((<usize>n) << 2), 0, 32);
  memory.fill(a, 0, (<usize>(order + 8)) << 2);
  memory.fill(reversed - ((<usize>(order + 1)) << 2), 0, (<usize>(order + 1)) << 2);
  store<f32>(a, 1);
  let r = reversed - 4;
  store<f32>(r, 1);
  let error: f32 = 0;
  for (let m = 1; m <= order; m++) {
    f += 4;
    w += 4;
    if (second > 0) store<f32>(w + ((<usize>(second - 1)) << 2), 0);
    let cross = f32x4.splat(0);
    let cross2 = cross;
    let energy = cross;
    let energy2 = cross;
    let p = f;
    let q = b;
    let v = w;
    for (const end = f + ((<usize>(n - m)) << 2); p < end; p += 32, q += 32, v += 32) {
      const forward = v128.load(p);
      const backward = v128.load(q);
      const weight = v128.load(v);
      const forward2 = v128.load(p, 16);
      const backward2 = v128.load(q, 16);
      const weight2 = v128.load(v, 16);
      const weighted = f32x4.mul(weight, backward);
      const weighted2 = f32x4.mul(weight2, backward2);
      cross = f32x4.add(cross, f32x4.mul(weighted, forward));
      cross2 = f32x4.add(cross2, f32x4.mul(weighted2, forward2));
      energy = f32x4.add(energy, f32x4.add(f32x4.mul(weighted, backward), f32x4.mul(f32x4.mul(weight, forward), forward)));
      energy2 = f32x4.add(
        energy2,
        f32x4.add(f32x4.mul(weighted2, backward2), f32x4.mul(f32x4.mul(weight2, forward2), forward2)),
      );
    }
    error = sumOf(f32x4.add(energy, energy2));
    if (!(error > NOTHING)) break;
    const k: f32 = (<f32>-2 * sumOf(f32x4.add(cross, cross2))) / error;
    rotate(f, b, n - m, k);
    // one element longer: the reversed copy moves down a place, so that both are aligned element by element
    r -= 4;
    rotate(a, r, m + 1, k);
  }
  return error;
}
