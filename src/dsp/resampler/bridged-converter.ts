/**
 * The qualities `high` and `best` for ratios that no two transforms have: blocks change the rate by two at the lower rate's end, where
 * the sharp filter is, and an interpolator bridges the rest.
 */
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import { BlockConverter } from "./block-converter.ts";
import type { BlockGeometry } from "./block-geometry.ts";
import type { Converter } from "./converter.ts";
import { acquireInterpolator, type InterpolatorPlan, releaseInterpolator } from "./interpolator-plan.ts";
import type { Precision } from "./precision.ts";
import type { SpectralKernels } from "./spectral-kernels.ts";
import { INTERPOLATOR_PHASE, INTERPOLATOR_SAMPLES, INTERPOLATOR_WINDOW } from "./spectral-layout.ts";

const MAX_PIECE_SAMPLES = 1024;

/** `blocks` are of 1:2 where the rate goes up, of 2:1 where it goes down. */
export class BridgedConverter implements Converter {
  readonly latencySamples: number;
  readonly pieceSamples: number;
  readonly inputAddress: number;
  readonly #engine: Engine;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #channels: number;
  readonly #isUp: boolean;
  readonly #precision: Precision;
  /** Of the interpolator's input. */
  readonly #sampleBytes: 4 | 8;
  readonly #kernels: SpectralKernels;
  readonly #plan: InterpolatorPlan;
  readonly #blocks: BlockConverter;
  readonly #states: number;
  readonly #stateBytes: number;
  /** Of the interpolator's next input in a state. */
  readonly #place: number;
  readonly #start: { readonly window: number; readonly phase: number };

  constructor(
    engine: Engine,
    inputs: number,
    outputs: number,
    channels: number,
    geometry: BlockGeometry,
    precision: Precision,
  ) {
    this.#engine = engine;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#channels = channels;
    this.#isUp = outputs > inputs;
    this.#precision = precision;
    this.#sampleBytes = this.#isUp ? precision.bytes : 4;
    this.#plan = acquireInterpolator(engine, inputs, outputs, precision);
    const { rowLength, lookAhead, step, phases } = this.#plan;
    this.#place = 4 * INTERPOLATOR_SAMPLES + this.#sampleBytes * rowLength;
    const before = rowLength - 1 - lookAhead;
    // what the first stage makes of the first samples before their own time: the second one sees some of it
    let lead: number;
    if (this.#isUp) {
      lead = Math.ceil(before / 2);
      this.#start = { window: 2 * lead - before, phase: 0 };
      this.pieceSamples = Math.min(MAX_PIECE_SAMPLES, Math.floor(((SCRATCH_SAMPLES - 4) * inputs) / outputs));
    } else {
      lead = -Math.floor((lookAhead * phases) / step);
      const sample = Math.floor((lead * step) / phases);
      this.#start = { window: sample - before, phase: lead * step - sample * phases };
      this.pieceSamples = Math.min(
        MAX_PIECE_SAMPLES,
        Math.floor(((MAX_PIECE_SAMPLES - 1) * inputs) / (2 * outputs)),
      );
    }
    let first: BlockConverter | undefined;
    try {
      const task = this.#isUp
        ? ({ inputs: 1, outputs: 2, inputBytes: 4, outputBytes: precision.bytes } as const)
        : ({ inputs: 2, outputs: 1, inputBytes: precision.bytes, outputBytes: 4 } as const);
      first = new BlockConverter(engine, { ...task, geometry, precision }, channels, lead);
      this.#stateBytes =
        4 * INTERPOLATOR_SAMPLES + this.#sampleBytes * (rowLength + 2 * MAX_PIECE_SAMPLES + 4);
      this.#states = engine.arena.alloc(this.#stateBytes * channels);
    } catch (cause) {
      first?.dispose();
      releaseInterpolator(engine, inputs, outputs, precision);
      throw cause;
    }
    this.#blocks = first;
    this.#kernels = first.kernels;
    const delay = first.latencySamples;
    this.latencySamples = this.#isUp ? delay + lookAhead / 2 : (delay * inputs) / (2 * outputs) + lookAhead;
    this.inputAddress = channels > 1 || this.#isUp ? engine.scratchIn : this.#states + this.#place;
    this.reset();
  }

  outputsAfter(inputs: number): number {
    const { lookAhead } = this.#plan;
    const delay = this.#blocks.latencySamples;
    const a = this.#inputs;
    const b = this.#outputs;
    // ceil((inputs - latencySamples) * b / a) in whole numbers
    const count = this.#isUp
      ? Math.ceil((b * (2 * (inputs - delay) - lookAhead)) / (2 * a))
      : Math.ceil((2 * b * (inputs - lookAhead) - delay * a) / (2 * a));
    return Math.max(0, count);
  }

  run(channel: number, src: number, n: number, dst: number): number {
    const state = this.#states + channel * this.#stateBytes;
    const { address } = this.#plan;
    if (this.#isUp) {
      const place = state + this.#place;
      const doubled = this.#blocks.run(channel, src, n, place);
      return this.#kernels.interpolate(address, state, place, doubled, dst);
    }
    const place = this.#blocks.inputAddress;
    const doubled = this.#kernels.interpolate(address, state, src, n, place);
    return doubled === 0 ? 0 : this.#blocks.run(channel, place, doubled, dst);
  }

  reset(): void {
    const words = this.#stateBytes >> 2;
    const from = this.#states >> 2;
    this.#engine.f32.fill(0, from, from + words * this.#channels);
    const i32 = new Int32Array(this.#engine.buffer);
    for (let at = from; at < from + words * this.#channels; at += words) {
      i32[at + INTERPOLATOR_WINDOW] = this.#start.window;
      i32[at + INTERPOLATOR_PHASE] = this.#start.phase;
    }
    this.#blocks.reset();
  }

  dispose(): void {
    this.#engine.arena.free(this.#states);
    this.#blocks.dispose();
    releaseInterpolator(this.#engine, this.#inputs, this.#outputs, this.#precision);
  }
}
