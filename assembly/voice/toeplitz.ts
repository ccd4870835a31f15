// Levinson's recursion.
import { dot, rotate } from "./lanes";

/**
 * Solves T y = rhs for `n` unknowns, T symmetric positive definite Toeplitz with first row t[0] ... t[n-1], by Levinson's
 * recursion (N. Levinson, 1946; Golub and Van Loan, Matrix Computations, 4.7).
 *
 * `work` has room for 3n + 24. `y` has room for n + 4 and is zeroed first.
 */
export function solveToeplitz(t: usize, rhs: usize, n: i32, work: usize, y: usize): void {
  const bytes = (<usize>n) << 2;
  memory.fill(work, 0, 3 * bytes + 96);
  memory.fill(y, 0, bytes + 16);
  // t turned round (its tail of zeros behind), then the predictor z and z turned round, which grows downwards
  const turned = work;
  const z = work + bytes + 32;
  let back = z + bytes + 32 + bytes;
  for (let i = 0; i < n; i++) store<f32>(turned + ((<usize>i) << 2), load<f32>(t + ((<usize>(n - 1 - i)) << 2)));
  const end = turned + bytes;
  let error = load<f32>(t);
  store<f32>(y, load<f32>(rhs) / error);
  for (let m = 1; m < n; m++) {
    const lags = end - ((<usize>(m + 1)) << 2);
    // the predictor of order m: z[i] = coefficient of the sample i + 1 back
    const next: f32 = -(load<f32>(lags) + dot(z, lags + 4, m - 1)) / error;
    rotate(z, back, m - 1, next);
    store<f32>(z + ((<usize>(m - 1)) << 2), next);
    back -= 4;
    store<f32>(back, next);
    error *= 1 - next * next;
    const gain: f32 = (load<f32>(rhs + ((<usize>m) << 2)) - dot(y, lags, m)) / error;
    // y[i] += gain * z[m - 1 - i]: the predictor turned round
    const factor = f32x4.splat(gain);
    for (let p = y, q = back, stop = y + ((<usize>m) << 2); p < stop; p += 16, q += 16) {
      v128.store(p, f32x4.add(v128.load(p), f32x4.mul(factor, v128.load(q))));
    }
    store<f32>(y + ((<usize>m) << 2), gain);
  }
}
