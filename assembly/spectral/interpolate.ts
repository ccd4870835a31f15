// Samples between samples, for ratios that the blocks have no transforms for: the bank with rows on a grid that `voice` has
// too, next to the blocks. Layout as src/dsp/resampler/spectral-layout.ts says.
import { blendedBank } from "../resampler/blended-bank";

const STATE: usize = 64;

/** `n` samples at `src`, which may be the place for them in the state, into `dst`; returns how many came out. `_work`: for others. */
export function interpolate(plan: usize, state: usize, src: usize, n: i32, _work: usize, dst: usize): i32 {
  const history = state + STATE;
  const windowBytes = <usize>load<i32>(plan, 16) << 2;
  const place = history + windowBytes;
  if (src != place) memory.copy(place, src, <usize>n << 2);
  const end = place + (<usize>n << 2);
  const count = blendedBank(plan, state, place, end, dst);
  memory.copy(history, end - windowBytes, windowBytes);
  return count;
}
