/** The whole audio core as Node loads it: with relaxed SIMD where there is any. */
import { compileLate } from "./compile.ts";
import { bringRelaxedKernels } from "./relaxed.ts";

bringRelaxedKernels();
compileLate();

export { Dsp, loadDsp, loadDspSync } from "./dsp.ts";
