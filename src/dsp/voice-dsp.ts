/** G.711, sample formats and the resampler's quality `voice`: what a page needs that does audio but no protocols. */
import type { SampleArray } from "../core/types.ts";
import { engineOf, Formats } from "./formats.ts";
import { createResampler, resampleWhole } from "./resampler/create.ts";
import type { Resampler, ResamplerOptions } from "./resampler/resampler.ts";

/** G.711, sample formats, slicing and resampling over one engine. */
export class VoiceDsp extends Formats {
  /**
   * A streaming resampler between any two whole rates from 4,000 to 192,000 Hz. The qualities `high` and `best` are there
   * where `loadDsp` of `voxwire` has been called.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  createResampler(options: ResamplerOptions): Resampler {
    return createResampler(engineOf(this), options);
  }

  /**
   * All of a signal at once, time-aligned: exactly ceil(n * outputRate / inputRate) samples per channel, the caller's own.
   * The same samples as `createResampler` gives in chunks; int16 of int16, rounded and saturated. With `"high"` signals of
   * more than 20 s go through longer blocks, whose float32 rounding is another: they agree within -130 dB.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  resample(samples: Float32Array, options: ResamplerOptions): Float32Array;
  resample(samples: Int16Array, options: ResamplerOptions): Int16Array;
  resample(samples: SampleArray, options: ResamplerOptions): SampleArray {
    return resampleWhole(engineOf(this), samples, options);
  }
}
