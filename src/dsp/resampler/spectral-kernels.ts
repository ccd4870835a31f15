/** The kernels of the modules spectral and spectral64, in WebAssembly and as plain TypeScript. Addresses are byte offsets, as everywhere. */
export interface SpectralKernels {
  /**
   * One channel of the qualities `high` and `best`: `n` (1 to the plan's piece) samples at `src` into `dst`; returns how many came out.
   * Plan, state and working area are laid out as spectral-layout.ts says. `src` may be where the state's next input goes;
   * then it is not copied.
   */
  convert(plan: number, state: number, src: number, n: number, work: number, dst: number): number;
  /** The same for the interpolator: `n` samples, at most as many as the state has room for. */
  interpolate(plan: number, state: number, src: number, n: number, work: number, dst: number): number;
}

/** Those of the module spectral. */
export interface PairKernels extends SpectralKernels {
  /** Two blocks, at `first` and `second`. Plan, working area and where the output comes: as pair-layout.ts says. */
  pair(plan: number, first: number, second: number, work: number): void;
  /** Two interleaved channels of `n` samples each, at `src`, apart; int16 are divided by 32768. */
  splitFloats(src: number, left: number, right: number, n: number): void;
  splitInt16s(src: number, left: number, right: number, n: number): void;
  /**
   * Two channels of `n` samples together, to `dst`; int16 as `floatToInt16` makes them. Up to three samples of each beyond `n`
   * are read and written.
   */
  joinFloats(left: number, right: number, dst: number, n: number): void;
  joinInt16s(left: number, right: number, dst: number, n: number): void;
}
