/** The `voice` module, from its two sources. Only those who conceal import it. */
import type { KernelSource } from "../compile.ts";
import { voiceWasm } from "../generated/voice-wasm.ts";
import { createVoiceTwins } from "../twins/voice.ts";
import type { VoiceKernels } from "./kernels.ts";

export const voiceSource: KernelSource<VoiceKernels> = {
  name: "voice",
  wasm: voiceWasm,
  twin: createVoiceTwins,
};
