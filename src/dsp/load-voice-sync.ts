/** Loading the core for speech at once; apart, as it brings plain TypeScript along that other pages need not have. */
import { type LoadOptions, loadEngineSync } from "./load.ts";
import { voiceTwins } from "./twins/voice-set.ts";
import { bringTwins } from "./twins.ts";
import { voiceCores, voiceSources } from "./voice-cores.ts";
import type { VoiceDsp } from "./voice-dsp.ts";

/** As `loadVoiceDsp`, at once: for Node, workers and worklets. */
export function loadVoiceDspSync(options: LoadOptions = {}): VoiceDsp {
  bringTwins(voiceTwins);
  return voiceCores.known(options) ?? voiceCores.keep(options, loadEngineSync(voiceSources, options));
}
