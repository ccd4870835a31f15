/** One slot of an engine's memory, divided into arrays of float32 that kernels can be pointed at. */
import type { Engine } from "../engine.ts";

/** Kernels read whole vectors past an end, so every region is followed by this many zeros. */
const PAD_SAMPLES = 16;

/** An array and where it lies. */
export interface Region {
  /** Byte offset in the engine's memory. */
  readonly address: number;
  /** The array, with the zeros that follow it. */
  readonly samples: Float32Array;
}

/** Lays out regions of the given lengths, by name; `slot` is what to give back to the arena. */
export function allocateRegions<N extends string>(
  engine: Engine,
  lengths: Readonly<Record<N, number>>,
): { slot: number; regions: Readonly<Record<N, Region>> } {
  const names = Object.keys(lengths) as N[];
  const room = (name: N): number => Math.ceil(lengths[name] / PAD_SAMPLES) * PAD_SAMPLES + PAD_SAMPLES;
  const slot = engine.arena.alloc(4 * names.reduce((sum, name) => sum + room(name), 0));
  const regions = {} as Record<N, Region>;
  let address = slot;
  for (const name of names) {
    regions[name] = { address, samples: new Float32Array(engine.buffer, address, room(name)) };
    address += 4 * room(name);
  }
  return { slot, regions };
}
