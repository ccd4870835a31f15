// The polyphase bank: each output is the product of one row of coefficients with a window of the input.
//
// A row for each phase where the ratio has few of them; else rows on a grid, blended (blended-bank.ts). However many
// outputs are computed together, each is summed in the same order, so a chunk's ends leave no trace in the samples.
//
// Outputs whole periods apart share a row. Where there are four periods, the outputs are cut into four runs of as many
// periods, and the runs go side by side through the lanes of a vector: then nothing is left to be added across the lanes.
import { blendedBank, blendedBankOf } from "./blended-bank";
import { putTransposed } from "./lanes";
import { fourAbreast, fourRows, LINK, nextRow, oneRow, windowStep } from "./rows";

/** How many outputs have their window within `room` bytes, from the one at `phase` on. */
function ready(room: i32, phase: i32, phases: i32, step: u32): i32 {
  return room < 0 ? 0 : <i32>(((<u32>(room >> 2) + 1) * <u32>phases - <u32>phase - 1) / step + 1);
}

/** A sample of each of four runs, `distance` bytes apart, then the next of each: `bytes` of every run. */
function layAbreast(x: usize, distance: usize, to: usize, bytes: usize): void {
  const x2 = x + 2 * distance;
  for (let at: usize = 0; at < bytes; at += 16) {
    putTransposed(
      to + (at << 2), 16,
      v128.load(x + at), v128.load(x + at + distance), v128.load(x2 + at), v128.load(x2 + at + distance),
    );
  }
}

/** `count` (a multiple of 4 or less than that) vectors at `four`, one of each run in it, into the runs at `dst`. */
function layInRuns(four: usize, count: i32, dst: usize, runBytes: usize): void {
  for (; count >= 4; count -= 4, four += 64, dst += 16) {
    putTransposed(dst, runBytes, v128.load(four), v128.load(four, 16), v128.load(four, 32), v128.load(four, 48));
  }
  for (; count > 0; count--, four += 16, dst += 4) {
    const y = v128.load(four);
    v128.store32_lane(dst, y, 0);
    v128.store32_lane(dst + runBytes, y, 1);
    v128.store32_lane(dst + 2 * runBytes, y, 2);
    v128.store32_lane(dst + 3 * runBytes, y, 3);
  }
}

/**
 * `count` outputs of each of four runs, from `row` on; `x` as `layAbreast` has it. Those of a run go in a row to `dst`, the
 * next run's behind them. `four`: room for 64 vectors.
 */
// @ts-ignore: decorator
@inline function fourRuns(
  rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize, vectors: i32,
): void {
  const runBytes = <usize>count << 2;
  while (count > 0) {
    const some = min(count, 64);
    for (let to = four, end = four + (<usize>some << 4); to < end; to += 16) {
      fourAbreast(row, x, vectors, rowBytes, to);
      x += windowStep(row) << 2;
      row = nextRow(row);
    }
    layInRuns(four, some, dst, runBytes);
    dst += <usize>some << 2;
    count -= some;
  }
}

// @ts-ignore: decorator
@inline function plainBank(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize, vectors: i32): i32 {
  const phases = load<i32>(plan, 4);
  const stepSamples = load<i32>(plan, 8);
  const stepPhases = load<i32>(plan, 12);
  const rowBytes = <usize>load<i32>(plan, 16) << 2;
  const rows = <usize>load<u32>(plan, 20);
  const periodSamples = stepSamples * phases + stepPhases;
  const phase = load<i32>(state, 4);
  let window = x + (<isize>load<i32>(state) << 2);
  let n = ready(<i32>(end - window) - <i32>rowBytes, phase, phases, periodSamples);
  const count = n;
  const pitch = rowBytes + LINK;
  let row = rows + <usize>phase * pitch;

  const periods = n / (4 * phases);
  if (periods > 0) {
    const run = periods * phases;
    const runBytes = <usize>(periods * periodSamples) << 2;
    const abreast = spare + 1024;
    layAbreast(window, runBytes, abreast, runBytes + rowBytes);
    if (vectors == 2) fourRuns2(rowBytes, row, abreast, run, dst, spare);
    else if (vectors == 3) fourRuns3(rowBytes, row, abreast, run, dst, spare);
    else if (vectors == 4) fourRuns4(rowBytes, row, abreast, run, dst, spare);
    else if (vectors == 7) fourRuns7(rowBytes, row, abreast, run, dst, spare);
    else fourRuns0(rowBytes, row, abreast, run, dst, spare);
    n -= 4 * run;
    dst += <usize>run << 4;
    window += 4 * runBytes;
  }

  for (; n >= 4; n -= 4, dst += 16) {
    const row1 = nextRow(row);
    const row2 = nextRow(row1);
    const row3 = nextRow(row2);
    const x1 = window + windowStep(row);
    const x2 = x1 + windowStep(row1);
    const x3 = x2 + windowStep(row2);
    fourRows(row, row1, row2, row3, window, x1, x2, x3, vectors, rowBytes, dst);
    window = x3 + windowStep(row3);
    row = nextRow(row3);
  }

  for (; n > 0; n--, dst += 4) {
    v128.store32_lane(dst, oneRow(row, window, vectors, rowBytes), 0);
    window += windowStep(row);
    row = nextRow(row);
  }

  store<i32>(state, <i32>(window - end) >> 2);
  store<i32>(state, <i32>((row - rows) / pitch), 4);
  return count;
}

function fourRuns2(rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize): void {
  fourRuns(rowBytes, row, x, count, dst, four, 2);
}

function fourRuns3(rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize): void {
  fourRuns(rowBytes, row, x, count, dst, four, 3);
}

function fourRuns4(rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize): void {
  fourRuns(rowBytes, row, x, count, dst, four, 4);
}

function fourRuns7(rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize): void {
  fourRuns(rowBytes, row, x, count, dst, four, 7);
}

function fourRuns0(rowBytes: usize, row: usize, x: usize, count: i32, dst: usize, four: usize): void {
  fourRuns(rowBytes, row, x, count, dst, four, 0);
}

function blended3(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return blendedBankOf(3, plan, state, x, end, dst);
}

function blended4(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return blendedBankOf(4, plan, state, x, end, dst);
}

function bank2(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  return plainBank(plan, state, x, end, dst, spare, 2);
}

function bank3(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  return plainBank(plan, state, x, end, dst, spare, 3);
}

function bank4(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  return plainBank(plan, state, x, end, dst, spare, 4);
}

function bank7(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  return plainBank(plan, state, x, end, dst, spare, 7);
}

function anyBank(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  return plainBank(plan, state, x, end, dst, spare, 0);
}

/**
 * All outputs whose window ends before `end`, in a row at `dst`; returns how many. `plan` and `state` as voice.ts lays
 * them out; `x` is the first sample that the state has not seen, and `end` the first one to come. `spare`: room for 256
 * floats, and for what is between `x` and `end` and three rows more.
 */
export function bank(plan: usize, state: usize, x: usize, end: usize, dst: usize, spare: usize): i32 {
  const vectors = load<i32>(plan, 16) >> 2;
  if (load<i32>(plan, 32) != 0) {
    if (vectors == 3) return blended3(plan, state, x, end, dst);
    return vectors == 4 ? blended4(plan, state, x, end, dst) : blendedBank(plan, state, x, end, dst);
  }
  if (vectors == 3) return bank3(plan, state, x, end, dst, spare);
  if (vectors == 4) return bank4(plan, state, x, end, dst, spare);
  if (vectors == 2) return bank2(plan, state, x, end, dst, spare);
  if (vectors == 7) return bank7(plan, state, x, end, dst, spare);
  return anyBank(plan, state, x, end, dst, spare);
}
