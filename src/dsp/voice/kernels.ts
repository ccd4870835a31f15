/** The voice module's kernels, in WebAssembly and as plain TypeScript. Addresses are byte offsets, as everywhere. */
export interface VoiceKernels {
  /**
   * Weighted Burg over the `n` samples at `x`, two pieces of which the second starts at `second` (0: one piece), under
   * the weights `w` (n and 8 zeros; changed). `f` and `b`: room for n + 8. Coefficients go to `a` (room for order + 8)
   * and, turned round, below `reversed`. Returns the weighted energy of both prediction errors before the last step.
   */
  burg(
    x: number,
    w: number,
    n: number,
    second: number,
    order: number,
    f: number,
    b: number,
    a: number,
    reversed: number,
  ): number;
  /** Continues what ends before `y` by `n` samples within +-limit; `order` is a multiple of 16. */
  extrapolate(reversed: number, order: number, y: number, n: number, limit: number): void;
  /** out[i] = sum of taps[j] * x[i + j]; `count` and `n` are multiples of 4. */
  correlate(x: number, taps: number, count: number, out: number, n: number): void;
  /** Solves the symmetric Toeplitz system of first row `t`; `work` has room for 3n + 24, `y` for n + 4. */
  solveToeplitz(t: number, rhs: number, n: number, work: number, y: number): void;
}
