/** The modules `spectral` and `spectral64`. Only the qualities that work in blocks import them. */
import { spectralWasm } from "../generated/spectral-wasm.ts";
import { spectral64Wasm } from "../generated/spectral64-wasm.ts";
// what is embedded comes first in a bundle: amid functions it would part them in what gzip looks back on

import { attachKernels } from "../attach.ts";
import type { KernelSource } from "../compile.ts";
import type { Engine } from "../engine.ts";
import type { Precision } from "./precision.ts";
import type { PairKernels, SpectralKernels } from "./spectral-kernels.ts";

const single: KernelSource<PairKernels> = {
  name: "spectral",
  wasm: spectralWasm,
};
const double: KernelSource<SpectralKernels> = {
  name: "spectral64",
  wasm: spectral64Wasm,
};

/** What to compile ahead. */
export const spectralSources: readonly KernelSource[] = [single, double];

/** The kernels over `engine`'s memory, made at the first call. */
export function spectralKernels(engine: Engine, { name }: Precision): SpectralKernels {
  return attachKernels(engine, name === "double" ? double : single);
}

/** Those of the quality `high`, which can take blocks in pairs. */
export function pairKernels(engine: Engine): PairKernels {
  return attachKernels(engine, single);
}
