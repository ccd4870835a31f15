// Across lost packets: what a decoder remembers of the signal becomes what was heard in their place.
import { g722Decode } from "./decode";
import { g722Encode } from "./encode";
import { HIGH_BAND, HISTORY_BYTES, LOG_SCALE, LOW_BAND, POLES, WINDOW, ZERO_COEFFICIENTS } from "./memory";

/** What a band has learnt: its zeros, its poles, its scale. */
// @ts-ignore: decorator
@inline function copyLearnt(to: usize, from: usize): void {
  memory.copy(to + ZERO_COEFFICIENTS, from + ZERO_COEFFICIENTS, 16);
  memory.copy(to + POLES, from + POLES, 8);
  memory.copy(to + LOG_SCALE, from + LOG_SCALE, 8);
}

/**
 * The decoder at `state` goes on as if `src` had been heard: 22 samples, and `n` (even) after them, which end 22 beyond
 * where its next bytes begin. What it has learnt stays. `spare` is room for a state and a block, `codes` for n / 2 bytes,
 * `dst` for `n` samples.
 */
export function g722Follow(state: usize, spare: usize, src: usize, codes: usize, dst: usize, n: i32): void {
  memory.copy(spare, state, WINDOW);
  memory.copy(spare + WINDOW, src, HISTORY_BYTES);
  g722Encode(spare, src + HISTORY_BYTES, codes, n);
  memory.copy(spare, state, WINDOW);
  g722Decode(state, codes, dst, n >> 1);
  copyLearnt(state + LOW_BAND, spare + LOW_BAND);
  copyLearnt(state + HIGH_BAND, spare + HIGH_BAND);
}
