/**
 * The kernels of the modules spectral and spectral64 in plain TypeScript: the fallback where WebAssembly is refused, and the reference that the
 * WebAssembly kernels are tested against. Transforms are float64 in both, so they agree within rounding.
 */
import { DOUBLE, type Precision, SINGLE } from "../resampler/precision.ts";
import type { PairKernels, SpectralKernels } from "../resampler/spectral-kernels.ts";
import {
  ENTRY_WORDS,
  INTERPOLATOR_IS_WIDE,
  INTERPOLATOR_PHASES,
  INTERPOLATOR_PLACE,
  INTERPOLATOR_ROW,
  INTERPOLATOR_ROW_LENGTH,
  INTERPOLATOR_ROWS,
  INTERPOLATOR_ROWS_PER_UNIT,
  INTERPOLATOR_SAMPLES,
  INTERPOLATOR_SLOPES,
  INTERPOLATOR_SPAN,
  INTERPOLATOR_STEP_SAMPLES,
  INTERPOLATOR_STEP_UNITS,
  INTERPOLATOR_WINDOW,
  OUTPUT_SLACK,
  OUTPUT_START,
  PLAN_ALONE,
  PLAN_BLOCK,
  PLAN_ENTRIES,
  PLAN_FIRST_TRANSFORM,
  PLAN_HOP,
  PLAN_INPUT_ROOM,
  PLAN_INPUT_SHIFT,
  PLAN_INPUTS,
  PLAN_LAST_READ,
  PLAN_OUTPUT_ROOM,
  PLAN_OUTPUT_SHIFT,
  PLAN_OUTPUTS,
  PLAN_PAIRED,
  PLAN_PHASES,
  PLAN_SECOND_TRANSFORM,
  STATE_DUE,
  STATE_OUTPUT_READ,
  STATE_OUTPUT_WRITTEN,
  STATE_PHASE,
  STATE_READ,
  STATE_SAMPLES,
  STATE_WRITTEN,
} from "../resampler/spectral-layout.ts";
import { createChannelTwins } from "./channels.ts";
import { FourierTransform } from "./fourier.ts";
import { createPairTwin } from "./pairs.ts";

/** The kernels of the `high` quality over `buffer`. */
export function createSpectralTwins(buffer: ArrayBuffer): PairKernels {
  return { ...createTwins(buffer, SINGLE), pair: createPairTwin(buffer), ...createChannelTwins(buffer) };
}

/** Those of the `best` quality. */
export function createSpectral64Twins(buffer: ArrayBuffer): SpectralKernels {
  return createTwins(buffer, DOUBLE);
}

type Numbers = Float32Array | Float64Array;

/** Inside, places are indexes into the views of their numbers. */
function createTwins(buffer: ArrayBuffer, { bytes, lanes, interpolator }: Precision): SpectralKernels {
  const f32 = new Float32Array(buffer);
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);
  const tables: Numbers = bytes === 4 ? f32 : f64;
  const transforms = new Map<number, FourierTransform>();

  function transformOf(n: number): FourierTransform {
    let transform = transforms.get(n);
    if (transform === undefined) {
      transform = new FourierTransform(n);
      transforms.set(n, transform);
    }
    return transform;
  }

  /** One block at `x` into `y`; returns how many samples it gave. */
  function block(plan: number, phase: number, input: Numbers, x: number, output: Numbers, y: number): number {
    const alone = i32[plan + PLAN_ALONE]! * lanes;
    const paired = i32[plan + PLAN_PAIRED]! * lanes;
    const first = transformOf(i32[i32[plan + PLAN_FIRST_TRANSFORM]! >> 2]!);
    const second = transformOf(i32[i32[plan + PLAN_SECOND_TRANSFORM]! >> 2]!);
    const entry = plan + PLAN_ENTRIES + ENTRY_WORDS * phase;
    const from = i32[entry]!;
    const count = i32[entry + 1]!;
    const filter = i32[entry + 2]! / bytes;
    for (let i = 0; i < first.n; i++) {
      first.re[i] = input[x + 2 * i]!;
      first.im[i] = input[x + 2 * i + 1]!;
    }
    first.run();
    const n = second.n;
    const re = new Float64Array(n + 1);
    const im = new Float64Array(n + 1);
    for (let place = 0; place < alone + 2 * paired; place++) {
      const k = place < alone + paired ? place : n + paired - place;
      if (k >= Math.min(first.n, n)) continue;
      const lane = place % lanes;
      const c = filter + 4 * (place - lane) + lane;
      const mirror = k === 0 ? 0 : first.n - k;
      const [zr, zi, mr, mi] = [first.re[k]!, first.im[k]!, first.re[mirror]!, first.im[mirror]!];
      const [ar, ai] = [tables[c]!, tables[c + lanes]!];
      const [br, bi] = [tables[c + 2 * lanes]!, tables[c + 3 * lanes]!];
      re[k] = zr * ar - zi * ai + mr * br + mi * bi;
      im[k] = zr * ai + zi * ar + mr * bi - mi * br;
    }
    for (let k = 0; k < n; k++) {
      const wr = Math.cos((Math.PI * k) / n);
      const wi = Math.sin((Math.PI * k) / n);
      const er = re[k]! + re[n - k]!;
      const ei = im[k]! - im[n - k]!;
      const dr = re[k]! - re[n - k]!;
      const di = im[k]! + im[n - k]!;
      // exchanged, for an inverse transform
      second.re[k] = ei + (dr * wr - di * wi);
      second.im[k] = er - (dr * wi + di * wr);
    }
    second.run();
    for (let i = 0; i < count; i++) {
      const at = from + i;
      output[y + i] = (at & 1) === 0 ? second.im[at >> 1]! : second.re[at >> 1]!;
    }
    return count;
  }

  function convert(planAddress: number, stateAddress: number, src: number, n: number, dst: number): number {
    const plan = planAddress >> 2;
    const state = stateAddress >> 2;
    const inputShift = i32[plan + PLAN_INPUT_SHIFT]!;
    const outputShift = i32[plan + PLAN_OUTPUT_SHIFT]!;
    const input = inputShift === 2 ? f32 : f64;
    const output = outputShift === 2 ? f32 : f64;
    const samples = stateAddress + 4 * STATE_SAMPLES;
    const x = samples >> inputShift;
    const y = (samples + (i32[plan + PLAN_INPUT_ROOM]! << inputShift)) >> outputShift;
    const blockSamples = i32[plan + PLAN_BLOCK]!;
    let read = i32[state + STATE_READ]!;
    let written = i32[state + STATE_WRITTEN]!;
    let phase = i32[state + STATE_PHASE]!;
    let outRead = i32[state + STATE_OUTPUT_READ]!;
    let outWritten = i32[state + STATE_OUTPUT_WRITTEN]!;
    const from = src >> inputShift;
    if (from !== x + written) input.copyWithin(x + written, from, from + n);
    written += n;
    for (; written - read >= blockSamples; read += i32[plan + PLAN_HOP]!) {
      const count = i32[plan + PLAN_ENTRIES + ENTRY_WORDS * phase + 1]!;
      if (outWritten + count + OUTPUT_SLACK > i32[plan + PLAN_OUTPUT_ROOM]!) {
        output.copyWithin(y + OUTPUT_START, y + outRead, y + outWritten);
        outWritten -= outRead - OUTPUT_START;
        outRead = OUTPUT_START;
      }
      outWritten += block(plan, phase, input, x + read, output, y + outWritten);
      phase = (phase + 1) % i32[plan + PLAN_PHASES]!;
    }
    if (read > i32[plan + PLAN_LAST_READ]!) {
      input.copyWithin(x, x + read, x + written);
      written -= read;
      read = 0;
    }
    const inputs = f64[(plan + PLAN_INPUTS) >> 1]!;
    let due = f64[(state + STATE_DUE) >> 1]! + n * f64[(plan + PLAN_OUTPUTS) >> 1]!;
    const count = Math.max(0, Math.ceil(due / inputs));
    due -= count * inputs;
    output.copyWithin(dst >> outputShift, y + outRead, y + outRead + count);
    i32[state + STATE_READ] = read;
    i32[state + STATE_WRITTEN] = written;
    i32[state + STATE_PHASE] = phase;
    i32[state + STATE_OUTPUT_READ] = outRead + count;
    i32[state + STATE_OUTPUT_WRITTEN] = outWritten;
    f64[(state + STATE_DUE) >> 1] = due;
    return count;
  }

  function interpolate(
    planAddress: number,
    stateAddress: number,
    src: number,
    n: number,
    dst: number,
  ): number {
    const plan = planAddress >> 2;
    const state = stateAddress >> 2;
    const length = i32[plan + INTERPOLATOR_ROW_LENGTH]!;
    const rows = i32[plan + INTERPOLATOR_ROWS]! / bytes;
    const slopes = i32[plan + INTERPOLATOR_SLOPES]! >> 2;
    const span = f64[(state + INTERPOLATOR_SPAN) >> 1]!;
    const rowsPerUnit = f64[(state + INTERPOLATOR_ROWS_PER_UNIT) >> 1]!;
    const isWide = bytes === 8 && i32[plan + INTERPOLATOR_IS_WIDE] === 1;
    const input = isWide ? f64 : f32;
    const output = isWide || bytes === 4 ? f32 : f64;
    const { isStraight } = interpolator;
    const history = (stateAddress + 4 * INTERPOLATOR_SAMPLES) / input.BYTES_PER_ELEMENT;
    const first = history + length;
    const from = src / input.BYTES_PER_ELEMENT;
    const to = dst / output.BYTES_PER_ELEMENT;
    if (from !== first) input.copyWithin(first, from, from + n);
    let window = first + i32[state + INTERPOLATOR_WINDOW]!;
    let place = f64[(state + INTERPOLATOR_PLACE) >> 1]!;
    const phases = i32[plan + INTERPOLATOR_PHASES]!;
    let next = i32[state + INTERPOLATOR_ROW]!;
    let count = 0;
    for (; window + length <= first + n; count++) {
      const at = phases === 0 ? place * rowsPerUnit : next;
      const row = Math.trunc(at);
      const part = at - row;
      const c = rows + row * length;
      const d = slopes + 2 * row * length;
      let sum = 0;
      for (let j = 0; j < length; j++) {
        const a = tables[c + j]!;
        const h =
          phases !== 0
            ? a
            : isStraight
              ? a + part * (tables[c + length + j]! - a)
              : a + part * (f32[d + j]! + part * f32[d + length + j]!);
        sum += h * input[window + j]!;
      }
      output[to + count] = sum;
      if (++next === phases) next = 0;
      window += i32[state + INTERPOLATOR_STEP_SAMPLES]!;
      place += f64[(state + INTERPOLATOR_STEP_UNITS) >> 1]!;
      if (place >= span) {
        place -= span;
        window++;
      }
    }
    i32[state + INTERPOLATOR_WINDOW] = window - first - n;
    if (phases !== 0) i32[state + INTERPOLATOR_ROW] = next;
    f64[(state + INTERPOLATOR_PLACE) >> 1] = place;
    input.copyWithin(history, first + n - length, first + n);
    return count;
  }

  return {
    interpolate: (plan, state, src, n, _work, dst) => interpolate(plan, state, src, n, dst),
    convert: (plan, state, src, n, _work, dst) => convert(plan, state, src, n, dst),
  };
}
