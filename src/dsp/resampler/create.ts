/** Makes resamplers: options checked, the converter for the quality behind the common interface. */
import { checkInteger, checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import { checkSampleRate } from "../../core/rates.ts";
import type { SampleArray } from "../../core/types.ts";
import { expectSamples } from "../arguments.ts";
import type { Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";
import { PassThrough } from "./pass-through.ts";
import { qualityOf } from "./qualities.ts";
import type { Resampler, ResamplerOptions, ResamplerQuality } from "./resampler.ts";
import { ResamplerStream } from "./stream.ts";
import { VoiceConverter } from "./voice.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

const MAX_CHANNELS = 64;
/** From this length on, longer blocks are worth their tables, and that their rounding is another. */
const LONG_SECONDS = 20;

const RESAMPLER_OPTIONS: NamesOf<ResamplerOptions> = {
  inputRate: 1,
  outputRate: 1,
  quality: 1,
  phase: 1,
  channels: 1,
};

const qualities: readonly ResamplerQuality[] = ["voice", "high", "best"];

/**
 * @param isLong delay does not matter, and the signal is long: blocks may be too
 * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createResampler(engine: Engine, given: ResamplerOptions, isLong = false): Resampler {
  const options = expectOptions("createResampler()", given, RESAMPLER_OPTIONS);
  const inputRate = checkSampleRate("inputRate", options.inputRate);
  const outputRate = checkSampleRate("outputRate", options.outputRate);
  const quality = checkOneOf("quality", options.quality ?? "voice", qualities);
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
  let converter: Converter;
  if (quality === "voice") {
    converter = new VoiceConverter(engine, inputs, outputs, channels, phase === "minimum");
  } else {
    const create = qualityOf(engine, quality);
    converter =
      inputs === outputs ? new PassThrough(engine) : create(engine, inputs, outputs, channels, isLong);
  }
  return new ResamplerStream({
    engine,
    converter,
    inputRate,
    outputRate,
    inputs,
    outputs,
    channels,
    quality,
  });
}

/** All of a signal at once: exactly ceil(n * outputRate / inputRate) samples per channel, the caller's own. */
export function resampleWhole<S extends SampleArray>(engine: Engine, samples: S, given: ResamplerOptions): S {
  const options = expectOptions("resample()", given, RESAMPLER_OPTIONS);
  expectSamples(samples, "samples");
  const seconds = samples.length / (options.channels ?? 1) / options.inputRate;
  const resampler = createResampler(engine, options, seconds >= LONG_SECONDS);
  try {
    const length = resampler.maxOutput(samples.length);
    const out = samples instanceof Float32Array ? new Float32Array(length) : new Int16Array(length);
    resampler.flushInto(out.subarray(resampler.processInto(samples, out)));
    return out as S;
  } finally {
    resampler.dispose();
  }
}
