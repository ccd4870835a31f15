/** The thread's cores for those who speak a protocol. */
import { formatsSource } from "./formats-source.ts";
import { resamplerSource } from "./resampler/source.ts";
// what is embedded comes first in a bundle: amid functions it would part them in what gzip looks back on

import { type LoadOptions, loadEngine } from "./load.ts";
import { warmUpResampler } from "./resampler/warm-up.ts";
import { SharedCores } from "./shared-cores.ts";
import type { TwinSet } from "./twins.ts";
import { warmUpBase64, warmUpMessages, warmUpSamples } from "./warm-up.ts";
import { Dsp } from "./wire-dsp.ts";

export const wireSources = { formats: formatsSource, attached: [resamplerSource] };

export const wireCores = new SharedCores(Dsp, (engine) => {
  warmUpSamples(engine);
  warmUpBase64(engine);
  warmUpMessages(engine);
  const core = new Dsp(engine);
  warmUpResampler(core);
  return core;
});

/**
 * Loads one.
 * @param twins gives the plain TypeScript; asked only where WebAssembly is not to be
 */
export async function loadWireDspWith(options: LoadOptions, twins: () => Promise<TwinSet>): Promise<Dsp> {
  return wireCores.known(options) ?? wireCores.keep(options, await loadEngine(wireSources, options, twins));
}
