/** The twins of the modules of `voxwire/voice`. */
import type { TwinSet } from "../twins.ts";
import { createResamplerTwins } from "./resampler.ts";
import { createSampleTwins } from "./samples.ts";

export const voiceTwins: TwinSet = { g711: createSampleTwins, resampler: createResamplerTwins };
