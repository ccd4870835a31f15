// The polyphase bank with rows on a grid, blended linearly: for ratios with too many phases for a row each, and for drift.
// The qualities that work in blocks use it too, beside blocks that change the rate by two.
//
// Where an output lies between two inputs is a whole number of units, `span` of them to an input (below 2^50), exactly. The
// steps belong to the stream: drift changes them while it runs. The place says which two rows are blended, and how far the
// output is from the one to the other.
//
// An output is the product of its window with both rows, blended: that takes fewer operations than blending the rows. Four
// outputs are computed together; however many there are, each is summed in the same order, so a chunk's ends leave no trace
// in the samples.
import { multiplyAdd, storeLanes, sums } from "./lanes";

/** A row is divided into so many parts as a power of two. */
const PART_BITS = 19;
const PART_MASK: i64 = (1 << PART_BITS) - 1;
/** Bits of a place that count for its row. */
const PLACE_BITS: i64 = 30;
/**
 * Sums and parts on their way to the lanes. V8 loads all that lies between two stores before it computes; without these
 * stores it would run out of registers.
 */
const sumsAt = memory.data(144, 16);
const PARTS: usize = 128;
const PART: f32 = 1 / <f32>(1 << PART_BITS);

/** The products of a window with a row and the next one, four sums each, to `to` and 64 bytes on. `vectors` as in rows.ts. */
// @ts-ignore: decorator
@inline function twoRows(h: usize, rowBytes: usize, x: usize, vectors: i32, to: usize): void {
  const x0 = v128.load(x);
  let a = f32x4.mul(v128.load(h), x0);
  let b = f32x4.mul(v128.load(h + rowBytes), x0);
  if (vectors == 0) {
    for (let at: usize = 16; at < rowBytes; at += 16) {
      const sample = v128.load(x + at);
      a = multiplyAdd(v128.load(h + at), sample, a);
      b = multiplyAdd(v128.load(h + rowBytes + at), sample, b);
    }
  } else {
    const x1 = v128.load(x, 16);
    a = multiplyAdd(v128.load(h, 16), x1, a);
    b = multiplyAdd(v128.load(h + rowBytes, 16), x1, b);
    if (vectors > 2) {
      const x2 = v128.load(x, 32);
      a = multiplyAdd(v128.load(h, 32), x2, a);
      b = multiplyAdd(v128.load(h + rowBytes, 32), x2, b);
    }
    if (vectors > 3) {
      const x3 = v128.load(x, 48);
      a = multiplyAdd(v128.load(h, 48), x3, a);
      b = multiplyAdd(v128.load(h + rowBytes, 48), x3, b);
    }
    if (vectors > 4) {
      const x4 = v128.load(x, 64);
      a = multiplyAdd(v128.load(h, 64), x4, a);
      b = multiplyAdd(v128.load(h + rowBytes, 64), x4, b);
    }
    if (vectors > 5) {
      const x5 = v128.load(x, 80);
      a = multiplyAdd(v128.load(h, 80), x5, a);
      b = multiplyAdd(v128.load(h + rowBytes, 80), x5, b);
    }
  }
  v128.store(to, a);
  v128.store(to, b, 64);
}

/** What the places of a stream are multiplied with, their upper bits, to be parts of rows times 2^32. */
// @ts-ignore: decorator
@inline function scaleOf(state: usize, lowBits: i64): i64 {
  return <i64>(load<f64>(state, 40) * <f64>(1 << PART_BITS) * 4294967296 * <f64>((<i64>1) << lowBits));
}

// @ts-ignore: decorator
@inline function lowBitsOf(span: i64): i64 {
  return max<i64>(0, 64 - clz(span) - PLACE_BITS);
}

/** The sums and parts that were put away, as outputs. */
// @ts-ignore: decorator
@inline function blend(): v128 {
  const a = sums(v128.load(sumsAt), v128.load(sumsAt, 16), v128.load(sumsAt, 32), v128.load(sumsAt, 48));
  const b = sums(v128.load(sumsAt, 64), v128.load(sumsAt, 80), v128.load(sumsAt, 96), v128.load(sumsAt, 112));
  const parts = f32x4.convert_i32x4_s(v128.load(sumsAt, PARTS));
  return multiplyAdd(f32x4.sub(b, a), f32x4.mul(parts, f32x4.splat(PART)), a);
}

/** How many outputs have their window between the state's place and `end`. */
// @ts-ignore: decorator
@inline function ready(room: i32, span: i64, place: i64, step: i64): i32 {
  return room < 0 ? 0 : <i32>(((<i64>(room >> 2) + 1) * span - place - 1) / step + 1);
}

/**
 * As `bank`, with rows of any length. `x` is the first sample that the state has not seen, and `end` the first one to come.
 */
export function blendedBank(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  const rowBytes = <usize>load<i32>(plan, 16) << 2;
  const rows = <usize>load<u32>(plan, 20);
  const span = <i64>load<f64>(state, 24);
  const stepUnits = <i64>load<f64>(state, 32);
  const stepSamples = <i64>load<i32>(state, 48);
  const stepBytes = <usize>stepSamples << 2;
  const lowBits = lowBitsOf(span);
  const scale = scaleOf(state, lowBits);
  let window = x + (<isize>load<i32>(state) << 2);
  let place = <i64>load<f64>(state, 16);
  const count = ready(<i32>(end - window) - <i32>rowBytes, span, place, stepSamples * span + stepUnits);
  for (let n = count; n > 0; n -= 4, dst += 16) {
    let to = sumsAt;
    let partAt = sumsAt + PARTS;
    for (const last = sumsAt + (<usize>min(n, 4) << 4); to < last; to += 16, partAt += 4) {
      const parts = ((place >> lowBits) * scale) >> 32;
      store<i32>(partAt, <i32>(parts & PART_MASK));
      twoRows(rows + <usize>(parts >> PART_BITS) * rowBytes, rowBytes, window, 0, to);
      place += stepUnits;
      const isOver = place >= span;
      place -= isOver ? span : 0;
      window += stepBytes + (<usize>isOver << 2);
    }
    storeLanes(dst, blend(), n);
  }
  store<i32>(state, <i32>(window - end) >> 2);
  store<f64>(state, <f64>place, 16);
  return count;
}

/** The same with rows of so many vectors, 2 to 6, without a loop over them. */
// @ts-ignore: decorator
@inline export function blendedBankOf(
  vectors: i32, plan: usize, state: usize, x: usize, end: usize, dst: usize,
): i32 {
  const rowBytes = <usize>vectors << 4;
  const rows = <usize>load<u32>(plan, 20);
  const span = <i64>load<f64>(state, 24);
  const stepUnits = <i64>load<f64>(state, 32);
  const stepSamples = <i64>load<i32>(state, 48);
  const stepBytes = <usize>stepSamples << 2;
  const lowBits = lowBitsOf(span);
  const scale = scaleOf(state, lowBits);
  let window = x + (<isize>load<i32>(state) << 2);
  let place = <i64>load<f64>(state, 16);
  const fours = ready(<i32>(end - window) - <i32>rowBytes, span, place, stepSamples * span + stepUnits) & -4;
  for (const last = dst + (<usize>fours << 2); dst < last; dst += 16) {
    const parts0 = ((place >> lowBits) * scale) >> 32;
    store<i32>(sumsAt, <i32>(parts0 & PART_MASK), PARTS + 0);
    twoRows(rows + <usize>(parts0 >> PART_BITS) * rowBytes, rowBytes, window, vectors, sumsAt + 0);
    place += stepUnits;
    const isOver0 = place >= span;
    place -= isOver0 ? span : 0;
    window += stepBytes + (<usize>isOver0 << 2);
    const parts1 = ((place >> lowBits) * scale) >> 32;
    store<i32>(sumsAt, <i32>(parts1 & PART_MASK), PARTS + 4);
    twoRows(rows + <usize>(parts1 >> PART_BITS) * rowBytes, rowBytes, window, vectors, sumsAt + 16);
    place += stepUnits;
    const isOver1 = place >= span;
    place -= isOver1 ? span : 0;
    window += stepBytes + (<usize>isOver1 << 2);
    const parts2 = ((place >> lowBits) * scale) >> 32;
    store<i32>(sumsAt, <i32>(parts2 & PART_MASK), PARTS + 8);
    twoRows(rows + <usize>(parts2 >> PART_BITS) * rowBytes, rowBytes, window, vectors, sumsAt + 32);
    place += stepUnits;
    const isOver2 = place >= span;
    place -= isOver2 ? span : 0;
    window += stepBytes + (<usize>isOver2 << 2);
    const parts3 = ((place >> lowBits) * scale) >> 32;
    store<i32>(sumsAt, <i32>(parts3 & PART_MASK), PARTS + 12);
    twoRows(rows + <usize>(parts3 >> PART_BITS) * rowBytes, rowBytes, window, vectors, sumsAt + 48);
    place += stepUnits;
    const isOver3 = place >= span;
    place -= isOver3 ? span : 0;
    window += stepBytes + (<usize>isOver3 << 2);
    v128.store(dst, blend());
  }
  store<i32>(state, <i32>(window - x) >> 2);
  store<f64>(state, <f64>place, 16);
  return fours + blendedBank(plan, state, x, end, dst);
}
