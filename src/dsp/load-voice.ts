/** Loading for a page that does audio but no protocols. */
import { voiceCores, voiceSources } from "./voice-cores.ts";
// what is embedded comes first in a bundle: amid functions it would part them in what gzip looks back on

import { type LoadOptions, loadEngine } from "./load.ts";
import type { TwinSet } from "./twins.ts";
import type { VoiceDsp } from "./voice-dsp.ts";

/**
 * Loads the audio core for speech: WebAssembly SIMD where the platform allows it, plain TypeScript elsewhere.
 * Without `memoryBytes` the thread's one shared core is returned.
 * @throws WasmError `ERR_WASM_UNAVAILABLE` (only with `backend: "wasm"`), ConfigError `ERR_CONFIG`
 */
export async function loadVoiceDsp(options: LoadOptions = {}): Promise<VoiceDsp> {
  return (
    voiceCores.known(options) ??
    voiceCores.keep(options, await loadEngine(voiceSources, options, fetchVoiceTwins))
  );
}

async function fetchVoiceTwins(): Promise<TwinSet> {
  return (await import("./twins/voice-set.ts")).voiceTwins;
}
