/** Makes resamplers: options checked, the converter for the quality behind the common interface. */
import { checkInteger, checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { checkSampleRate } from "../../core/rates.ts";
import type { SampleArray } from "../../core/types.ts";
import { expectSamples } from "../arguments.ts";
import type { Engine } from "../engine.ts";
import { BEST, createBlockConverter, HIGH } from "./block-choice.ts";
import type { Converter } from "./converter.ts";
import { PassThrough } from "./pass-through.ts";
import type { Resampler, ResamplerOptions, ResamplerPhase, ResamplerQuality } from "./resampler.ts";
import { ResamplerStream } from "./stream.ts";
import { VoiceConverter } from "./voice.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

const MAX_CHANNELS = 64;
/** From this length on, longer blocks are worth their tables. */
const LONG_SECONDS = 2;

const converters: Readonly<
  Record<
    ResamplerQuality,
    (
      engine: Engine,
      inputs: number,
      outputs: number,
      channels: number,
      manner: { readonly phase: ResamplerPhase; readonly isLong: boolean },
    ) => Converter
  >
> = {
  voice: (engine, inputs, outputs, channels, { phase }) =>
    new VoiceConverter(engine, inputs, outputs, channels, phase === "minimum"),
  high: (engine, inputs, outputs, channels, { isLong }) =>
    createBlockConverter(HIGH, engine, inputs, outputs, channels, isLong),
  best: (engine, inputs, outputs, channels, { isLong }) =>
    createBlockConverter(BEST, engine, inputs, outputs, channels, isLong),
};
const qualities = Object.keys(converters) as ResamplerQuality[];

/**
 * @param isLong delay does not matter, and the signal is long: blocks may be too
 * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createResampler(engine: Engine, options: ResamplerOptions, isLong = false): Resampler {
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
  const converter =
    inputs === outputs && quality !== "voice"
      ? new PassThrough(engine)
      : converters[quality](engine, inputs, outputs, channels, { phase, isLong });
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
export function resampleWhole<S extends SampleArray>(
  engine: Engine,
  samples: S,
  options: ResamplerOptions,
): S {
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
