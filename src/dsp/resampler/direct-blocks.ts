/**
 * One channel in blocks, with the least ado. Few calls of a live stream complete a block. The others need no kernel: their
 * samples are put behind the last ones, and what is due has long been computed, and is handed out where it lies.
 */
import type { Engine } from "../engine.ts";
import type { BlockPlan } from "./block-plan.ts";
import type { ConverterMemory, DirectConverter } from "./converter.ts";
import { PlaceViews } from "./place-views.ts";
import type { SpectralKernels } from "./spectral-kernels.ts";
import { STATE_DUE, STATE_OUTPUT_READ, STATE_READ, STATE_SAMPLES, STATE_WRITTEN } from "./spectral-layout.ts";

/** What a block converter is made of, in the engine's memory. Samples are float32 on both sides. */
export interface BlockParts {
  readonly kernels: SpectralKernels;
  readonly plan: BlockPlan;
  /** Byte address of the only channel's state, and its bytes. */
  readonly state: number;
  readonly stateBytes: number;
  readonly work: number;
  readonly inputs: number;
  readonly outputs: number;
}

export class DirectBlocks implements DirectConverter {
  readonly #kernels: SpectralKernels;
  readonly #plan: number;
  readonly #state: number;
  readonly #work: number;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #blockSamples: number;
  readonly #f32: Float32Array;
  readonly #i32: Int32Array;
  readonly #due: Float64Array;
  readonly #views: PlaceViews;
  /** Of the output in the state, in samples. */
  readonly #firstOutput: number;

  constructor({ f32, buffer }: Engine, parts: BlockParts) {
    const { kernels, plan, state, stateBytes, work, inputs, outputs } = parts;
    this.#kernels = kernels;
    this.#plan = plan.address;
    this.#state = state;
    this.#work = work;
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#blockSamples = plan.geometry.inputSamples;
    this.#f32 = f32;
    this.#i32 = new Int32Array(buffer, state, STATE_SAMPLES);
    this.#due = new Float64Array(buffer, state + 4 * STATE_DUE, 1);
    this.#views = new PlaceViews(new Float32Array(buffer, state, stateBytes >> 2));
    this.#firstOutput = STATE_SAMPLES + plan.inputRoom;
  }

  convert(samples: Float32Array, memory: ConverterMemory): Float32Array {
    const n = samples.length;
    const i32 = this.#i32;
    const written = i32[STATE_WRITTEN]!;
    const due = this.#due[0]! + n * this.#outputs;
    const count = due > 0 ? Math.ceil(due / this.#inputs) : 0;
    if (written + n - i32[STATE_READ]! >= this.#blockSamples)
      return this.#convertBlocks(samples, memory, count);
    const from = i32[STATE_OUTPUT_READ]!;
    const out = this.#views.view(this.#firstOutput + from, count) ?? this.#copy(from, memory, count);
    this.#f32.set(samples, (this.#state >> 2) + STATE_SAMPLES + written);
    i32[STATE_WRITTEN] = written + n;
    i32[STATE_OUTPUT_READ] = from + count;
    this.#due[0] = due - count * this.#inputs;
    return out;
  }

  #convertBlocks(samples: Float32Array, memory: ConverterMemory, count: number): Float32Array {
    const out = memory.view(count);
    const at = (this.#state >> 2) + STATE_SAMPLES + this.#i32[STATE_WRITTEN]!;
    this.#f32.set(samples, at);
    this.#kernels.convert(this.#plan, this.#state, 4 * at, samples.length, this.#work, memory.address);
    return out;
  }

  /** More places than views are kept of: copied to one. */
  #copy(from: number, memory: ConverterMemory, count: number): Float32Array {
    const out = memory.view(count);
    const at = (this.#state >> 2) + this.#firstOutput + from;
    this.#f32.copyWithin(memory.address >> 2, at, at + count);
    return out;
  }
}
