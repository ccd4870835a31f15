// Samples between samples, for ratios that the blocks have no transforms for, next to the blocks: a bank with a row for each
// phase, or where these are too many the one with rows on a grid that `voice` has too. Layout as src/dsp/resampler/spectral-layout.ts says.
import { blendedBank, blendedBankOf } from "../resampler/blended-bank";
import { ordered3, ordered4, orderedAny } from "./ordered-bank";

const STATE: usize = 64;

/** `n` samples at `src`, which may be the place for them in the state, into `dst`; returns how many came out. `_work`: for others. */
export function interpolate(plan: usize, state: usize, src: usize, n: i32, _work: usize, dst: usize): i32 {
  const history = state + STATE;
  const windowBytes = <usize>load<i32>(plan, 16) << 2;
  const place = history + windowBytes;
  if (src != place) memory.copy(place, src, <usize>n << 2);
  const end = place + (<usize>n << 2);
  let count: i32;
  if (load<i32>(plan, 4) != 0) {
    if (windowBytes == 64) count = ordered4(plan, state, place, end, dst);
    else if (windowBytes == 48) count = ordered3(plan, state, place, end, dst);
    else count = orderedAny(plan, state, place, end, dst);
  } else if (windowBytes == 64) count = blended4(plan, state, place, end, dst);
  else if (windowBytes == 96) count = blended6(plan, state, place, end, dst);
  else if (windowBytes == 48) count = blended3(plan, state, place, end, dst);
  else count = blendedBank(plan, state, place, end, dst);
  memory.copy(history, end - windowBytes, windowBytes);
  return count;
}

function blended4(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return blendedBankOf(4, plan, state, x, end, dst);
}

function blended3(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return blendedBankOf(3, plan, state, x, end, dst);
}

function blended6(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return blendedBankOf(6, plan, state, x, end, dst);
}
