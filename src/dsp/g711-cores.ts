/** Cores for G.711 alone. */
import type { Engine } from "./engine.ts";
import { Formats } from "./formats.ts";
import { g711Source } from "./g711-source.ts";
import type { LoadOptions } from "./load.ts";
import { warmUpSamples } from "./warm-up.ts";

export const g711Sources = { formats: g711Source, attached: [] };

/** A page has them for no more than frames. */
export function withG711Memory(options: LoadOptions): LoadOptions {
  return { memoryBytes: 1024 * 1024, ...options };
}

/** The core over `engine`, warm. */
export function g711Core(engine: Engine): Formats {
  warmUpSamples(engine);
  return new Formats(engine);
}
