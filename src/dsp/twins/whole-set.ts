/** The twins of the modules of `voxwire`. */
import type { TwinSet } from "../twins.ts";
import { createSpectral64Twins, createSpectralTwins } from "./spectral.ts";
import { wireTwins } from "./wire-set.ts";

export const wholeTwins: TwinSet = {
  ...wireTwins,
  spectral: createSpectralTwins,
  spectral64: createSpectral64Twins,
};
