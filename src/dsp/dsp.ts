/** The whole audio core: what `loadDsp` gives. */
import { compileAhead } from "./compile.ts";
import { engineOf } from "./formats.ts";
import type { LoadOptions } from "./load.ts";
import { BEST, createBlockConverter, HIGH } from "./resampler/block-choice.ts";
import { type BlockQualities, bringQualities } from "./resampler/qualities.ts";
import { spectralSources } from "./resampler/spectral-sources.ts";
import { type Dsp, loadWireDsp, loadWireDspSync } from "./wire-dsp.ts";

export { Dsp } from "./wire-dsp.ts";

const blocks: BlockQualities = {
  high: (...task) => createBlockConverter(HIGH, ...task),
  best: (...task) => createBlockConverter(BEST, ...task),
};

/**
 * Loads the audio core: WebAssembly SIMD where the platform allows it, plain TypeScript elsewhere.
 * Without `memoryBytes` the thread's one shared core is returned.
 * @throws WasmError `ERR_WASM_UNAVAILABLE` (only with `backend: "wasm"`), ConfigError `ERR_CONFIG`
 */
export async function loadDsp(options: LoadOptions = {}): Promise<Dsp> {
  const dsp = await loadWireDsp(options);
  if (dsp.backend === "wasm") await compileAhead(spectralSources);
  return whole(dsp);
}

/** As `loadDsp`, at once: for Node, workers and worklets. */
export function loadDspSync(options: LoadOptions = {}): Dsp {
  return whole(loadWireDspSync(options));
}

function whole(dsp: Dsp): Dsp {
  bringQualities(engineOf(dsp), blocks);
  return dsp;
}
