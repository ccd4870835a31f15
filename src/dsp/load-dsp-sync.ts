/** Loading the whole core at once; apart, as it brings plain TypeScript along that other pages need not have. */
import { type LoadOptions, loadEngineSync } from "./load.ts";
import { wholeTwins } from "./twins/whole-set.ts";
import { bringTwins } from "./twins.ts";
import { wholeDsp } from "./whole-dsp.ts";
import { wireCores, wireSources } from "./wire-cores.ts";
import type { Dsp } from "./wire-dsp.ts";

/** As `loadDsp`, at once: for Node, workers and worklets. */
export function loadDspSync(options: LoadOptions = {}): Dsp {
  bringTwins(wholeTwins);
  const dsp = wireCores.known(options) ?? wireCores.keep(options, loadEngineSync(wireSources, options));
  return wholeDsp(dsp);
}
