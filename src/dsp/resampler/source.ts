/** The `resampler` module, from its two sources. */
import type { KernelSource } from "../compile.ts";
import { resamplerWasm } from "../generated/resampler-wasm.ts";
import { createResamplerTwins } from "../twins/resampler.ts";
import type { ResamplerKernels } from "./kernels.ts";

export const resamplerSource: KernelSource<ResamplerKernels> = {
  name: "resampler",
  wasm: resamplerWasm,
  twin: createResamplerTwins,
};
