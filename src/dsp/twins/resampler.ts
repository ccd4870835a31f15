/**
 * The resampler's kernel in plain TypeScript: the fallback where WebAssembly is refused, and the reference that the
 * WebAssembly kernel is tested against. Sums are float64, so it agrees within float32 rounding.
 */
import type { ResamplerKernels } from "../resampler/kernels.ts";
import {
  EVEN_BEFORE,
  EVEN_SAMPLES,
  LINK_WORDS,
  MINIMUM_TAPS,
  PLAN_AHEAD,
  PLAN_GRID,
  PLAN_HALF_BAND,
  PLAN_IS_MINIMUM,
  PLAN_IS_UP,
  PLAN_PAIRS,
  PLAN_PHASES,
  PLAN_ROW_LENGTH,
  PLAN_ROWS,
  PLAN_STEP_PHASES,
  PLAN_STEP_SAMPLES,
  SIDE_SAMPLES,
  STATE_HISTORY,
  STATE_IS_ODD_NEXT,
  STATE_MISSING,
  STATE_PHASE,
  STATE_PLACE,
  STATE_ROWS_PER_UNIT,
  STATE_SPAN,
  STATE_STEP_SAMPLES,
  STATE_STEP_UNITS,
  STATE_WINDOW,
  WORK_DOUBLED,
  WORK_EVEN,
  WORK_INPUT,
  WORK_ODD,
} from "../resampler/voice-layout.ts";

/** The kernels over `buffer`. Inside, addresses are in 4-byte words. */
export function createResamplerTwins(buffer: ArrayBuffer): ResamplerKernels {
  const f32 = new Float32Array(buffer);
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);

  const copy = (from: number, to: number, n: number) => f32.copyWithin(to, from, from + n);

  /** The plan's half-band's pairs around `left` (going back) and `right` (going on). */
  function pairs(left: number, right: number, plan: number): number {
    const coefficients = i32[plan + PLAN_HALF_BAND]! >> 2;
    const count = i32[plan + PLAN_PAIRS]!;
    let sum = 0;
    for (let k = 0; k < count; k++) {
      sum += f32[coefficients + 4 * k]! * (f32[left - k]! + f32[right + k]!);
    }
    return sum;
  }

  /** Minimum phase: every second coefficient from `coefficients` on with the samples from `from` back. */
  function branch(from: number, coefficients: number): number {
    let sum = 0;
    for (let k = 0; k < MINIMUM_TAPS / 2; k++) sum += f32[coefficients + 8 * k]! * f32[from - k]!;
    return sum;
  }

  function product(h: number, x: number, n: number): number {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += f32[h + j]! * f32[x + j]!;
    return sum;
  }

  /** The same with a row `part` of the way from `h` to the next. */
  function blend(h: number, x: number, n: number, part: number): number {
    let sum = 0;
    for (let j = 0; j < n; j++) sum += (f32[h + j]! + part * (f32[h + n + j]! - f32[h + j]!)) * f32[x + j]!;
    return sum;
  }

  /** Bank outputs whose window ends before `end`, by turns to `first` and `second`, each `stride` on from its last. */
  function bank(
    plan: number,
    state: number,
    x: number,
    end: number,
    first: number,
    second: number,
    stride: number,
  ): number {
    const length = i32[plan + PLAN_ROW_LENGTH]!;
    const isGrid = i32[plan + PLAN_GRID] !== 0;
    const rows = (i32[plan + PLAN_ROWS]! >> 2) + (isGrid ? 0 : LINK_WORDS);
    const pitch = isGrid ? length : length + LINK_WORDS;
    const units = isGrid ? f64[(state + STATE_SPAN) >> 1]! : i32[plan + PLAN_PHASES]!;
    const stepSamples = isGrid ? i32[state + STATE_STEP_SAMPLES]! : i32[plan + PLAN_STEP_SAMPLES]!;
    const stepUnits = isGrid ? f64[(state + STATE_STEP_UNITS) >> 1]! : i32[plan + PLAN_STEP_PHASES]!;
    const rowsPerUnit = isGrid ? f64[(state + STATE_ROWS_PER_UNIT) >> 1]! : 1;
    let place = isGrid ? f64[(state + STATE_PLACE) >> 1]! : i32[state + STATE_PHASE]!;
    let window = x + i32[state + STATE_WINDOW]!;
    let count = 0;
    for (; window + length <= end; count++) {
      const at = place * rowsPerUnit;
      const row = Math.trunc(at);
      const h = rows + row * pitch;
      const sum = isGrid ? blend(h, window, length, at - row) : product(h, window, length);
      f32[first] = sum;
      const other = second;
      second = first + stride;
      first = other;
      window += stepSamples;
      place += stepUnits;
      if (place >= units) {
        place -= units;
        window++;
      }
    }
    i32[state + STATE_WINDOW] = window - end;
    if (isGrid) f64[(state + STATE_PLACE) >> 1] = place;
    else i32[state + STATE_PHASE] = place;
    return count;
  }

  function down(plan: number, state: number, src: number, n: number, work: number, dst: number): number {
    const rowLength = i32[plan + PLAN_ROW_LENGTH]!;
    const oddHistory = state + STATE_HISTORY + rowLength;
    const evenHistory = oddHistory + SIDE_SAMPLES;
    const even = work + WORK_EVEN;
    const odd = work + WORK_ODD;
    copy(evenHistory, even - EVEN_BEFORE, EVEN_SAMPLES);
    copy(oddHistory, odd - SIDE_SAMPLES, SIDE_SAMPLES);
    const isOddNext = i32[state + STATE_IS_ODD_NEXT]!;
    const first = isOddNext === 1 ? odd : even;
    const second = isOddNext === 1 ? even + 1 : odd;
    let doubled = n;
    if (rowLength === 0) {
      for (let i = 0; i < n; i += 2) f32[first + (i >> 1)] = f32[src + i]!;
      for (let i = 1; i < n; i += 2) f32[second + (i >> 1)] = f32[src + i]!;
    } else {
      const x = work + WORK_INPUT;
      copy(state + STATE_HISTORY, x - rowLength, rowLength);
      if (src !== x) copy(src, x, n);
      doubled = bank(plan, state, x, x + n, first, second, 1);
      copy(x + n - rowLength, state + STATE_HISTORY, rowLength);
    }
    const complete = (doubled + isOddNext) >> 1;
    i32[state + STATE_IS_ODD_NEXT] = (doubled + isOddNext) & 1;
    const missing = i32[state + STATE_MISSING]!;
    const outputs = Math.max(0, complete - missing);
    const coefficients = i32[plan + PLAN_HALF_BAND]! >> 2;
    const isMinimum = i32[plan + PLAN_IS_MINIMUM] === 1;
    for (let i = 0, at = missing - i32[plan + PLAN_AHEAD]!; i < outputs; i++, at++) {
      f32[dst + i] = isMinimum
        ? branch(odd + at + 1, coefficients) + branch(even + at + 1, coefficients + 4)
        : 0.5 * (f32[even + at]! + pairs(odd + at - 1, odd + at, plan));
    }
    i32[state + STATE_MISSING] = Math.max(0, missing - complete);
    copy(even + complete - EVEN_BEFORE, evenHistory, EVEN_SAMPLES);
    copy(odd + complete - SIDE_SAMPLES, oddHistory, SIDE_SAMPLES);
    return outputs;
  }

  function up(plan: number, state: number, src: number, n: number, work: number, dst: number): number {
    const rowLength = i32[plan + PLAN_ROW_LENGTH]!;
    const history = state + STATE_HISTORY + rowLength;
    const x = work + WORK_INPUT;
    copy(history, x - SIDE_SAMPLES, SIDE_SAMPLES);
    if (src !== x) copy(src, x, n);
    const missing = i32[state + STATE_MISSING]!;
    const complete = Math.max(0, n - missing);
    const coefficients = i32[plan + PLAN_HALF_BAND]! >> 2;
    const doubled = rowLength === 0 ? dst : work + WORK_DOUBLED;
    const isMinimum = i32[plan + PLAN_IS_MINIMUM] === 1;
    for (let i = 0, at = x + missing - i32[plan + PLAN_AHEAD]!; i < complete; i++, at++) {
      f32[doubled + 2 * i] = isMinimum ? branch(at + 2, coefficients) : f32[at]!;
      f32[doubled + 2 * i + 1] = isMinimum ? branch(at + 2, coefficients + 4) : pairs(at, at + 1, plan);
    }
    let outputs = 2 * complete;
    if (rowLength !== 0 && complete > 0) {
      const end = doubled + 2 * complete;
      copy(state + STATE_HISTORY, doubled - rowLength, rowLength);
      outputs = bank(plan, state, doubled, end, dst, dst + 1, 2);
      copy(end - rowLength, state + STATE_HISTORY, rowLength);
    }
    i32[state + STATE_MISSING] = Math.max(0, missing - n);
    copy(x + n - SIDE_SAMPLES, history, SIDE_SAMPLES);
    return outputs;
  }

  return {
    voice(plan, state, src, n, work, dst) {
      const convert = i32[(plan >> 2) + PLAN_IS_UP] === 1 ? up : down;
      return convert(plan >> 2, state >> 2, src >> 2, n, work >> 2, dst >> 2);
    },
  };
}
