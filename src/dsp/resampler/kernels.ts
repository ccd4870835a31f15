/** The resampler module's kernels, in WebAssembly and as plain TypeScript. Addresses are byte offsets, as everywhere. */
export interface ResamplerKernels {
  /**
   * One channel of the `voice` quality: `n` (1 to `VOICE_PIECE_SAMPLES`) samples at `src` into `dst`; returns how many
   * came out. Plan, state and working area are laid out as voice-layout.ts says. `src` may be the place for input in the
   * working area; then it is not copied.
   */
  voice(plan: number, state: number, src: number, n: number, work: number, dst: number): number;
}
