/** The module `formats`, from its two sources. */
import type { KernelSource } from "./compile.ts";
import { formatsWasm } from "./generated/formats-wasm.ts";
import type { FormatKernels } from "./kernels.ts";

export const formatsSource: KernelSource<FormatKernels> = {
  name: "formats",
  wasm: formatsWasm,
};
