/** The `g722` module, from its two sources. */

import { attachKernels } from "../attach.ts";
import type { KernelSource } from "../compile.ts";
import type { Engine } from "../engine.ts";
import { g722Wasm } from "../generated/g722-wasm.ts";
import { createG722Twins } from "../twins/g722.ts";
import type { G722Kernels } from "./kernels.ts";

const g722Source: KernelSource<G722Kernels> = { name: "g722", wasm: g722Wasm, twin: createG722Twins };

/** The kernels over `engine`'s memory, made at the first call. */
export function g722Kernels(engine: Engine): G722Kernels {
  return attachKernels(engine, g722Source);
}
