/** The whole audio core as Node loads it: with relaxed SIMD where there is any. */
import { bringRelaxedKernels } from "./relaxed.ts";

bringRelaxedKernels();

export { Dsp, loadDsp, loadDspSync } from "./dsp.ts";
