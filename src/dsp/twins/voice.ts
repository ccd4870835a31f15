/**
 * The voice module's kernels in plain TypeScript: the fallback where WebAssembly is refused, and the reference that the
 * WebAssembly kernels are tested against. Every step rounds to float32 and sums run in the same order: bit for bit the same.
 */
import type { VoiceKernels } from "../voice/kernels.ts";

const { fround, max, min } = Math;
const NOTHING = fround(1e-3);

/** The kernels over `buffer`. Inside, addresses are in 4-byte words. */
export function createVoiceTwins(buffer: ArrayBuffer): VoiceKernels {
  const f32 = new Float32Array(buffer);
  const lanes = new Float32Array(16);

  /** Lanes `at` to `at + 3` as (0 + 2) + (1 + 3). */
  function sumOf(at: number): number {
    const even = fround(lanes[at]! + lanes[at + 2]!);
    return fround(even + fround(lanes[at + 1]! + lanes[at + 3]!));
  }

  function dot(x: number, y: number, n: number): number {
    lanes.fill(0);
    for (let i = 0; i < n; i += 4) {
      for (let lane = 0; lane < 4; lane++) {
        lanes[lane] = lanes[lane]! + fround(f32[x + i + lane]! * f32[y + i + lane]!);
      }
    }
    return sumOf(0);
  }

  function rotate(x: number, y: number, n: number, k: number): void {
    for (let i = 0; i < n; i++) {
      const a = f32[x + i]!;
      const b = f32[y + i]!;
      f32[x + i] = a + fround(k * b);
      f32[y + i] = b + fround(k * a);
    }
  }

  function burg(
    xBytes: number,
    wBytes: number,
    n: number,
    second: number,
    order: number,
    fBytes: number,
    bBytes: number,
    aBytes: number,
    reversedBytes: number,
  ): number {
    const a = aBytes >> 2;
    const b = bBytes >> 2;
    let f = fBytes >> 2;
    let w = wBytes >> 2;
    let r = (reversedBytes >> 2) - 1;
    f32.copyWithin(f, xBytes >> 2, (xBytes >> 2) + n);
    f32.copyWithin(b, xBytes >> 2, (xBytes >> 2) + n);
    f32.fill(0, f + n, f + n + 8);
    f32.fill(0, a, a + order + 8);
    f32.fill(0, r - order, r);
    f32[a] = 1;
    f32[r] = 1;
    let error = 0;
    for (let m = 1; m <= order; m++) {
      f++;
      w++;
      if (second > 0) f32[w + second - 1] = 0;
      lanes.fill(0);
      // lanes 0 to 7 for the cross products, 8 to 15 for the energy
      for (let i = 0; i < n - m; i += 8) {
        for (let lane = 0; lane < 8; lane++) {
          const forward = f32[f + i + lane]!;
          const backward = f32[b + i + lane]!;
          const weight = f32[w + i + lane]!;
          const weighted = fround(weight * backward);
          lanes[lane] = lanes[lane]! + fround(weighted * forward);
          const both = fround(fround(weighted * backward) + fround(fround(weight * forward) * forward));
          lanes[8 + lane] = lanes[8 + lane]! + both;
        }
      }
      for (let lane = 0; lane < 4; lane++) {
        lanes[lane] = lanes[lane]! + lanes[4 + lane]!;
        lanes[8 + lane] = lanes[8 + lane]! + lanes[12 + lane]!;
      }
      error = sumOf(8);
      if (!(error > NOTHING)) break;
      const k = fround(fround(-2 * sumOf(0)) / error);
      rotate(f, b, n - m, k);
      r--;
      rotate(a, r, m + 1, k);
    }
    return error;
  }

  function extrapolate(reversed: number, order: number, yBytes: number, n: number, limit: number): void {
    const taps = (reversed >> 2) - order - 1;
    const most = fround(limit);
    let y = yBytes >> 2;
    for (let i = 0; i < n; i++, y++) {
      lanes.fill(0);
      for (let j = 0; j < order; j += 16) {
        for (let lane = 0; lane < 16; lane++) {
          lanes[lane] = lanes[lane]! + fround(f32[taps + j + lane]! * f32[y - order + j + lane]!);
        }
      }
      for (let lane = 0; lane < 4; lane++) {
        const low = fround(lanes[lane]! + lanes[lane + 4]!);
        lanes[lane] = low + fround(lanes[lane + 8]! + lanes[lane + 12]!);
      }
      f32[y] = max(-most, min(most, -sumOf(0)));
    }
  }

  function correlate(xBytes: number, tapsBytes: number, count: number, outBytes: number, n: number): void {
    const x = xBytes >> 2;
    const out = outBytes >> 2;
    for (let i = 0; i < n; i++) f32[out + i] = dot(tapsBytes >> 2, x + i, count);
  }

  function solveToeplitz(tBytes: number, rhsBytes: number, n: number, work: number, yBytes: number): void {
    const t = tBytes >> 2;
    const rhs = rhsBytes >> 2;
    const y = yBytes >> 2;
    const turned = work >> 2;
    const z = turned + n + 8;
    let back = z + n + 8 + n;
    f32.fill(0, turned, turned + 3 * n + 24);
    f32.fill(0, y, y + n + 4);
    for (let i = 0; i < n; i++) f32[turned + i] = f32[t + n - 1 - i]!;
    const end = turned + n;
    let error = f32[t]!;
    f32[y] = f32[rhs]! / error;
    for (let m = 1; m < n; m++) {
      const lags = end - m - 1;
      const next = fround(-fround(f32[lags]! + dot(z, lags + 1, m - 1)) / error);
      rotate(z, back, m - 1, next);
      f32[z + m - 1] = next;
      back--;
      f32[back] = next;
      error = fround(error * fround(1 - fround(next * next)));
      const gain = fround(fround(f32[rhs + m]! - dot(y, lags, m)) / error);
      for (let i = 0; i < m; i++) f32[y + i] = f32[y + i]! + fround(gain * f32[back + i]!);
      f32[y + m] = gain;
    }
  }

  return { burg, extrapolate, correlate, solveToeplitz };
}
