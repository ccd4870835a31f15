// The polyphase bank with rows on a grid, blended linearly: for ratios with too many phases for a row each, and for drift.
//
// Where an output lies between two inputs is a whole number of units, `span` of them to an input, kept in float64 (below
// 2^50, so exact). The steps belong to the stream: drift changes them while it runs.
import { blendedRow, fourBlendedRows } from "./rows";

// @ts-ignore: decorator
@inline function within(place: f64, span: f64): f64 {
  return place >= span ? place - span : place;
}

// @ts-ignore: decorator
@inline function carry(place: f64, span: f64): usize {
  return place >= span ? 4 : 0;
}

/** As `bank`. */
export function blendedBank(plan: usize, state: usize, x: usize, end: usize, dst: usize): i32 {
  const rowBytes = <usize>load<i32>(plan, 16) << 2;
  const rows = <usize>load<u32>(plan, 20);
  const span = load<f64>(state, 24);
  const stepUnits = load<f64>(state, 32);
  const rowsPerUnit = load<f64>(state, 40);
  const stepSamples = load<i32>(state, 48);
  const stepBytes = <usize>stepSamples << 2;
  let window = x + (<isize>load<i32>(state) << 2);
  let place = load<f64>(state, 16);
  const room = <i32>(end - window) - <i32>rowBytes;
  if (room < 0) {
    store<i32>(state, <i32>(window - end) >> 2);
    return 0;
  }
  const step = <i64>stepSamples * <i64>span + <i64>stepUnits;
  const count = <i32>((((<i64>(room >> 2) + 1) * <i64>span - <i64>place) + step - 1) / step);
  let n = count;

  for (; n >= 4; n -= 4, dst += 16) {
    const next0 = place + stepUnits;
    const place1 = within(next0, span);
    const next1 = place1 + stepUnits;
    const place2 = within(next1, span);
    const next2 = place2 + stepUnits;
    const place3 = within(next2, span);
    const next3 = place3 + stepUnits;
    const x1 = window + stepBytes + carry(next0, span);
    const x2 = x1 + stepBytes + carry(next1, span);
    const x3 = x2 + stepBytes + carry(next2, span);
    const at0 = place * rowsPerUnit;
    const at1 = place1 * rowsPerUnit;
    const at2 = place2 * rowsPerUnit;
    const at3 = place3 * rowsPerUnit;
    const row0 = <i32>at0;
    const row1 = <i32>at1;
    const row2 = <i32>at2;
    const row3 = <i32>at3;
    const y = fourBlendedRows(
      rows + <usize>row0 * rowBytes,
      rows + <usize>row1 * rowBytes,
      rows + <usize>row2 * rowBytes,
      rows + <usize>row3 * rowBytes,
      rowBytes,
      f32x4.splat(<f32>(at0 - <f64>row0)),
      f32x4.splat(<f32>(at1 - <f64>row1)),
      f32x4.splat(<f32>(at2 - <f64>row2)),
      f32x4.splat(<f32>(at3 - <f64>row3)),
      window, x1, x2, x3,
    );
    v128.store(dst, y);
    window = x3 + stepBytes + carry(next3, span);
    place = within(next3, span);
  }

  for (; n > 0; n--, dst += 4) {
    const at = place * rowsPerUnit;
    const row = <i32>at;
    const y = blendedRow(rows + <usize>row * rowBytes, rowBytes, f32x4.splat(<f32>(at - <f64>row)), window);
    v128.store32_lane(dst, y, 0);
    const next = place + stepUnits;
    window += stepBytes + carry(next, span);
    place = within(next, span);
  }

  store<i32>(state, <i32>(window - end) >> 2);
  store<f64>(state, place, 16);
  return count;
}
