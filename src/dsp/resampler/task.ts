/** What a resampler is asked for, checked. */
import { checkInteger, checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import { checkSampleRate } from "../../core/rates.ts";
import type { ResamplerOptions, ResamplerQuality } from "./resampler.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

const MAX_CHANNELS = 64;

const RESAMPLER_OPTIONS: NamesOf<ResamplerOptions> = {
  inputRate: 1,
  outputRate: 1,
  quality: 1,
  phase: 1,
  channels: 1,
};

const qualityNames: readonly ResamplerQuality[] = ["voice", "high", "best"];

/** Options checked and completed. `inputs` samples become `outputs`, reduced. */
export interface ResamplerTask {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly channels: number;
  readonly quality: ResamplerQuality;
  readonly hasMinimumPhase: boolean;
}

/** `what` was called with these. @throws ConfigError `ERR_RATE`, `ERR_CONFIG` */
export function checkTask(what: string, given: ResamplerOptions): ResamplerTask {
  const options = expectOptions(what, given, RESAMPLER_OPTIONS);
  const inputRate = checkSampleRate("inputRate", options.inputRate);
  const outputRate = checkSampleRate("outputRate", options.outputRate);
  const quality = checkOneOf("quality", options.quality ?? "voice", qualityNames);
  const channels = checkInteger("channels", options.channels ?? 1, 1, MAX_CHANNELS);
  const phase = checkOneOf("phase", options.phase ?? "linear", ["linear", "minimum"]);
  if (phase === "minimum" && quality !== "voice") {
    throw new ConfigError("ERR_CONFIG", `phase is "minimum" with quality "${quality}"; expected "linear".`, {
      hint: 'Minimum phase comes with quality "voice".',
    });
  }
  const divisor = greatestCommonDivisor(inputRate, outputRate);
  const inputs = inputRate / divisor;
  const outputs = outputRate / divisor;
  return { inputRate, outputRate, inputs, outputs, channels, quality, hasMinimumPhase: phase === "minimum" };
}
