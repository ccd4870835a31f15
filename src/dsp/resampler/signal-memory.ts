/** Samples of one channel of a whole signal, on their way into the engine's memory and out of it. */
import type { SampleArray } from "../../core/types.ts";
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";

const INT16_SCALE = 1 / 32768;

/** `n` float32 at `address`: every `stride`th of `samples` from `from` on, int16 or float32. */
export function readSignal(
  engine: Engine,
  address: number,
  samples: SampleArray,
  from: number,
  stride: number,
  n: number,
): void {
  const { f32, i16, formats, scratchOut } = engine;
  const to = address >> 2;
  if (samples instanceof Float32Array) {
    if (stride === 1) f32.set(samples.subarray(from, from + n), to);
    else for (let i = 0, s = from; i < n; i++, s += stride) f32[to + i] = samples[s]!;
  } else if (stride === 1) {
    for (let at = 0; at < n; at += SCRATCH_SAMPLES) {
      const piece = Math.min(SCRATCH_SAMPLES, n - at);
      i16.set(samples.subarray(from + at, from + at + piece), scratchOut >> 1);
      formats.int16ToFloat(scratchOut, address + 4 * at, piece);
    }
  } else {
    for (let i = 0, s = from; i < n; i++, s += stride) f32[to + i] = INT16_SCALE * samples[s]!;
  }
}

/** `n` float32 at `address` to every `stride`th of `out` from `to` on; to int16 rounded half to even and saturated. */
export function writeSignal(
  engine: Engine,
  address: number,
  out: SampleArray,
  to: number,
  stride: number,
  n: number,
): void {
  const { f32, i16, formats, scratchOut } = engine;
  const from = address >> 2;
  if (out instanceof Float32Array) {
    if (stride === 1) out.set(f32.subarray(from, from + n), to);
    else for (let i = 0, o = to; i < n; i++, o += stride) out[o] = f32[from + i]!;
    return;
  }
  for (let at = 0; at < n; at += SCRATCH_SAMPLES) {
    const piece = Math.min(SCRATCH_SAMPLES, n - at);
    formats.floatToInt16(address + 4 * at, scratchOut, piece);
    const start = scratchOut >> 1;
    if (stride === 1) out.set(i16.subarray(start, start + piece), to + at);
    else for (let i = 0, o = to + at * stride; i < piece; i++, o += stride) out[o] = i16[start + i]!;
  }
}
