/** The whole audio core as Node loads it: with relaxed SIMD where there is any, and options checked by name. */
import { checkOptionNames } from "../core/check-options.ts";
import { bringOptionCheck } from "../core/option-names.ts";
import { compileLate } from "./compile.ts";
import { bringRelaxedKernels } from "./relaxed.ts";
import { bringResultMemory } from "./resampler/result-memory.ts";

bringRelaxedKernels();
compileLate();
bringOptionCheck(checkOptionNames);
bringResultMemory((bytes) => Buffer.allocUnsafeSlow(bytes).buffer as ArrayBuffer);

export { Dsp, loadDsp, loadDspSync } from "./dsp.ts";
