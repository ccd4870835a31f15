/** `voxwire/g711`: G.711 and sample formats alone, for a page that needs no more. */
import { Formats } from "./dsp/formats.ts";
import { type LoadOptions, loadEngine, loadEngineSync } from "./dsp/load.ts";
import { formatsSource } from "./dsp/sources.ts";

export type { G711, G711Convention, G711Options } from "./dsp/g711.ts";
export type { LoadOptions } from "./dsp/load.ts";
export type { FloatToInt16Options, Pcm } from "./dsp/pcm.ts";
export { Formats };

/** Loads G.711, sample formats, Base64 and slicing, without the resampler; a new engine of 1 MiB unless told otherwise. */
export async function loadG711(options: LoadOptions = {}): Promise<Formats> {
  return new Formats(await loadEngine([formatsSource], withDefaults(options)));
}

/** As `loadG711`, at once: for Node, workers and worklets. */
export function loadG711Sync(options: LoadOptions = {}): Formats {
  return new Formats(loadEngineSync([formatsSource], withDefaults(options)));
}

function withDefaults(options: LoadOptions): LoadOptions {
  return { memoryBytes: 1024 * 1024, ...options };
}
