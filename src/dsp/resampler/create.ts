/** Makes resamplers: the converter for the quality behind the common interface. */
import type { Engine } from "../engine.ts";
import type { Converter } from "./converter.ts";
import { PassThrough } from "./pass-through.ts";
import { qualitiesOf } from "./qualities.ts";
import type { Resampler } from "./resampler.ts";
import { ResamplerStream } from "./stream.ts";
import type { ResamplerTask } from "./task.ts";
import { VoiceConverter } from "./voice.ts";

/**
 * @param isLong delay does not matter, and the signal is long: blocks may be too
 * @throws ConfigError `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createResampler(engine: Engine, task: ResamplerTask, isLong = false): Resampler {
  const { inputRate, outputRate, inputs, outputs, channels, quality, hasMinimumPhase } = task;
  let converter: Converter;
  if (quality === "voice") {
    converter = new VoiceConverter(engine, inputs, outputs, channels, hasMinimumPhase);
  } else {
    const create = qualitiesOf(engine, quality)[quality];
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
