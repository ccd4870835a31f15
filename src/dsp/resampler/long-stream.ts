/**
 * The quality `high` of long signals, where delay does not matter: blocks two by two, longer ones than a stream may have. Samples go
 * from the caller's array into a window for each channel, and from the kernel to their place in the result.
 */
import type { SampleArray } from "../../core/types.ts";
import type { Engine } from "../engine.ts";
import { choosePairs, type PairGeometry } from "./pair-geometry.ts";
import { PAIR_OUTPUT_BYTES, PAIR_WORK_BYTES } from "./pair-layout.ts";
import { placePairPlan } from "./pair-plan.ts";
import { SINGLE } from "./precision.ts";
import { SignalMemory } from "./signal-memory.ts";
import { pairKernels } from "./spectral-sources.ts";

/** `inputs` samples become `outputs`, reduced and unlike, on `channels` interleaved channels. */
export interface LongTask {
  readonly inputs: number;
  readonly outputs: number;
  readonly channels: number;
}

/** One long signal on its way. Lengths are in sample frames: a sample for each channel. */
export class LongStream {
  readonly #engine: Engine;
  readonly #task: LongTask;
  readonly #geometry: PairGeometry;
  readonly #memory: SignalMemory;
  readonly #slots: number[] = [];
  readonly #run: (window: number) => void;
  readonly #windows: readonly number[];
  /** Addresses of each channel's two blocks of output, as far as they are kept. */
  readonly #blocks: readonly [first: readonly number[], second: readonly number[]];
  /** Frames of output that a block gives. */
  readonly #count: number;
  readonly #room: number;
  #held: number;
  #taken = 0;
  #given = 0;

  /** Throws `ERR_ARENA_FULL`. */
  constructor(engine: Engine, task: LongTask, geometry: PairGeometry) {
    const { inputs, outputs, channels } = task;
    const { inputSamples, hop, before } = geometry;
    const kernels = pairKernels(engine);
    this.#engine = engine;
    this.#task = task;
    this.#geometry = geometry;
    this.#memory = new SignalMemory(engine, kernels, channels);
    this.#room = inputSamples + hop;
    this.#count = (hop / inputs) * outputs;
    this.#held = before;
    try {
      const plan = placePairPlan(engine, { inputs, outputs, geometry, precision: SINGLE });
      this.#slots.push(plan);
      const work = this.#alloc(PAIR_WORK_BYTES);
      this.#windows = Array.from({ length: channels }, () => this.#alloc(4 * this.#room));
      const kept = 4 * Math.floor((before * outputs) / inputs);
      const first = work + PAIR_OUTPUT_BYTES + kept;
      // the next channel's pair needs the working area: what this one gave is moved out of it
      const others = Array.from({ length: channels - 1 }, () => this.#alloc(8 * this.#count));
      this.#blocks = [
        [...others, first],
        [...others.map((address) => address + 4 * this.#count), work + kept],
      ];
      this.#run = (window) => kernels.pair(plan, window, window + 4 * hop, work);
    } catch (cause) {
      this.dispose();
      throw cause;
    }
  }

  /** The most frames of output that `take` can give for `frames`. */
  maxOutput(frames: number): number {
    return 2 * this.#count * Math.ceil(frames / (2 * this.#geometry.hop) + 1);
  }

  /** Takes all of `samples`; what they complete goes to `out` from frame `to` on. Returns how many frames that were. */
  take(samples: SampleArray, out: SampleArray, to = 0): number {
    const frames = samples.length / this.#task.channels;
    const before = this.#given;
    for (let at = 0; at < frames; ) {
      const piece = Math.min(this.#room - this.#held, frames - at);
      this.#memory.read(samples, at, piece, this.#places());
      this.#held += piece;
      at += piece;
      if (this.#held === this.#room) this.#convert(out, to + this.#given - before, Infinity);
    }
    this.#taken += frames;
    return this.#given - before;
  }

  /** The most frames that `finish` can give. */
  get maxRest(): number {
    return this.#length - this.#given;
  }

  /** What is still owed, to `out` from frame `to` on; returns how many frames that were. The stream is then at its end. */
  finish(out: SampleArray, to = 0): number {
    const before = this.#given;
    while (this.#given < this.#length) {
      const { f32 } = this.#engine;
      for (const place of this.#places()) f32.fill(0, place >> 2, (place >> 2) + this.#room - this.#held);
      this.#held = this.#room;
      this.#convert(out, to + this.#given - before, this.#length - this.#given);
    }
    return this.#given - before;
  }

  /** Gives its memory back. */
  dispose(): void {
    for (const slot of this.#slots.splice(0)) this.#engine.arena.free(slot);
  }

  /** Frames of the whole output for what has been taken. */
  get #length(): number {
    return Math.ceil((this.#taken * this.#task.outputs) / this.#task.inputs);
  }

  /** Where each channel's next sample goes. */
  #places(): number[] {
    return this.#windows.map((window) => window + 4 * this.#held);
  }

  /** Two blocks of each channel, at most `limit` frames. */
  #convert(out: SampleArray, to: number, limit: number): void {
    const { f32 } = this.#engine;
    const kept = this.#room - 2 * this.#geometry.hop;
    const [first, second] = this.#blocks;
    this.#windows.forEach((window, channel) => {
      this.#run(window);
      if (channel < this.#windows.length - 1) this.#move(first, second, channel);
      const start = window >> 2;
      f32.copyWithin(start, start + this.#room - kept, start + this.#room);
    });
    this.#held = kept;
    const count = Math.min(this.#count, limit);
    this.#memory.write(first, out, to, count);
    const rest = Math.min(this.#count, limit - count);
    this.#memory.write(second, out, to + count, rest);
    this.#given += count + rest;
  }

  /** A channel's output out of the working area, where the last channel's is left. */
  #move(first: readonly number[], second: readonly number[], channel: number): void {
    const { f32 } = this.#engine;
    for (const blocks of [first, second]) {
      const from = blocks.at(-1)! >> 2;
      f32.copyWithin(blocks[channel]! >> 2, from, from + this.#count);
    }
  }

  #alloc(bytes: number): number {
    const slot = this.#engine.arena.alloc(bytes);
    this.#slots.push(slot);
    return slot;
  }
}

/**
 * A stream for a long signal, or undefined where there are no such blocks for the ratio.
 * @throws WasmError `ERR_ARENA_FULL`
 */
export function createLongStream(engine: Engine, task: LongTask): LongStream | undefined {
  const geometry = choosePairs(task.inputs, task.outputs, SINGLE);
  return geometry === undefined ? undefined : new LongStream(engine, task, geometry);
}
