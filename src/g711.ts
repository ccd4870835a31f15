/** `voxwire/g711`: G.711 and sample formats alone, for a page that needs no more. */
import type { Engine } from "./dsp/engine.ts";
import { Formats } from "./dsp/formats.ts";
import { g711Source } from "./dsp/g711-source.ts";
import { type LoadOptions, loadEngine, loadEngineSync } from "./dsp/load.ts";
import { warmUpSamples } from "./dsp/warm-up.ts";

export type { G711, G711Convention, G711Options } from "./dsp/g711.ts";
export type { LoadOptions } from "./dsp/load.ts";
export type { FloatToInt16Options, Pcm } from "./dsp/pcm.ts";
export { Formats };

const SOURCES = { formats: g711Source, attached: [] };

/** Loads G.711, sample formats and slicing, without Base64 and the resampler; a new engine of 1 MiB unless told otherwise. */
export async function loadG711(options: LoadOptions = {}): Promise<Formats> {
  return formatsOf(await loadEngine(SOURCES, withDefaults(options)));
}

/** As `loadG711`, at once: for Node, workers and worklets. */
export function loadG711Sync(options: LoadOptions = {}): Formats {
  return formatsOf(loadEngineSync(SOURCES, withDefaults(options)));
}

function withDefaults(options: LoadOptions): LoadOptions {
  return { memoryBytes: 1024 * 1024, ...options };
}

function formatsOf(engine: Engine): Formats {
  warmUpSamples(engine);
  return new Formats(engine);
}
