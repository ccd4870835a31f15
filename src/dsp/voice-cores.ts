/** The thread's cores for speech. */
import { g711Source } from "./g711-source.ts";
import { resamplerSource } from "./resampler/source.ts";
import { warmUpResampler } from "./resampler/warm-up.ts";
import { SharedCores } from "./shared-cores.ts";
import { VoiceDsp } from "./voice-dsp.ts";
import { warmUpSamples } from "./warm-up.ts";

export const voiceSources = { formats: g711Source, attached: [resamplerSource] };

export const voiceCores = new SharedCores(VoiceDsp, (engine) => {
  warmUpSamples(engine);
  const core = new VoiceDsp(engine);
  warmUpResampler(core);
  return core;
});
