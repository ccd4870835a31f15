// The polyphase bank: each output is the product of one row of coefficients with a window of the input.
//
// A row for each phase where the ratio has few of them; else rows on a grid, blended (blended-bank.ts). However many
// outputs are computed together, each is summed in the same order, so a chunk's ends leave no trace in the samples. Outputs
// a period apart share a row: taking them together saves loads, which are what a bank's time goes into.
import { blendedBank } from "./blended-bank";
import { fourRows, fourWindows, oneRow, twoByTwo } from "./rows";

/** A phase that has been moved on, within the period. */
// @ts-ignore: decorator
@inline function within(phase: i32, phases: i32): i32 {
  return phase >= phases ? phase - phases : phase;
}

/** The bytes that its window moves on for that. */
// @ts-ignore: decorator
@inline function carry(phase: i32, phases: i32): usize {
  return phase >= phases ? 4 : 0;
}

/** How many outputs have their window within `room` bytes, from the one at `phase` on. */
function ready(room: i32, phase: i32, phases: i32, step: u32): i32 {
  return room < 0 ? 0 : <i32>(((<u32>(room >> 2) + 1) * <u32>phases - <u32>phase - 1) / step + 1);
}

/**
 * All outputs whose window ends before `end`, in a row at `dst`; returns how many. `plan` and `state` as voice.ts lays
 * them out; `x` is the first sample that the state has not seen, and `end` the first one to come.
 */
export function bank(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  if (load<i32>(plan, 32) != 0) return blendedBank(plan, state, x, end, dst);
  const phases = load<i32>(plan, 4);
  const stepSamples = load<i32>(plan, 8);
  const stepPhases = load<i32>(plan, 12);
  const rowBytes = <usize>load<i32>(plan, 16) << 2;
  const rows = <usize>load<u32>(plan, 20);
  const stepBytes = <usize>stepSamples << 2;
  const periodSamples = stepSamples * phases + stepPhases;
  let window = x + (<isize>load<i32>(state) << 2);
  let phase = load<i32>(state, 4);
  let n = ready(<i32>(end - window) - <i32>rowBytes, phase, phases, periodSamples);
  const count = n;

  const periodBytes = <usize>periodSamples << 2;
  const outBytes = <usize>phases << 2;
  for (; n >= phases << 2; n -= phases << 2) {
    for (let i = 0; i < phases; i++, dst += 4) {
      const h = rows + <usize>phase * rowBytes;
      const x2 = window + 2 * periodBytes;
      const y = fourWindows(h, h + rowBytes, window, window + periodBytes, x2, x2 + periodBytes);
      if (phases == 1) {
        v128.store(dst, y);
      } else {
        v128.store32_lane(dst, y, 0);
        v128.store32_lane(dst + outBytes, y, 1);
        v128.store32_lane(dst + 2 * outBytes, y, 2);
        v128.store32_lane(dst + 3 * outBytes, y, 3);
      }
      const next = phase + stepPhases;
      window += stepBytes + carry(next, phases);
      phase = within(next, phases);
    }
    dst += 3 * outBytes;
    window += 3 * periodBytes;
  }

  for (; n >= phases << 1 && (phases & 1) == 0; n -= phases << 1) {
    for (let i = 0; i < phases; i += 2, dst += 8) {
      const next0 = phase + stepPhases;
      const phase1 = within(next0, phases);
      const next1 = phase1 + stepPhases;
      const x1 = window + stepBytes + carry(next0, phases);
      const h = rows + <usize>phase * rowBytes;
      const h1 = rows + <usize>phase1 * rowBytes;
      const y = twoByTwo(h, h1, h + rowBytes, window, window + periodBytes, x1, x1 + periodBytes);
      v128.store64_lane(dst, y, 0);
      v128.store64_lane(dst + outBytes, y, 1);
      window = x1 + stepBytes + carry(next1, phases);
      phase = within(next1, phases);
    }
    dst += outBytes;
    window += periodBytes;
  }

  for (; n >= 4; n -= 4, dst += 16) {
    const next0 = phase + stepPhases;
    const phase1 = within(next0, phases);
    const next1 = phase1 + stepPhases;
    const phase2 = within(next1, phases);
    const next2 = phase2 + stepPhases;
    const phase3 = within(next2, phases);
    const next3 = phase3 + stepPhases;
    const x1 = window + stepBytes + carry(next0, phases);
    const x2 = x1 + stepBytes + carry(next1, phases);
    const x3 = x2 + stepBytes + carry(next2, phases);
    const h0 = rows + <usize>phase * rowBytes;
    const h1 = rows + <usize>phase1 * rowBytes;
    const h2 = rows + <usize>phase2 * rowBytes;
    const h3 = rows + <usize>phase3 * rowBytes;
    v128.store(dst, fourRows(h0, h1, h2, h3, h0 + rowBytes, window, x1, x2, x3));
    window = x3 + stepBytes + carry(next3, phases);
    phase = within(next3, phases);
  }

  for (; n > 0; n--, dst += 4) {
    const h = rows + <usize>phase * rowBytes;
    v128.store32_lane(dst, oneRow(h, h + rowBytes, window), 0);
    const next = phase + stepPhases;
    window += stepBytes + carry(next, phases);
    phase = within(next, phases);
  }

  store<i32>(state, <i32>(window - end) >> 2);
  store<i32>(state, phase, 4);
  return count;
}
