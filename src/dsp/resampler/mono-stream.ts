/**
 * A resampler of one channel of float32 in the quality `voice`: what the general one (stream.ts) gives, sample for sample,
 * in a quarter of the code. For a page's worker, which needs no other.
 */
import { FirstViews } from "../../core/first-views.ts";
import { checkSampleRate } from "../../core/rates.ts";
import type { ClientResampler } from "../client-dsp.ts";
import { CopyOut, type Engine } from "../engine.ts";
import { VoiceConverter } from "./voice.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

const VIEWS_KEPT = 64;

/** See `ClientResampler`. What `process` and `flush` return is a view, valid until the next call. */
export class MonoStream implements ClientResampler {
  readonly inputRate: number;
  readonly #converter: VoiceConverter;
  readonly #f32: Float32Array;
  readonly #scratch: number;
  readonly #copy: CopyOut<Float32Array>;
  readonly #inputs: number;
  readonly #outputs: number;
  #out = new Float32Array(0);
  #views = new FirstViews(this.#out, 0);
  /** Samples so far; times `outputs` they stay exact for centuries. */
  #taken = 0;
  #given = 0;

  /** @throws ConfigError `ERR_RATE`; WasmError `ERR_ARENA_FULL` */
  constructor(engine: Engine, options: { inputRate: number; outputRate: number }) {
    this.inputRate = checkSampleRate("inputRate", options.inputRate);
    const outputRate = checkSampleRate("outputRate", options.outputRate);
    const divisor = greatestCommonDivisor(this.inputRate, outputRate);
    this.#inputs = this.inputRate / divisor;
    this.#outputs = outputRate / divisor;
    this.#converter = new VoiceConverter(engine, this.#inputs, this.#outputs, 1, false);
    this.#f32 = engine.f32;
    this.#scratch = engine.scratchOut;
    this.#copy = new CopyOut(engine.f32, engine.scratchOut);
  }

  get latencySamples(): number {
    return this.#converter.latencySamples;
  }

  process(samples: Float32Array): Float32Array {
    const { inputAddress, pieceSamples } = this.#converter;
    let written = 0;
    for (let at = 0; at < samples.length; at += pieceSamples) {
      const n = Math.min(pieceSamples, samples.length - at);
      this.#f32.set(n === samples.length ? samples : samples.subarray(at, at + n), inputAddress >> 2);
      const count = this.#converter.run(0, inputAddress, n, this.#scratch);
      if (written + count > this.#out.length) this.#grow(written + count);
      this.#copy.copy(this.#out, written, count);
      written += count;
    }
    this.#taken += samples.length;
    this.#given += written;
    return this.#views.first(written);
  }

  flush(): Float32Array {
    const due = Math.ceil((this.#taken * this.#outputs) / this.#inputs) - this.#given;
    const rest = this.#converter.isDrifting ? this.#converter.rest() : due;
    const out = this.process(new Float32Array(Math.floor(this.latencySamples) + 1));
    this.reset();
    return out.subarray(0, rest);
  }

  setDrift(ppm: number): void {
    this.#converter.setDrift(ppm);
  }

  reset(): void {
    this.#converter.reset();
    this.#taken = 0;
    this.#given = 0;
  }

  dispose(): void {
    this.#converter.dispose();
  }

  /** What has been written stays. */
  #grow(samples: number): void {
    const longer = new Float32Array(2 * samples);
    longer.set(this.#out);
    this.#out = longer;
    this.#views = new FirstViews(longer, VIEWS_KEPT);
  }
}
