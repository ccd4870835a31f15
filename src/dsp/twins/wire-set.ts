/** The twins of the modules of a client. */
import type { TwinSet } from "../twins.ts";
import { createFormatTwins } from "./formats.ts";
import { createResamplerTwins } from "./resampler.ts";

export const wireTwins: TwinSet = { formats: createFormatTwins, resampler: createResamplerTwins };
