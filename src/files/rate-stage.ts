/** The resampler of a file that is converted: a stream, or for long files with `high` longer blocks than a stream has. */
import type { SampleArray } from "../core/types.ts";
import { engineOf } from "../dsp/formats.ts";
import type { Dsp } from "../dsp/node-dsp.ts";
import type { LongStream } from "../dsp/resampler/long-stream.ts";
import { longStreamOf } from "../dsp/resampler/qualities.ts";
import type { Resampler, ResamplerOptions } from "../dsp/resampler/resampler.ts";
import { checkTask } from "../dsp/resampler/task.ts";

/** Interleaved samples in, int16 or float32, and out. What comes out is valid until the next call. */
export interface RateStage {
  process(samples: SampleArray): SampleArray;
  /** What is still owed, when all has been put in. */
  flush(): SampleArray;
  dispose(): void;
}

/**
 * @param isLong whether the file is long enough for longer blocks
 * @param format of what comes out
 * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
 */
export function createRateStage(
  dsp: Dsp,
  options: ResamplerOptions,
  isLong: boolean,
  format: "int16" | "float32",
): RateStage {
  const memory = new ResultMemory(format);
  const task = checkTask("convertFile()", options);
  const long = isLong ? longStreamOf(engineOf(dsp), task) : undefined;
  return long === undefined
    ? streamStage(dsp.createResampler(options), memory)
    : longStage(long, task.channels, memory);
}

function longStage(stream: LongStream, channels: number, memory: ResultMemory): RateStage {
  return {
    process(samples) {
      const out = memory.ofLength(stream.maxOutput(samples.length / channels) * channels);
      return out.subarray(0, stream.take(samples, out) * channels);
    },
    flush() {
      const out = memory.ofLength(stream.maxRest * channels);
      return out.subarray(0, stream.finish(out) * channels);
    },
    dispose: () => stream.dispose(),
  };
}

function streamStage(resampler: Resampler, memory: ResultMemory): RateStage {
  return {
    process(samples) {
      const out = memory.ofLength(resampler.maxOutput(samples.length));
      return out.subarray(0, resampler.processInto(samples, out));
    },
    flush() {
      const rest = Math.ceil(resampler.latencySamples) + 1;
      const out = memory.ofLength(resampler.maxOutput(rest * resampler.channels));
      return out.subarray(0, resampler.flushInto(out));
    },
    dispose: () => resampler.dispose(),
  };
}

/** One array, made anew only where it is too short. */
class ResultMemory {
  readonly #format: "int16" | "float32";
  #samples: SampleArray = new Float32Array(0);

  constructor(format: "int16" | "float32") {
    this.#format = format;
  }

  ofLength(length: number): SampleArray {
    if (this.#samples.length < length) {
      this.#samples = this.#format === "int16" ? new Int16Array(length) : new Float32Array(length);
    }
    return this.#samples;
  }
}
