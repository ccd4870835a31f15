/**
 * The spectral module's kernels in plain TypeScript: the fallback where WebAssembly is refused, and the reference that the
 * WebAssembly kernels are tested against. Transforms are float64, so it agrees within float32 rounding.
 */
import type { SpectralKernels } from "../resampler/spectral-kernels.ts";
import {
  ENTRY_WORDS,
  INTERPOLATOR_PER_PHASE,
  INTERPOLATOR_PHASE,
  INTERPOLATOR_PHASES,
  INTERPOLATOR_ROW_LENGTH,
  INTERPOLATOR_ROWS,
  INTERPOLATOR_SAMPLES,
  INTERPOLATOR_STEP_PHASES,
  INTERPOLATOR_STEP_SAMPLES,
  INTERPOLATOR_TERMS,
  INTERPOLATOR_WINDOW,
  OUTPUT_SLACK,
  OUTPUT_START,
  PLAN_BINS,
  PLAN_BLOCK,
  PLAN_ENTRIES,
  PLAN_FIRST_TRANSFORM,
  PLAN_HOP,
  PLAN_INPUT_ROOM,
  PLAN_INPUTS,
  PLAN_LAST_READ,
  PLAN_OUTPUT_ROOM,
  PLAN_OUTPUTS,
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
import { FourierTransform } from "./fourier.ts";

/** The kernels over `buffer`. Inside, addresses are in 4-byte words. */
export function createSpectralTwins(buffer: ArrayBuffer): SpectralKernels {
  const f32 = new Float32Array(buffer);
  const i32 = new Int32Array(buffer);
  const f64 = new Float64Array(buffer);
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
  function block(plan: number, phase: number, x: number, y: number): number {
    const bins = i32[plan + PLAN_BINS]!;
    const first = transformOf(i32[i32[plan + PLAN_FIRST_TRANSFORM]! >> 2]!);
    const second = transformOf(i32[i32[plan + PLAN_SECOND_TRANSFORM]! >> 2]!);
    const entry = plan + PLAN_ENTRIES + ENTRY_WORDS * phase;
    const from = i32[entry]!;
    const count = i32[entry + 1]!;
    const filter = i32[entry + 2]! >> 2;
    for (let i = 0; i < first.n; i++) {
      first.re[i] = f32[x + 2 * i]!;
      first.im[i] = f32[x + 2 * i + 1]!;
    }
    first.run();
    const n = second.n;
    const re = new Float64Array(n + 1);
    const im = new Float64Array(n + 1);
    for (let k = 0; k < Math.min(bins, first.n, n); k++) {
      const c = filter + (k >> 2) * 16 + (k & 3);
      const mirror = k === 0 ? 0 : first.n - k;
      const [zr, zi, mr, mi] = [first.re[k]!, first.im[k]!, first.re[mirror]!, first.im[mirror]!];
      const [ar, ai, br, bi] = [f32[c]!, f32[c + 4]!, f32[c + 8]!, f32[c + 12]!];
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
      f32[y + i] = (at & 1) === 0 ? second.im[at >> 1]! : second.re[at >> 1]!;
    }
    return count;
  }

  function convert(plan: number, state: number, src: number, n: number, dst: number): number {
    const blockSamples = i32[plan + PLAN_BLOCK]!;
    const x = state + STATE_SAMPLES;
    const y = x + i32[plan + PLAN_INPUT_ROOM]!;
    let read = i32[state + STATE_READ]!;
    let written = i32[state + STATE_WRITTEN]!;
    let phase = i32[state + STATE_PHASE]!;
    let outRead = i32[state + STATE_OUTPUT_READ]!;
    let outWritten = i32[state + STATE_OUTPUT_WRITTEN]!;
    if (src !== x + written) f32.copyWithin(x + written, src, src + n);
    written += n;
    for (; written - read >= blockSamples; read += i32[plan + PLAN_HOP]!) {
      const count = i32[plan + PLAN_ENTRIES + ENTRY_WORDS * phase + 1]!;
      if (outWritten + count + OUTPUT_SLACK > i32[plan + PLAN_OUTPUT_ROOM]!) {
        f32.copyWithin(y + OUTPUT_START, y + outRead, y + outWritten);
        outWritten -= outRead - OUTPUT_START;
        outRead = OUTPUT_START;
      }
      outWritten += block(plan, phase, x + read, y + outWritten);
      phase = (phase + 1) % i32[plan + PLAN_PHASES]!;
    }
    if (read > i32[plan + PLAN_LAST_READ]!) {
      f32.copyWithin(x, x + read, x + written);
      written -= read;
      read = 0;
    }
    const inputs = f64[(plan + PLAN_INPUTS) >> 1]!;
    let due = f64[(state + STATE_DUE) >> 1]! + n * f64[(plan + PLAN_OUTPUTS) >> 1]!;
    const count = Math.max(0, Math.ceil(due / inputs));
    due -= count * inputs;
    f32.copyWithin(dst, y + outRead, y + outRead + count);
    i32[state + STATE_READ] = read;
    i32[state + STATE_WRITTEN] = written;
    i32[state + STATE_PHASE] = phase;
    i32[state + STATE_OUTPUT_READ] = outRead + count;
    i32[state + STATE_OUTPUT_WRITTEN] = outWritten;
    f64[(state + STATE_DUE) >> 1] = due;
    return count;
  }

  function interpolate(plan: number, state: number, src: number, n: number, dst: number): number {
    const phases = i32[plan + INTERPOLATOR_PHASES]!;
    const length = i32[plan + INTERPOLATOR_ROW_LENGTH]!;
    const rows = i32[plan + INTERPOLATOR_ROWS]! >> 2;
    const perPhase = f64[(plan + INTERPOLATOR_PER_PHASE) >> 1]!;
    const history = state + INTERPOLATOR_SAMPLES;
    const place = history + length;
    if (src !== place) f32.copyWithin(place, src, src + n);
    let window = place + i32[state + INTERPOLATOR_WINDOW]!;
    let phase = i32[state + INTERPOLATOR_PHASE]!;
    let count = 0;
    for (; window + length <= place + n; count++) {
      const at = phase * perPhase;
      const segment = Math.trunc(at);
      const part = at - segment;
      const row = rows + segment * length * INTERPOLATOR_TERMS;
      let sum = 0;
      for (let j = 0; j < length; j++) {
        const c = row + (j >> 2) * 4 * INTERPOLATOR_TERMS + (j & 3);
        sum += (f32[c]! + part * (f32[c + 4]! + part * f32[c + 8]!)) * f32[window + j]!;
      }
      f32[dst + count] = sum;
      window += i32[plan + INTERPOLATOR_STEP_SAMPLES]!;
      phase += i32[plan + INTERPOLATOR_STEP_PHASES]!;
      if (phase >= phases) {
        phase -= phases;
        window++;
      }
    }
    i32[state + INTERPOLATOR_WINDOW] = window - place - n;
    i32[state + INTERPOLATOR_PHASE] = phase;
    f32.copyWithin(history, place + n - length, place + n);
    return count;
  }

  return {
    interpolate: (plan, state, src, n, dst) => interpolate(plan >> 2, state >> 2, src >> 2, n, dst >> 2),
    convert: (plan, state, src, n, _work, dst) => convert(plan >> 2, state >> 2, src >> 2, n, dst >> 2),
  };
}
