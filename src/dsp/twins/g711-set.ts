/** The twins of the modules of `voxwire/g711`. */
import type { TwinSet } from "../twins.ts";
import { createSampleTwins } from "./samples.ts";

export const g711Twins: TwinSet = { g711: createSampleTwins };
