/** The `g722` module's signatures. Addresses are byte offsets into the engine's memory. */

/** What one encoder or decoder keeps: two predictors and a filter's history, with room for a block. */
export const G722_STATE_BYTES = 160 + 44 + 320 * 2;

/** ITU-T G.722 at 64 kbit/s. `n` counts samples of 16 kHz for the encoder (even), bytes for the decoder. */
export interface G722Kernels {
  g722Reset(state: number): void;
  /** Writes n / 2 bytes. */
  g722Encode(state: number, src: number, dst: number, n: number): void;
  /** Writes 2 n samples. */
  g722Decode(state: number, src: number, dst: number, n: number): void;
  /**
   * The decoder at `state` goes on as if `src` had been heard: 22 samples, and `n` (even) after them, which end 22 beyond
   * where its next bytes begin. What it has learnt stays. `spare` is room for another state, `codes` for n / 2 bytes,
   * `dst` for `n` samples; nothing of the three is of use afterwards.
   */
  g722Follow(state: number, spare: number, src: number, codes: number, dst: number, n: number): void;
}
