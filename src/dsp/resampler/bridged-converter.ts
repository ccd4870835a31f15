/**
 * The qualities `high` and `best` for ratios that no two transforms have: blocks change the rate by a small factor at the
 * lower rate's end, where the sharp filter is, and an interpolator bridges the rest.
 */
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import { BlockConverter } from "./block-converter.ts";
import type { BlockGeometry } from "./block-geometry.ts";
import type { Converter } from "./converter.ts";
import {
  acquireInterpolator,
  type InterpolatorPlan,
  type InterpolatorTask,
  releaseInterpolator,
} from "./interpolator-plan.ts";
import type { SpectralKernels } from "./spectral-kernels.ts";
import {
  INTERPOLATOR_PLACE,
  INTERPOLATOR_ROWS_PER_UNIT,
  INTERPOLATOR_SAMPLES,
  INTERPOLATOR_SPAN,
  INTERPOLATOR_STEP_SAMPLES,
  INTERPOLATOR_STEP_UNITS,
  INTERPOLATOR_WINDOW,
} from "./spectral-layout.ts";

const MAX_PIECE_SAMPLES = 1024;

/** `geometry` is of the task's factor: up before the interpolator where the rate goes up, down behind it where it goes down. */
export class BridgedConverter implements Converter {
  readonly latencySamples: number;
  readonly pieceSamples: number;
  readonly inputAddress: number;
  readonly #engine: Engine;
  readonly #task: InterpolatorTask;
  readonly #channels: number;
  readonly #isUp: boolean;
  /** Of the interpolator's input. */
  readonly #sampleBytes: 4 | 8;
  readonly #kernels: SpectralKernels;
  readonly #plan: InterpolatorPlan;
  readonly #blocks: BlockConverter;
  readonly #states: number;
  readonly #stateBytes: number;
  /** Of the interpolator's next input in a state. */
  readonly #place: number;
  readonly #start: { readonly window: number; readonly place: number };

  /** Throws `ERR_ARENA_FULL`. */
  constructor(engine: Engine, task: InterpolatorTask, geometry: BlockGeometry, channels: number) {
    const { inputs, outputs, factor, precision } = task;
    this.#engine = engine;
    this.#task = task;
    this.#channels = channels;
    this.#isUp = outputs > inputs;
    this.#sampleBytes = this.#isUp ? precision.bytes : 4;
    this.#plan = acquireInterpolator(engine, task);
    const { rowLength, lookAhead, step, phases, firstSample, firstPlace } = this.#plan;
    this.#place = 4 * INTERPOLATOR_SAMPLES + this.#sampleBytes * rowLength;
    const before = rowLength - 1 - lookAhead;
    // what the first stage makes of the first samples before their own time: the second one sees some of it
    let lead: number;
    let most: number;
    if (this.#isUp) {
      lead = Math.ceil(before / factor);
      this.#start = { window: factor * lead - before, place: 0 };
      most = Math.floor(((SCRATCH_SAMPLES - 4) * inputs) / outputs);
    } else {
      lead = -Math.floor((lookAhead * phases) / step);
      this.#start = { window: firstSample - before, place: firstPlace };
      most = Math.floor(((MAX_PIECE_SAMPLES - 1) * inputs) / (factor * outputs));
    }
    this.pieceSamples = Math.min(MAX_PIECE_SAMPLES, most);
    let first: BlockConverter | undefined;
    try {
      const blocks = this.#isUp
        ? ({ inputs: 1, outputs: factor, inputBytes: 4, outputBytes: precision.bytes } as const)
        : ({ inputs: factor, outputs: 1, inputBytes: precision.bytes, outputBytes: 4 } as const);
      first = new BlockConverter(engine, { ...blocks, geometry, precision }, channels, lead);
      this.#stateBytes =
        4 * INTERPOLATOR_SAMPLES + this.#sampleBytes * (rowLength + factor * MAX_PIECE_SAMPLES + 4);
      this.#states = engine.arena.alloc(this.#stateBytes * channels);
    } catch (cause) {
      first?.dispose();
      releaseInterpolator(engine, task);
      throw cause;
    }
    this.#blocks = first;
    this.#kernels = first.kernels;
    const delay = first.latencySamples;
    this.latencySamples = this.#isUp
      ? delay + lookAhead / factor
      : (delay * inputs) / (factor * outputs) + lookAhead;
    this.inputAddress = channels > 1 || this.#isUp ? engine.scratchIn : this.#states + this.#place;
    this.reset();
  }

  outputsAfter(inputs: number): number {
    const { lookAhead } = this.#plan;
    const delay = this.#blocks.latencySamples;
    const { inputs: a, outputs: b, factor } = this.#task;
    // ceil((inputs - latencySamples) * b / a) in whole numbers
    const count = this.#isUp
      ? Math.ceil((b * (factor * (inputs - delay) - lookAhead)) / (factor * a))
      : Math.ceil((factor * b * (inputs - lookAhead) - delay * a) / (factor * a));
    return Math.max(0, count);
  }

  run(channel: number, src: number, n: number, dst: number): number {
    const state = this.#states + channel * this.#stateBytes;
    const { address } = this.#plan;
    const { work } = this.#blocks;
    if (this.#isUp) {
      const place = state + this.#place;
      const faster = this.#blocks.run(channel, src, n, place);
      return this.#kernels.interpolate(address, state, place, faster, work, dst);
    }
    const place = this.#blocks.inputAddress;
    const faster = this.#kernels.interpolate(address, state, src, n, work, place);
    return faster === 0 ? 0 : this.#blocks.run(channel, place, faster, dst);
  }

  reset(): void {
    const words = this.#stateBytes >> 2;
    const from = this.#states >> 2;
    this.#engine.f32.fill(0, from, from + words * this.#channels);
    const i32 = new Int32Array(this.#engine.buffer);
    const f64 = new Float64Array(this.#engine.buffer);
    const { step, phases, intervals } = this.#plan;
    for (let at = from; at < from + words * this.#channels; at += words) {
      i32[at + INTERPOLATOR_WINDOW] = this.#start.window;
      i32[at + INTERPOLATOR_STEP_SAMPLES] = Math.floor(step / phases);
      f64[(at + INTERPOLATOR_PLACE) >> 1] = this.#start.place;
      f64[(at + INTERPOLATOR_SPAN) >> 1] = phases;
      f64[(at + INTERPOLATOR_STEP_UNITS) >> 1] = step % phases;
      f64[(at + INTERPOLATOR_ROWS_PER_UNIT) >> 1] = intervals / phases;
    }
    this.#blocks.reset();
  }

  dispose(): void {
    this.#engine.arena.free(this.#states);
    this.#blocks.dispose();
    releaseInterpolator(this.#engine, this.#task);
  }
}
