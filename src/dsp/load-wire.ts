/** Loading for clients. */
import type { LoadOptions } from "./load.ts";
import type { TwinSet } from "./twins.ts";
import { loadWireDspWith } from "./wire-cores.ts";
import type { Dsp } from "./wire-dsp.ts";

/** What clients load: `loadDsp` without the larger qualities, unless those have been brought along. */
export function loadWireDsp(options: LoadOptions = {}): Promise<Dsp> {
  return loadWireDspWith(options, fetchWireTwins);
}

async function fetchWireTwins(): Promise<TwinSet> {
  return (await import("./twins/wire-set.ts")).wireTwins;
}
