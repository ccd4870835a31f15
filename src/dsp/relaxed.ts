/**
 * The resampler's kernels with relaxed SIMD: a product and a sum in one operation where the processor has it. Rounding is
 * then another, and a little less; what any chunking gives is the same all the same. Twice the kernels, so only those load
 * them who download nothing: Node.
 */
import { preferImages } from "./compile.ts";
import { resamplerRelaxedWasm } from "./generated/resampler-relaxed-wasm.ts";
import { spectralRelaxedWasm } from "./generated/spectral-relaxed-wasm.ts";
import { spectral64RelaxedWasm } from "./generated/spectral64-relaxed-wasm.ts";

/** A module with one function of one relaxed operation, f32x4.relaxed_madd. */
const PROBE = Uint8Array.of(
  ...[0, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
  ...[1, 8, 1, 0x60, 3, 0x7b, 0x7b, 0x7b, 1, 0x7b],
  ...[3, 2, 1, 0],
  ...[10, 13, 1, 11, 0, 0x20, 0, 0x20, 1, 0x20, 2, 0xfd, 0x85, 2, 0x0b],
);

/** Whether this engine has relaxed SIMD. Node does from 22 on. */
export function hasRelaxedSimd(): boolean {
  return typeof WebAssembly === "object" && WebAssembly.validate(PROBE);
}

/** Where the engine has relaxed SIMD, cores that are loaded from now on use it. */
export function bringRelaxedKernels(): void {
  if (!hasRelaxedSimd()) return;
  preferImages({
    resampler: resamplerRelaxedWasm,
    spectral: spectralRelaxedWasm,
    spectral64: spectral64RelaxedWasm,
  });
}
