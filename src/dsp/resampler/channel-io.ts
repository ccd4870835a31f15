/**
 * The samples of one channel on their way between a caller's array and a converter: int16 or float32, alone or interleaved
 * with others. They are copied even where they lie in the engine's memory: to find out would take as long. Only what
 * `process` returns is written in its place.
 */
import type { SampleArray } from "../../core/types.ts";
import { CopyOut, type Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";

const INT16_SCALE = 1 / 32768;

export class ChannelIo {
  readonly #engine: Engine;
  readonly #converter: Converter;
  readonly #f32: Float32Array;
  readonly #scratchOut: number;
  readonly #floatOut: CopyOut<Float32Array>;
  readonly #int16Out: CopyOut<Int16Array>;

  constructor(engine: Engine, converter: Converter) {
    this.#engine = engine;
    this.#converter = converter;
    this.#f32 = engine.f32;
    this.#scratchOut = engine.scratchOut;
    this.#floatOut = new CopyOut(engine.f32, engine.scratchOut);
    this.#int16Out = new CopyOut(engine.i16, engine.scratchIn);
  }

  /**
   * All of `samples` (no more than a piece) through the converter, of one channel, to the start of `out`; returns how many
   * came out. `address` as for `run`.
   */
  runAlone(samples: Float32Array, out: Float32Array, address: number): number {
    const converter = this.#converter;
    const src = converter.inputAddress;
    this.#f32.set(samples, src >> 2);
    if (address !== 0) return converter.run(0, src, samples.length, address);
    const count = converter.run(0, src, samples.length, this.#scratchOut);
    if (count !== 0) this.#floatOut.copy(out, 0, count);
    return count;
  }

  /**
   * `n` samples of a channel, every `stride`th of `samples` from `from` on or silence, through the converter to every
   * `stride`th of `out` from `to` on; returns how many came out. `address` is that of `out` where it lies in the engine's
   * memory, else 0.
   */
  run(
    channel: number,
    samples: SampleArray | undefined,
    from: number,
    stride: number,
    n: number,
    out: SampleArray,
    to: number,
    address: number,
  ): number {
    const src = this.#read(samples, from, stride, n);
    const isDirect = address !== 0 && stride === 1;
    const isFloat = out instanceof Float32Array;
    if (isDirect && isFloat) return this.#converter.run(channel, src, n, address + 4 * to);
    const count = this.#converter.run(channel, src, n, this.#scratchOut);
    if (count === 0) return 0;
    if (isFloat) this.#writeFloat(out, to, stride, count);
    else this.#writeInt16(out, to, stride, count, isDirect ? address + 2 * to : 0);
    return count;
  }

  /** The address of `n` float32: every `stride`th of `samples` from `offset` on, or silence. */
  #read(samples: SampleArray | undefined, offset: number, stride: number, n: number): number {
    const f32 = this.#f32;
    const address = this.#converter.inputAddress;
    const at = address >> 2;
    if (samples === undefined) {
      f32.fill(0, at, at + n);
    } else if (stride !== 1) {
      if (samples instanceof Float32Array) partFloats(f32, at, samples, offset, stride, n);
      else partInt16s(f32, at, samples, offset, stride, n);
    } else if (samples instanceof Float32Array) {
      f32.set(n === samples.length ? samples : samples.subarray(offset, offset + n), at);
    } else {
      const { i16, formats, scratchOut } = this.#engine;
      i16.set(n === samples.length ? samples : samples.subarray(offset, offset + n), scratchOut >> 1);
      formats.int16ToFloat(scratchOut, address, n);
    }
    return address;
  }

  #writeFloat(out: Float32Array, offset: number, stride: number, n: number): void {
    if (stride === 1) {
      this.#floatOut.copy(out, offset, n);
      return;
    }
    const f32 = this.#f32;
    const from = this.#scratchOut >> 2;
    for (let i = 0, o = offset; i < n; i++, o += stride) out[o] = f32[from + i]!;
  }

  /** Rounded; saturates. */
  #writeInt16(out: Int16Array, offset: number, stride: number, n: number, address: number): void {
    const { i16, formats, scratchIn, scratchOut } = this.#engine;
    formats.floatToInt16(scratchOut, address === 0 ? scratchIn : address, n);
    if (address !== 0) return;
    if (stride === 1) {
      this.#int16Out.copy(out, offset, n);
      return;
    }
    const from = scratchIn >> 1;
    for (let i = 0, o = offset; i < n; i++, o += stride) out[o] = i16[from + i]!;
  }
}

// a function for each type of array: V8 compiles a loop over one type to a third of the time

function partFloats(
  f32: Float32Array,
  to: number,
  samples: Float32Array,
  from: number,
  stride: number,
  n: number,
): void {
  for (let i = 0, s = from; i < n; i++, s += stride) f32[to + i] = samples[s]!;
}

function partInt16s(
  f32: Float32Array,
  to: number,
  samples: Int16Array,
  from: number,
  stride: number,
  n: number,
): void {
  for (let i = 0, s = from; i < n; i++, s += stride) f32[to + i] = INT16_SCALE * samples[s]!;
}
