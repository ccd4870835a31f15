/** The `voice` module, from its two sources. Only those who conceal import it. */
import { voiceWasm } from "../generated/voice-wasm.ts";
import type { KernelSource } from "../load.ts";
import { createVoiceTwins } from "../twins/voice.ts";

export const voiceSource: KernelSource = { name: "voice", hex: voiceWasm, twin: createVoiceTwins };
