/** The `resampler` module. */
import type { KernelSource } from "../compile.ts";
import { resamplerWasm } from "../generated/resampler-wasm.ts";
import type { ResamplerKernels } from "./kernels.ts";

export const resamplerSource: KernelSource<ResamplerKernels> = {
  name: "resampler",
  wasm: resamplerWasm,
};
