/** Interleaved samples of long signals, on their way into a window for each channel in the engine's memory, and out of it. */
import type { SampleArray } from "../../core/types.ts";
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import type { PairKernels } from "./spectral-kernels.ts";

const INT16_SCALE = 1 / 32768;
/** Samples of both scratch areas' size that two channels pass through at a time, of each, with room for a vector more. */
const TWO_CHANNEL_PIECE = SCRATCH_SAMPLES / 2 - 4;

export class SignalMemory {
  readonly #engine: Engine;
  readonly #kernels: PairKernels;
  readonly #channels: number;

  constructor(engine: Engine, kernels: PairKernels, channels: number) {
    this.#engine = engine;
    this.#kernels = kernels;
    this.#channels = channels;
  }

  /** `n` sample frames of `samples` from frame `from` on, int16 or float32: each channel's to its address, as float32. */
  read(samples: SampleArray, from: number, n: number, addresses: readonly number[]): void {
    if (n === 0) return;
    if (this.#channels === 1) this.#readOne(samples, from, n, addresses[0]!);
    else if (this.#channels === 2) this.#readTwo(samples, from, n, addresses[0]!, addresses[1]!);
    else this.#readMany(samples, from, n, addresses);
  }

  /** `n` float32 of each channel, at its address, to `out` from frame `to` on; int16 rounded half to even and saturated. */
  write(addresses: readonly number[], out: SampleArray, to: number, n: number): void {
    if (n === 0) return;
    if (this.#channels === 1) this.#writeOne(addresses[0]!, out, to, n);
    else if (this.#channels === 2) this.#writeTwo(addresses[0]!, addresses[1]!, out, to, n);
    else this.#writeMany(addresses, out, to, n);
  }

  #readOne(samples: SampleArray, from: number, n: number, address: number): void {
    const { f32, i16, formats, scratchOut } = this.#engine;
    if (samples instanceof Float32Array) {
      f32.set(samples.subarray(from, from + n), address >> 2);
      return;
    }
    for (let at = 0; at < n; at += SCRATCH_SAMPLES) {
      const piece = Math.min(SCRATCH_SAMPLES, n - at);
      i16.set(samples.subarray(from + at, from + at + piece), scratchOut >> 1);
      formats.int16ToFloat(scratchOut, address + 4 * at, piece);
    }
  }

  #readTwo(samples: SampleArray, from: number, n: number, left: number, right: number): void {
    const { f32, i16, scratchOut } = this.#engine;
    for (let at = 0; at < n; at += TWO_CHANNEL_PIECE) {
      const piece = Math.min(TWO_CHANNEL_PIECE, n - at);
      const part = samples.subarray(2 * (from + at), 2 * (from + at + piece));
      if (part instanceof Float32Array) {
        f32.set(part, scratchOut >> 2);
        this.#kernels.splitFloats(scratchOut, left + 4 * at, right + 4 * at, piece);
      } else {
        i16.set(part, scratchOut >> 1);
        this.#kernels.splitInt16s(scratchOut, left + 4 * at, right + 4 * at, piece);
      }
    }
  }

  #readMany(samples: SampleArray, from: number, n: number, addresses: readonly number[]): void {
    const { f32 } = this.#engine;
    const channels = this.#channels;
    const scale = samples instanceof Float32Array ? 1 : INT16_SCALE;
    addresses.forEach((address, channel) => {
      const to = address >> 2;
      for (let i = 0, s = from * channels + channel; i < n; i++, s += channels)
        f32[to + i] = scale * samples[s]!;
    });
  }

  #writeOne(address: number, out: SampleArray, to: number, n: number): void {
    const { f32, i16, formats, scratchOut } = this.#engine;
    if (out instanceof Float32Array) {
      out.set(f32.subarray(address >> 2, (address >> 2) + n), to);
      return;
    }
    for (let at = 0; at < n; at += SCRATCH_SAMPLES) {
      const piece = Math.min(SCRATCH_SAMPLES, n - at);
      formats.floatToInt16(address + 4 * at, scratchOut, piece);
      out.set(i16.subarray(scratchOut >> 1, (scratchOut >> 1) + piece), to + at);
    }
  }

  #writeTwo(left: number, right: number, out: SampleArray, to: number, n: number): void {
    const { f32, i16, scratchOut } = this.#engine;
    for (let at = 0; at < n; at += TWO_CHANNEL_PIECE) {
      const piece = Math.min(TWO_CHANNEL_PIECE, n - at);
      if (out instanceof Float32Array) {
        this.#kernels.joinFloats(left + 4 * at, right + 4 * at, scratchOut, piece);
        out.set(f32.subarray(scratchOut >> 2, (scratchOut >> 2) + 2 * piece), 2 * (to + at));
      } else {
        this.#kernels.joinInt16s(left + 4 * at, right + 4 * at, scratchOut, piece);
        out.set(i16.subarray(scratchOut >> 1, (scratchOut >> 1) + 2 * piece), 2 * (to + at));
      }
    }
  }

  #writeMany(addresses: readonly number[], out: SampleArray, to: number, n: number): void {
    const { f32, i16, formats, scratchOut } = this.#engine;
    const channels = this.#channels;
    addresses.forEach((address, channel) => {
      for (let at = 0; at < n; at += SCRATCH_SAMPLES) {
        const piece = Math.min(SCRATCH_SAMPLES, n - at);
        const isFloat = out instanceof Float32Array;
        if (!isFloat) formats.floatToInt16(address + 4 * at, scratchOut, piece);
        const from: SampleArray = isFloat ? f32 : i16;
        const start = isFloat ? (address >> 2) + at : scratchOut >> 1;
        for (let i = 0, o = (to + at) * channels + channel; i < piece; i++, o += channels) {
          out[o] = from[start + i]!;
        }
      }
    });
  }
}
