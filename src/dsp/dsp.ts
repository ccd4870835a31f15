/** The whole audio core: what `loadDsp` gives. */
import { spectralSources } from "./resampler/spectral-sources.ts";
import { loadWireDspWith } from "./wire-cores.ts";
// what is embedded comes first in a bundle: amid functions it would part them in what gzip looks back on

import { compileUnlessLate } from "./compile.ts";
import type { LoadOptions } from "./load.ts";
import { fetchTwins, type TwinSet } from "./twins.ts";
import { wholeDsp } from "./whole-dsp.ts";
import type { Dsp } from "./wire-dsp.ts";

export { loadDspSync } from "./load-dsp-sync.ts";
export { Dsp } from "./wire-dsp.ts";

/**
 * Loads the audio core: WebAssembly SIMD where the platform allows it, plain TypeScript elsewhere.
 * Without `memoryBytes` the thread's one shared core is returned.
 * @throws WasmError `ERR_WASM_UNAVAILABLE` (only with `backend: "wasm"`), ConfigError `ERR_CONFIG`
 */
export async function loadDsp(options: LoadOptions = {}): Promise<Dsp> {
  const dsp = await loadWireDspWith(options, fetchWholeTwins);
  if (dsp.backend === "wasm") await compileUnlessLate(spectralSources);
  // one that a client has loaded has a client's twins
  else await fetchTwins(fetchWholeTwins);
  return wholeDsp(dsp);
}

async function fetchWholeTwins(): Promise<TwinSet> {
  return (await import("./twins/whole-set.ts")).wholeTwins;
}
