/**
 * The qualities `high` and `best`: a sharp filter in the frequency domain, block by block. A filter of this length costs far less there,
 * and the change of rate is one of length between two transforms. Output is held back to one constant delay, the longest
 * that a block imposes.
 */
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import { type AcquiredPlan, acquireBlockPlan, type BlockTask } from "./block-plan.ts";
import type { Converter, DirectConverter } from "./converter.ts";
import { DirectBlocks } from "./direct-blocks.ts";
import type { SpectralKernels } from "./spectral-kernels.ts";
import {
  OUTPUT_START,
  STATE_DUE,
  STATE_OUTPUT_READ,
  STATE_OUTPUT_WRITTEN,
  STATE_SAMPLES,
  STATE_WRITTEN,
} from "./spectral-layout.ts";
import { spectralKernels } from "./spectral-sources.ts";

const MAX_PIECE_SAMPLES = 2048;
/** What a piece may give, which every stream has room for. */
const MAX_PIECE_OUTPUT = 4096;

/** A converter for `task`; throws `ERR_ARENA_FULL`. */
export class BlockConverter implements Converter {
  readonly latencySamples: number;
  readonly pieceSamples: number;
  readonly direct: DirectConverter | undefined;
  readonly kernels: SpectralKernels;
  /** The working area, free between calls. */
  readonly work: number;
  readonly #engine: Engine;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #channels: number;
  readonly #lead: number;
  readonly #inputBytes: 4 | 8;
  readonly #acquired: AcquiredPlan;
  readonly #states: number;
  readonly #stateBytes: number;
  readonly #i32: Int32Array;

  /** `lead`: input samples by which the stream's own time begins before its first sample; 0 but inside a chain. */
  constructor(engine: Engine, task: BlockTask, channels: number, lead = 0) {
    const { inputs, outputs, inputBytes, outputBytes, geometry } = task;
    this.#engine = engine;
    this.kernels = spectralKernels(engine, task.precision);
    this.#inputBytes = inputBytes;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#channels = channels;
    this.#lead = lead;
    const room = Math.floor((MAX_PIECE_OUTPUT * inputs) / outputs);
    this.pieceSamples = Math.max(1, Math.min(MAX_PIECE_SAMPLES, room));
    this.#acquired = acquireBlockPlan(engine, task, this.pieceSamples);
    this.work = this.#acquired.work;
    const { inputRoom, outputRoom } = this.#acquired.plan;
    // float64 in it
    this.#stateBytes =
      8 * Math.ceil((4 * STATE_SAMPLES + inputBytes * inputRoom + outputBytes * outputRoom) / 8);
    try {
      this.#states = engine.arena.alloc(this.#stateBytes * channels);
    } catch (cause) {
      this.#acquired.release();
      throw cause;
    }
    this.#i32 = new Int32Array(engine.buffer);
    this.latencySamples = geometry.hop + geometry.reach - 1;
    this.direct = channels === 1 && inputBytes === 4 && outputBytes === 4 ? this.#createDirect() : undefined;
    this.reset();
  }

  #createDirect(): DirectConverter {
    return new DirectBlocks(this.#engine, {
      kernels: this.kernels,
      plan: this.#acquired.plan,
      state: this.#states,
      stateBytes: this.#stateBytes,
      work: this.work,
      inputs: this.#inputs,
      outputs: this.#outputs,
    });
  }

  /** With one channel, where its next input goes. */
  get inputAddress(): number {
    if (this.#channels > 1) return this.#engine.scratchIn;
    const written = this.#i32[(this.#states >> 2) + STATE_WRITTEN]!;
    return this.#states + 4 * STATE_SAMPLES + this.#inputBytes * written;
  }

  outputsAfter(inputs: number): number {
    return Math.max(0, Math.ceil(((inputs - this.latencySamples) * this.#outputs) / this.#inputs));
  }

  run(channel: number, src: number, n: number, dst: number): number {
    const state = this.#states + channel * this.#stateBytes;
    return this.kernels.convert(this.#acquired.plan.address, state, src, n, this.work, dst);
  }

  reset(): void {
    const words = this.#stateBytes >> 2;
    const from = this.#states >> 2;
    this.#engine.f32.fill(0, from, from + words * this.#channels);
    const f64 = new Float64Array(this.#engine.buffer);
    for (let at = from; at < from + words * this.#channels; at += words) {
      this.#i32[at + STATE_WRITTEN] = this.#acquired.plan.before + this.#lead;
      this.#i32[at + STATE_OUTPUT_READ] = OUTPUT_START;
      this.#i32[at + STATE_OUTPUT_WRITTEN] = OUTPUT_START;
      f64[(at + STATE_DUE) >> 1] = (this.#lead - this.latencySamples) * this.#outputs;
    }
  }

  dispose(): void {
    this.#engine.arena.free(this.#states);
    this.#acquired.release();
  }
}
