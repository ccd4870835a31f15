/** Loading for a page that needs G.711 alone. */
import type { Formats } from "./formats.ts";
import { g711Core, g711Sources, withG711Memory } from "./g711-cores.ts";
import { type LoadOptions, loadEngine } from "./load.ts";
import type { TwinSet } from "./twins.ts";

/** Loads G.711, sample formats and slicing, without Base64 and the resampler; a new engine of 1 MiB unless told otherwise. */
export async function loadG711(options: LoadOptions = {}): Promise<Formats> {
  return g711Core(await loadEngine(g711Sources, withG711Memory(options), fetchG711Twins));
}

async function fetchG711Twins(): Promise<TwinSet> {
  return (await import("./twins/g711-set.ts")).g711Twins;
}
