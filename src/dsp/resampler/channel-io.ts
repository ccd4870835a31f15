/**
 * The samples of one channel on their way between a caller's array and a converter: int16 or float32, alone or interleaved
 * with others, in the engine's memory (then float32 is not copied) or elsewhere.
 */
import type { SampleArray } from "../../core/types.ts";
import { CopyOut, type Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";

const INT16_SCALE = 1 / 32768;

export class ChannelIo {
  readonly #engine: Engine;
  readonly #converter: Converter;
  readonly #floatOut: CopyOut<Float32Array>;
  readonly #int16Out: CopyOut<Int16Array>;

  constructor(engine: Engine, converter: Converter) {
    this.#engine = engine;
    this.#converter = converter;
    this.#floatOut = new CopyOut(engine.f32, engine.scratchOut);
    this.#int16Out = new CopyOut(engine.i16, engine.scratchIn);
  }

  /** The address of `n` float32: every `stride`th of `samples` from `offset` on, or silence. */
  read(samples: SampleArray | undefined, offset: number, stride: number, n: number): number {
    const { f32, buffer } = this.#engine;
    const address = this.#converter.inputAddress;
    const at = address >> 2;
    if (samples === undefined) {
      f32.fill(0, at, at + n);
    } else if (stride !== 1) {
      const scale = samples instanceof Float32Array ? 1 : INT16_SCALE;
      for (let i = 0, s = offset; i < n; i++, s += stride) f32[at + i] = scale * samples[s]!;
    } else if (samples instanceof Float32Array) {
      if (samples.buffer === buffer) return samples.byteOffset + offset * 4;
      f32.set(n === samples.length ? samples : samples.subarray(offset, offset + n), at);
    } else {
      this.#readInt16(samples, offset, n);
    }
    return address;
  }

  /** Where a converter is to put its output, before `write`. */
  target(out: SampleArray, offset: number, stride: number): number {
    const isDirect = stride === 1 && out instanceof Float32Array && out.buffer === this.#engine.buffer;
    return isDirect ? out.byteOffset + offset * 4 : this.#engine.scratchOut;
  }

  /** `n` samples from that place to every `stride`th of `out` from `offset` on. Int16 is rounded and saturates. */
  write(out: SampleArray, offset: number, stride: number, n: number): void {
    const { f32, i16, formats, scratchIn, scratchOut, buffer } = this.#engine;
    if (n === 0) return;
    if (out instanceof Float32Array) {
      if (stride !== 1) {
        const from = scratchOut >> 2;
        for (let i = 0, o = offset; i < n; i++, o += stride) out[o] = f32[from + i]!;
      } else if (out.buffer !== buffer) this.#floatOut.copy(out, offset, n);
      return;
    }
    const isDirect = stride === 1 && out.buffer === buffer;
    formats.floatToInt16(scratchOut, isDirect ? out.byteOffset + offset * 2 : scratchIn, n);
    if (isDirect) return;
    if (stride === 1) this.#int16Out.copy(out, offset, n);
    else {
      const from = scratchIn >> 1;
      for (let i = 0, o = offset; i < n; i++, o += stride) out[o] = i16[from + i]!;
    }
  }

  #readInt16(samples: Int16Array, offset: number, n: number): void {
    const { i16, formats, scratchOut, buffer } = this.#engine;
    let src = scratchOut;
    if (samples.buffer === buffer) src = samples.byteOffset + offset * 2;
    else i16.set(n === samples.length ? samples : samples.subarray(offset, offset + n), scratchOut >> 1);
    formats.int16ToFloat(src, this.#converter.inputAddress, n);
  }
}
