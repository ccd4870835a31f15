/** What a client's connection needs of an audio core: a whole one has it, and that of a page's worker has no more. */
import type { Resampler } from "./resampler/resampler.ts";
import type { Dsp } from "./wire-dsp.ts";

/** A resampler of one channel of float32. See `Resampler`. */
export interface ClientResampler
  extends Pick<Resampler, "inputRate" | "latencySamples" | "setDrift" | "reset" | "dispose"> {
  process(samples: Float32Array): Float32Array;
  flush(): Float32Array;
}

/** See `Dsp`. */
export interface ClientDsp
  extends Pick<
    Dsp,
    | "createMessageWriter"
    | "createMessageReader"
    | "createPacketWriter"
    | "createPacketReader"
    | "allocBytes"
    | "free"
  > {
  readonly pcm: {
    floatToInt16Into(samples: Float32Array, out: Int16Array): number;
    int16ToFloatInto(samples: Int16Array, out: Float32Array): number;
  };
  /** In the quality `voice`, with linear phase. */
  createResampler(options: { inputRate: number; outputRate: number }): ClientResampler;
}
