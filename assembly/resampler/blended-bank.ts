// The polyphase bank with rows on a grid, blended linearly: for ratios with too many phases for a row each, and for drift.
// The qualities that work in blocks use it too, beside blocks that change the rate by two.
//
// Where an output lies between two inputs is a whole number of units, `span` of them to an input (below 2^50), exactly. The
// steps belong to the stream: drift changes them while it runs. The place says which two rows are blended, and how far the
// output is from the one to the other.
//
// An output is the product of its window with both rows, blended: that takes fewer operations than blending the rows. Four
// outputs are computed together, the last ones of a call too, whose lanes beyond are dropped: so a chunk's ends leave no
// trace in the samples.
import { multiplyAdd, storeLanes, sums } from "./lanes";

/** A row is divided into so many parts as a power of two. */
const PART_BITS = 20;
const PART_MASK: i64 = (1 << PART_BITS) - 1;
/** Bits of a place that count for its row. */
const PLACE_BITS: i64 = 30;
/**
 * Sums and parts on their way to the lanes. V8 loads all that lies between two stores before it computes; without these
 * stores it would run out of registers.
 */
const sumsAt = memory.data(144, 16);
const PARTS: usize = 128;

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
  }
  v128.store(to, a);
  v128.store(to, b, 64);
}

/** Puts away which part of the way to the next row an output is, and returns the row's number. */
// @ts-ignore: decorator
@inline function rowOf(parts: i64, at: usize): usize {
  store<i32>(at, <i32>(parts & PART_MASK), PARTS);
  return <usize>(parts >> PART_BITS);
}

// @ts-ignore: decorator
@inline function run(plan: usize, state: usize, x: usize, end: usize, dst: usize, vectors: i32): i32 {
  const rowBytes = vectors == 0 ? <usize>load<i32>(plan, 16) << 2 : <usize>vectors << 4;
  const rows = <usize>load<u32>(plan, 20);
  const span = <i64>load<f64>(state, 24);
  const stepUnits = <i64>load<f64>(state, 32);
  const stepSamples = <i64>load<i32>(state, 48);
  const stepBytes = <usize>stepSamples << 2;
  let window = x + (<isize>load<i32>(state) << 2);
  let place = <i64>load<f64>(state, 16);
  const room = <i32>(end - window) - <i32>rowBytes;
  if (room < 0) {
    store<i32>(state, <i32>(window - end) >> 2);
    return 0;
  }
  const count = <i32>(((<i64>(room >> 2) + 1) * span - place - 1) / (stepSamples * span + stepUnits) + 1);
  // a place's upper bits times `scale` are its parts, times 2^32
  const lowBits = max<i64>(0, 64 - clz(span) - PLACE_BITS);
  const scale = <i64>(load<f64>(state, 40) * <f64>(1 << PART_BITS) * 4294967296 * <f64>((<i64>1) << lowBits));
  const partShare = f32x4.splat(<f32>(1 / <f64>(1 << PART_BITS)));

  for (let n = count; n > 0; n -= 4, dst += 16) {
    if (n >= 4) {
      const row0 = rows + rowOf(((place >> lowBits) * scale) >> 32, sumsAt) * rowBytes;
      twoRows(row0, rowBytes, window, vectors, sumsAt);
      place += stepUnits;
      const isOver0 = place >= span;
      place -= isOver0 ? span : 0;
      window += stepBytes + (<usize>isOver0 << 2);

      const row1 = rows + rowOf(((place >> lowBits) * scale) >> 32, sumsAt + 4) * rowBytes;
      twoRows(row1, rowBytes, window, vectors, sumsAt + 16);
      place += stepUnits;
      const isOver1 = place >= span;
      place -= isOver1 ? span : 0;
      window += stepBytes + (<usize>isOver1 << 2);

      const row2 = rows + rowOf(((place >> lowBits) * scale) >> 32, sumsAt + 8) * rowBytes;
      twoRows(row2, rowBytes, window, vectors, sumsAt + 32);
      place += stepUnits;
      const isOver2 = place >= span;
      place -= isOver2 ? span : 0;
      window += stepBytes + (<usize>isOver2 << 2);

      const row3 = rows + rowOf(((place >> lowBits) * scale) >> 32, sumsAt + 12) * rowBytes;
      twoRows(row3, rowBytes, window, vectors, sumsAt + 48);
      place += stepUnits;
      const isOver3 = place >= span;
      place -= isOver3 ? span : 0;
      window += stepBytes + (<usize>isOver3 << 2);
    } else {
      for (let k: usize = 0; k < <usize>n; k++) {
        const row = rows + rowOf(((place >> lowBits) * scale) >> 32, sumsAt + 4 * k) * rowBytes;
        twoRows(row, rowBytes, window, vectors, sumsAt + 16 * k);
        place += stepUnits;
        const isOver = place >= span;
        place -= isOver ? span : 0;
        window += stepBytes + (<usize>isOver << 2);
      }
    }
    const a = sums(v128.load(sumsAt), v128.load(sumsAt, 16), v128.load(sumsAt, 32), v128.load(sumsAt, 48));
    const b = sums(v128.load(sumsAt, 64), v128.load(sumsAt, 80), v128.load(sumsAt, 96), v128.load(sumsAt, 112));
    const part = f32x4.mul(f32x4.convert_i32x4_s(v128.load(sumsAt, PARTS)), partShare);
    storeLanes(dst, multiplyAdd(f32x4.sub(b, a), part, a), n);
  }

  store<i32>(state, <i32>(window - end) >> 2);
  store<f64>(state, <f64>place, 16);
  return count;
}

function bank2(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return run(plan, state, x, end, dst, 2);
}

function bank3(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return run(plan, state, x, end, dst, 3);
}

function bank4(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return run(plan, state, x, end, dst, 4);
}

function anyBank(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  return run(plan, state, x, end, dst, 0);
}

/** As `bank`. */
export function blendedBank(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  const vectors = load<i32>(plan, 16) >> 2;
  if (vectors == 3) return bank3(plan, state, x, end, dst);
  if (vectors == 4) return bank4(plan, state, x, end, dst);
  if (vectors == 2) return bank2(plan, state, x, end, dst);
  return anyBank(plan, state, x, end, dst);
}
