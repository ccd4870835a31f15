/** The `g711` module: of `formats`, sample formats and G.711. */
import type { KernelSource } from "./compile.ts";
import { g711Wasm } from "./generated/g711-wasm.ts";
import type { SampleKernels } from "./kernels.ts";

export const g711Source: KernelSource<SampleKernels> = {
  name: "g711",
  wasm: g711Wasm,
};
