/** Sample formats, gain and mixing over the kernels. */
import { checkNumber, show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";
import type { SampleArray } from "../core/types.ts";
import { expectFloat32, expectInt16, expectRoom } from "./arguments.ts";
import { CopyOut, type Engine, SCRATCH_SAMPLES } from "./engine.ts";

/** How float32 becomes int16. */
export interface FloatToInt16Options {
  /**
   * `"standard"` (default): times 32768, half to even, saturated, NaN to 0; every int16 survives the way there and back.
   * `"fastrtc"`: times 32767, truncated, as FastRTC does; saturated, where FastRTC wraps round.
   */
  convention?: "standard" | "fastrtc";
}

/** Conversions between float32 and int16, gain, mixing. Stateless, no latency. */
export class Pcm {
  readonly #engine: Engine;
  readonly #int16Out: CopyOut<Int16Array>;
  readonly #floatOut: CopyOut<Float32Array>;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#int16Out = new CopyOut(engine.i16, engine.scratchOut);
    this.#floatOut = new CopyOut(engine.f32, engine.scratchOut);
  }

  /** float32 in [-1, 1) -> int16, the caller's own array. Beyond full scale saturates, NaN becomes 0. */
  floatToInt16(samples: Float32Array, options?: FloatToInt16Options): Int16Array {
    expectFloat32(samples, "samples");
    const out = new Int16Array(samples.length);
    this.floatToInt16Into(samples, out, options);
    return out;
  }

  /** As `floatToInt16`, into `out`, without allocating; returns the number of samples written. */
  floatToInt16Into(samples: Float32Array, out: Int16Array, options?: FloatToInt16Options): number {
    const { views } = this.#engine;
    const isFastrtc = options !== undefined && usesFastrtc(options?.convention);
    const src = views.float32.get(samples);
    const dst = views.int16.get(out);
    if (src === undefined || dst === undefined || out.length < samples.length) {
      return this.#floatToInt16Pieces(samples, out, isFastrtc);
    }
    this.#toInt16(src, dst, samples.length, isFastrtc);
    return samples.length;
  }

  /** int16 -> float32 in [-1, 1), exact: divided by 32768. The caller's own array. */
  int16ToFloat(samples: Int16Array): Float32Array {
    expectInt16(samples, "samples");
    const out = new Float32Array(samples.length);
    this.int16ToFloatInto(samples, out);
    return out;
  }

  /** As `int16ToFloat`, into `out`, without allocating; returns the number of samples written. */
  int16ToFloatInto(samples: Int16Array, out: Float32Array): number {
    const { formats, views } = this.#engine;
    const src = views.int16.get(samples);
    const dst = views.float32.get(out);
    if (src === undefined || dst === undefined || out.length < samples.length) {
      return this.#int16ToFloatPieces(samples, out);
    }
    formats.int16ToFloat(src, dst, samples.length);
    return samples.length;
  }

  /**
   * Sums two signals of one sample type and length into `out` (which may be `a` or `b`): int16 saturates, float32 does
   * not. Without allocating; returns the number of samples written.
   */
  mixInto<S extends SampleArray>(a: S, b: S, out: S): number {
    expectAlike(a, b, "a", "b");
    expectAlike(a, out, "a", "out");
    if (a.length !== b.length) {
      throw new ConfigError(
        "ERR_CONFIG",
        `a has ${a.length} samples and b has ${b.length}; expected the same.`,
        { hint: "Mix frames of one length." },
      );
    }
    const total = a.length;
    expectRoom(out.length, total, "samples");
    const { formats, scratchIn, scratchOut } = this.#engine;
    const isFloat = a instanceof Float32Array;
    const width = isFloat ? 4 : 2;
    const atA = this.#addressOf(a);
    const atB = this.#addressOf(b);
    const atOut = this.#addressOf(out);
    const isInside = atA >= 0 && atB >= 0 && atOut >= 0;
    for (let at = 0; at < total; ) {
      const n = isInside ? total : Math.min(SCRATCH_SAMPLES / 2, total - at);
      const x = atA >= 0 ? atA + at * width : this.#in(a, at, n, scratchIn);
      const y = atB >= 0 ? atB + at * width : this.#in(b, at, n, scratchIn + SCRATCH_SAMPLES * 2);
      const dst = atOut >= 0 ? atOut + at * width : scratchOut;
      if (isFloat) formats.mixFloat(x, y, dst, n);
      else formats.mixInt16(x, y, dst, n);
      if (atOut < 0) this.#out(out, at, n);
      at += n;
    }
    return total;
  }

  /**
   * Multiplies by a linear gain (2 is +6 dB) into `out` (which may be `samples`): int16 rounds half to even and
   * saturates, float32 does not. Without allocating; returns the number of samples written.
   */
  gainInto<S extends SampleArray>(samples: S, gain: number, out: S): number {
    expectAlike(samples, out, "samples", "out");
    checkNumber("gain", gain, -1e6, 1e6);
    const total = samples.length;
    expectRoom(out.length, total, "samples");
    const { formats, scratchIn, scratchOut } = this.#engine;
    const isFloat = samples instanceof Float32Array;
    const width = isFloat ? 4 : 2;
    const atIn = this.#addressOf(samples);
    const atOut = this.#addressOf(out);
    for (let at = 0; at < total; ) {
      const n = atIn >= 0 && atOut >= 0 ? total : Math.min(SCRATCH_SAMPLES, total - at);
      const src = atIn >= 0 ? atIn + at * width : this.#in(samples, at, n, scratchIn);
      const dst = atOut >= 0 ? atOut + at * width : scratchOut;
      if (isFloat) formats.gainFloat(src, dst, n, gain);
      else formats.gainInt16(src, dst, n, gain);
      if (atOut < 0) this.#out(out, at, n);
      at += n;
    }
    return total;
  }

  #floatToInt16Pieces(samples: Float32Array, out: Int16Array, isFastrtc: boolean): number {
    expectFloat32(samples, "samples");
    expectInt16(out, "out");
    const total = samples.length;
    expectRoom(out.length, total, "samples");
    const { scratchIn, scratchOut } = this.#engine;
    const atIn = this.#addressOf(samples);
    const atOut = this.#addressOf(out);
    for (let at = 0; at < total; ) {
      const n = atIn >= 0 && atOut >= 0 ? total : Math.min(SCRATCH_SAMPLES, total - at);
      const src = atIn >= 0 ? atIn + at * 4 : this.#in(samples, at, n, scratchIn);
      this.#toInt16(src, atOut >= 0 ? atOut + at * 2 : scratchOut, n, isFastrtc);
      if (atOut < 0) this.#int16Out.copy(out, at, n);
      at += n;
    }
    return total;
  }

  #int16ToFloatPieces(samples: Int16Array, out: Float32Array): number {
    expectInt16(samples, "samples");
    expectFloat32(out, "out");
    const total = samples.length;
    expectRoom(out.length, total, "samples");
    const { formats, scratchIn, scratchOut } = this.#engine;
    const atIn = this.#addressOf(samples);
    const atOut = this.#addressOf(out);
    for (let at = 0; at < total; ) {
      const n = atIn >= 0 && atOut >= 0 ? total : Math.min(SCRATCH_SAMPLES, total - at);
      const src = atIn >= 0 ? atIn + at * 2 : this.#in(samples, at, n, scratchIn);
      formats.int16ToFloat(src, atOut >= 0 ? atOut + at * 4 : scratchOut, n);
      if (atOut < 0) this.#floatOut.copy(out, at, n);
      at += n;
    }
    return total;
  }

  #toInt16(src: number, dst: number, n: number, isFastrtc: boolean): void {
    if (isFastrtc) this.#engine.formats.floatToInt16Fastrtc(src, dst, n);
    else this.#engine.formats.floatToInt16(src, dst, n);
  }

  /** Where in engine memory the array lies, or -1 for elsewhere. */
  #addressOf(samples: SampleArray): number {
    const { buffer, views } = this.#engine;
    const known =
      samples instanceof Float32Array ? views.float32.get(samples) : views.int16.get(samples as Int16Array);
    return known ?? (samples.buffer === buffer ? samples.byteOffset : -1);
  }

  #in(samples: SampleArray, at: number, n: number, address: number): number {
    const part = n === samples.length ? samples : samples.subarray(at, at + n);
    if (part instanceof Float32Array) this.#engine.f32.set(part, address >> 2);
    else this.#engine.i16.set(part, address >> 1);
    return address;
  }

  #out(out: SampleArray, at: number, n: number): void {
    if (out instanceof Float32Array) this.#floatOut.copy(out, at, n);
    else this.#int16Out.copy(out, at, n);
  }
}

function expectAlike(a: SampleArray, b: SampleArray, nameOfA: string, nameOfB: string): void {
  if (a instanceof Float32Array) expectFloat32(b, nameOfB);
  else {
    expectInt16(a, nameOfA);
    expectInt16(b, nameOfB);
  }
}

function usesFastrtc(convention: FloatToInt16Options["convention"]): boolean {
  if (convention === undefined || convention === "standard") return false;
  if (convention === "fastrtc") return true;
  throw new ConfigError(
    "ERR_UNKNOWN_CONVENTION",
    `convention is ${show(convention)}; expected "standard" or "fastrtc".`,
    { hint: 'Leave it out for "standard".' },
  );
}
