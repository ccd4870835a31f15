/** Equal rates: samples go through as they are, at once. */
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import type { Converter } from "./converter.ts";

export class PassThrough implements Converter {
  readonly latencySamples = 0;
  readonly pieceSamples = SCRATCH_SAMPLES;
  readonly inputAddress: number;
  readonly #f32: Float32Array;

  constructor(engine: Engine) {
    this.#f32 = engine.f32;
    this.inputAddress = engine.scratchIn;
  }

  outputsAfter(inputs: number): number {
    return inputs;
  }

  run(_channel: number, src: number, n: number, dst: number): number {
    this.#f32.copyWithin(dst >> 2, src >> 2, (src >> 2) + n);
    return n;
  }

  reset(): void {}

  dispose(): void {}
}
