/** The engine's second scratch area, for what goes on to a caller's array within the same call. */
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import type { ConverterMemory } from "./converter.ts";
import { KeptViews } from "./kept-views.ts";

const memories = new WeakMap<Engine, ScratchMemory>();

/** The same for all of an engine's streams. */
export function scratchMemory(engine: Engine): ConverterMemory {
  let memory = memories.get(engine);
  if (memory === undefined) {
    memory = new ScratchMemory(engine);
    memories.set(engine, memory);
  }
  return memory;
}

class ScratchMemory implements ConverterMemory {
  readonly address: number;
  readonly #views: KeptViews<Float32Array>;

  constructor({ buffer, scratchOut }: Engine) {
    this.address = scratchOut;
    this.#views = new KeptViews(new Float32Array(buffer, scratchOut, SCRATCH_SAMPLES));
  }

  view(length: number): Float32Array {
    return this.#views.view(length);
  }
}
