// The `voice` quality: one sharp half-band at twice the lower rate, the same for every ratio, and one relaxed polyphase
// bank between that rate and the higher one.
//
//   down: input -- bank --> twice the output rate -- half-band --> output
//   up:   input -- half-band --> twice the input rate -- bank --> output
//
// Layout of a plan (one for each ratio; int32 unless said):
//    0 isUp  4 phases  8 whole input samples per bank output  12 phases on top of them  16 row length (0: no bank)
//   20 rows (but on a grid with links: see rows.ts)  24 half-band coefficients  32 intervals of the grid (0: a row for
//   each phase)  36 how many samples of the lower rate the half-band looks ahead  40 has it minimum phase?  44 else how many pairs
// Layout of a state (one for each channel):
//    0 first sample of the bank's next window, counted from the next input  4 its phase
//    8 half-band samples that must come before the first output (negative: that many are to be made again)
//   12 is the half-band's odd sample next?
//   with a grid, in place of the phase (f64 but the last): 16 place in units  24 units to an input  32 units of a step beyond
//   its whole inputs  40 grid intervals to a unit  48 whole inputs of a step
//   64 the bank's last inputs (row length), then the half-band's: 76, and for down 52 even ones
//
// Built with LINEAR_ONLY it has no minimum phase: for a page's worker, which asks for none.
//
// The working area is shared by all streams: history is copied in front of the new samples, and their end kept.
import { bank } from "./bank";
import { decimate, interpolate, part } from "./half-band";
import { copyVectors } from "./lanes";
import { decimateMinimum, interpolateMinimum } from "./minimum";

const HISTORY: usize = 64;
const SIDE = 76;
const EVEN_SIDE = 52;
const EVEN_BEFORE = 44;

// places in the working area, in bytes; kept equal in src/dsp/resampler/voice-layout.ts
const INPUT: usize = 320 * 4;
const EVEN: usize = 2448 * 4;
const ODD: usize = 4624 * 4;
const DOUBLED: usize = 6720 * 4;
const SPARE: usize = 10832 * 4;

/** `n` (1 to 2048) samples at `src` into `dst`; returns how many came out. `src` may be `work` + INPUT. */
export function voice(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  return load<i32>(plan) != 0 ? up(plan, state, src, n, work, dst) : down(plan, state, src, n, work, dst);
}

function down(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  const rowLength = load<i32>(plan, 16);
  const oddHistory = state + HISTORY + ((<usize>rowLength) << 2);
  const evenHistory = oddHistory + SIDE * 4;
  const isOddNext = load<i32>(state, 12);
  let even = work + EVEN;
  let odd = work + ODD;
  copyVectors(evenHistory, even - EVEN_BEFORE * 4, EVEN_SIDE);
  copyVectors(oddHistory, odd - SIDE * 4, SIDE);
  const first = isOddNext ? odd : even;
  const second = isOddNext ? even + 4 : odd;
  let doubled = n;
  if (rowLength == 0) {
    part(src, first, second, n);
  } else {
    const x = work + INPUT;
    const end = x + ((<usize>n) << 2);
    copyVectors(state + HISTORY, x - ((<usize>rowLength) << 2), rowLength);
    if (src != x) memory.copy(x, src, <usize>n << 2);
    doubled = bank(plan, state, x, end, work + DOUBLED, work + SPARE);
    part(work + DOUBLED, first, second, doubled);
    copyVectors(end - ((<usize>rowLength) << 2), state + HISTORY, rowLength);
  }
  const pairs = (doubled + isOddNext) >> 1;
  store<i32>(state, (doubled + isOddNext) & 1, 12);
  const missing = load<i32>(state, 8);
  const outputs = max(0, pairs - missing);
  if (outputs > 0) {
    const at = (<isize>(missing - load<i32>(plan, 36))) << 2;
    const c = <usize>load<u32>(plan, 24);
    if (!isDefined(LINEAR_ONLY) && load<i32>(plan, 40) != 0) decimateMinimum(even + at + 4, odd + at + 4, c, dst, outputs);
    else decimate(even + at, odd + at, c, endOf(plan, c), dst, outputs);
  }
  store<i32>(state, max(0, missing - pairs), 8);
  copyVectors(even + ((<usize>pairs) << 2) - EVEN_BEFORE * 4, evenHistory, EVEN_SIDE);
  copyVectors(odd + ((<usize>pairs) << 2) - SIDE * 4, oddHistory, SIDE);
  return outputs;
}

/** Where the half-band's coefficients end, with linear phase. */
// @ts-ignore: decorator
@inline function endOf(plan: usize, c: usize): usize {
  return c + (<usize>load<i32>(plan, 44) << 4);
}

function double(plan: usize, from: usize, dst: usize, pairs: i32): void {
  const c = <usize>load<u32>(plan, 24);
  if (!isDefined(LINEAR_ONLY) && load<i32>(plan, 40) != 0) interpolateMinimum(from + 8, c, dst, pairs);
  else interpolate(from, c, endOf(plan, c), dst, pairs);
}

function up(plan: usize, state: usize, src: usize, n: i32, work: usize, dst: usize): i32 {
  const rowLength = load<i32>(plan, 16);
  const history = state + HISTORY + ((<usize>rowLength) << 2);
  const x = work + INPUT;
  copyVectors(history, x - SIDE * 4, SIDE);
  if (src != x) memory.copy(x, src, <usize>n << 2);
  const missing = load<i32>(state, 8);
  const pairs = max(0, n - missing);
  let outputs = pairs << 1;
  if (pairs > 0) {
    const from = x + ((<isize>(missing - load<i32>(plan, 36))) << 2);
    if (rowLength == 0) {
      double(plan, from, dst, pairs);
    } else {
      const doubled = work + DOUBLED;
      const end = doubled + ((<usize>pairs) << 3);
      copyVectors(state + HISTORY, doubled - ((<usize>rowLength) << 2), rowLength);
      double(plan, from, doubled, pairs);
      outputs = bank(plan, state, doubled, end, dst, work + SPARE);
      copyVectors(end - ((<usize>rowLength) << 2), state + HISTORY, rowLength);
    }
  }
  store<i32>(state, max(0, missing - n), 8);
  copyVectors(x + ((<usize>n) << 2) - SIDE * 4, history, SIDE);
  return outputs;
}
