/** Resampling of a signal that is there as a whole. */
import type { SampleArray } from "../../core/types.ts";
import { expectRoom, expectSamples } from "../arguments.ts";
import type { Engine } from "../engine.ts";
import { createResampler } from "./create.ts";
import { longStreamOf } from "./qualities.ts";
import type { ResamplerOptions } from "./resampler.ts";
import { newSamples } from "./result-memory.ts";
import { samplesPerChannel } from "./stream-arguments.ts";
import { checkTask, type ResamplerTask } from "./task.ts";

/** From this length on, longer blocks are worth their tables, and that their rounding is another. */
export const LONG_SECONDS = 20;

/** All of a signal at once: exactly ceil(n * outputRate / inputRate) samples per channel, the caller's own. */
export function resampleWhole<S extends SampleArray>(
  engine: Engine,
  samples: S,
  options: ResamplerOptions,
): S {
  const task = checkTask("resample()", options);
  const length = lengthOf(task, samples);
  const out = newSamples(samples, length);
  convert(engine, task, samples, out);
  return out;
}

/** As `resampleWhole`, into `out`; returns how many samples were written. */
export function resampleWholeInto(
  engine: Engine,
  samples: SampleArray,
  out: SampleArray,
  options: ResamplerOptions,
): number {
  const task = checkTask("resampleInto()", options);
  const length = lengthOf(task, samples);
  expectSamples(out, "out");
  expectRoom(out.length, length, "samples");
  convert(engine, task, samples, out.length === length ? out : out.subarray(0, length));
  return length;
}

/** Samples of the result, all channels. */
function lengthOf({ inputs, outputs, channels }: ResamplerTask, samples: SampleArray): number {
  return Math.ceil((samplesPerChannel(samples, channels) * outputs) / inputs) * channels;
}

/** `out` is as long as the result. */
function convert(engine: Engine, task: ResamplerTask, samples: SampleArray, out: SampleArray): void {
  const isLong = samples.length / task.channels / task.inputRate >= LONG_SECONDS;
  if (isLong && convertLong(engine, task, samples, out)) return;
  const resampler = createResampler(engine, task, isLong);
  try {
    resampler.flushInto(out.subarray(resampler.processInto(samples, out)));
  } finally {
    resampler.dispose();
  }
}

/** By longer blocks than streams have; returns whether there are any for this, and memory for them. */
function convertLong(engine: Engine, task: ResamplerTask, samples: SampleArray, out: SampleArray): boolean {
  const stream = longStreamOf(engine, task);
  if (stream === undefined) return false;
  try {
    stream.finish(out, stream.take(samples, out));
  } finally {
    stream.dispose();
  }
  return true;
}
