/** G.711, sample formats and the resampler's quality `voice`: what a page needs that does audio but no protocols. */
import type { SampleArray } from "../core/types.ts";
import { engineOf, Formats } from "./formats.ts";
import { resampleWhole, resampleWholeInto } from "./resampler/at-once.ts";
import { createResampler } from "./resampler/create.ts";
import type { Resampler, ResamplerOptions } from "./resampler/resampler.ts";
import { checkTask } from "./resampler/task.ts";

/** G.711, sample formats, slicing and resampling over one engine. */
export class VoiceDsp extends Formats {
  /**
   * A streaming resampler between any two whole rates from 4,000 to 192,000 Hz. The qualities `high` and `best` are there
   * where `loadDsp` of `voxwire` has been called.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  createResampler(options: ResamplerOptions): Resampler {
    return createResampler(engineOf(this), checkTask("createResampler()", options));
  }

  /**
   * All of a signal at once, time-aligned: exactly ceil(n * outputRate / inputRate) samples per channel, the caller's own.
   * The same samples as `createResampler` gives in chunks; int16 of int16, rounded and saturated. With `"high"` signals of
   * 20 s and more go through longer blocks, two at a time, whose float32 rounding is another: they agree within -130 dB, and
   * NaN reaches two such blocks, 2 s at most where the lower rate is 8 kHz.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  resample(samples: Float32Array, options: ResamplerOptions): Float32Array;
  resample(samples: Int16Array, options: ResamplerOptions): Int16Array;
  resample(samples: SampleArray, options: ResamplerOptions): SampleArray {
    return resampleWhole(engineOf(this), samples, options);
  }

  /**
   * As `resample`, into `out`, int16 or float32 on each side; returns how many samples were written. An array that is used
   * again saves the system's work on a new one's pages, a tenth to a fifth of the time with `"high"`. `out` must not overlap
   * `samples`.
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL` where `out` is shorter than the result, and as `resample`. Where it says
   * `ERR_ARENA_FULL`, part of `out` may have been written.
   */
  resampleInto(samples: SampleArray, out: SampleArray, options: ResamplerOptions): number {
    return resampleWholeInto(engineOf(this), samples, out, options);
  }
}
