// The interpolator's bank with a row for each phase, in the order in which outputs come to them: one product an output in
// place of the blended bank's two, and the memory is read from one end to the other.
//
// However many outputs are computed together, each is summed in the same order, so a chunk's ends leave no trace.
import { multiplyAdd, sums } from "../resampler/lanes";

/** The products of a row with a window, as four sums. `vectors` to a row, or 0: `rowBytes` says. */
// @ts-ignore: decorator
@inline function dot(row: usize, x: usize, vectors: i32, rowBytes: usize): v128 {
  let sum = f32x4.mul(v128.load(row), v128.load(x));
  if (vectors == 0) {
    for (let at: usize = 16; at < rowBytes; at += 16) sum = multiplyAdd(v128.load(row + at), v128.load(x + at), sum);
    return sum;
  }
  sum = multiplyAdd(v128.load(row, 16), v128.load(x, 16), sum);
  if (vectors > 2) sum = multiplyAdd(v128.load(row, 32), v128.load(x, 32), sum);
  if (vectors > 3) sum = multiplyAdd(v128.load(row, 48), v128.load(x, 48), sum);
  return sum;
}

/**
 * All outputs whose window ends before `end`, in a row at `dst`; returns how many. `x` is the first sample that the state
 * has not seen, and `end` the first one to come.
 */
// @ts-ignore: decorator
@inline function bankOf(vectors: i32, plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  const rowBytes = vectors == 0 ? <usize>load<i32>(plan, 16) << 2 : <usize>vectors << 4;
  const phases = load<i32>(plan, 4);
  const rows = <usize>load<u32>(plan, 20);
  const rowsEnd = rows + <usize>phases * rowBytes;
  const stepUnits = <i32>load<f64>(state, 32);
  const stepBytes = <usize>load<i32>(state, 48) << 2;
  const last = end - rowBytes;
  // a group's last window lies no further on
  const lastOfFour = last - 3 * (stepBytes + 4);
  const from = dst;
  let place = <i32>load<f64>(state, 16);
  let window = x + (<isize>load<i32>(state) << 2);
  let row = rows + <usize>load<i32>(state, 4) * rowBytes;
  while (window <= lastOfFour) {
    // stores between: V8 loads all that lies between two stores before it computes, and would run out of registers
    const y0 = dot(row, window, vectors, rowBytes);
    v128.store(dst, y0);
    place += stepUnits;
    const isOver0 = place >= phases;
    place -= isOver0 ? phases : 0;
    window += stepBytes + (<usize>isOver0 << 2);
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
    const y1 = dot(row, window, vectors, rowBytes);
    v128.store(dst, y1);
    place += stepUnits;
    const isOver1 = place >= phases;
    place -= isOver1 ? phases : 0;
    window += stepBytes + (<usize>isOver1 << 2);
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
    const y2 = dot(row, window, vectors, rowBytes);
    v128.store(dst, y2);
    place += stepUnits;
    const isOver2 = place >= phases;
    place -= isOver2 ? phases : 0;
    window += stepBytes + (<usize>isOver2 << 2);
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
    v128.store(dst, sums(y0, y1, y2, dot(row, window, vectors, rowBytes)));
    place += stepUnits;
    const isOver3 = place >= phases;
    place -= isOver3 ? phases : 0;
    window += stepBytes + (<usize>isOver3 << 2);
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
    dst += 16;
  }
  for (; window <= last; dst += 4) {
    const y = dot(row, window, vectors, rowBytes);
    v128.store32_lane(dst, sums(y, y, y, y), 0);
    place += stepUnits;
    const isOver = place >= phases;
    place -= isOver ? phases : 0;
    window += stepBytes + (<usize>isOver << 2);
    row += rowBytes;
    row = row == rowsEnd ? rows : row;
  }
  store<i32>(state, <i32>(window - end) >> 2);
  store<i32>(state, <i32>((row - rows) / rowBytes), 4);
  store<f64>(state, <f64>place, 16);
  return <i32>(dst - from) >> 2;
}

export function ordered3(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return bankOf(3, plan, state, x, end, dst);
}

export function ordered4(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return bankOf(4, plan, state, x, end, dst);
}

export function orderedAny(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return bankOf(0, plan, state, x, end, dst);
}
