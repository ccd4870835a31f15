/** `voxwire`: the audio core, everywhere. */

export type { ErrorCode } from "./core/errors.ts";
export { CodecError, ConfigError, ProtocolError, VoxwireError, WasmError } from "./core/errors.ts";
export type { AudioFrame, SampleArray, SampleFormat } from "./core/types.ts";
export { Dsp, loadDsp, loadDspSync } from "./dsp/dsp.ts";
export type { G711, G711Convention, G711Options } from "./dsp/g711.ts";
export type { LoadOptions } from "./dsp/load.ts";
export type { FloatToInt16Options, Pcm } from "./dsp/pcm.ts";
export type {
  Resampler,
  ResamplerOptions,
  ResamplerPhase,
  ResamplerQuality,
} from "./dsp/resampler/resampler.ts";
export type { SlicerOptions } from "./dsp/slicer.ts";
export { Slicer } from "./dsp/slicer.ts";
export type { Concealer, ConcealerOptions, ConcealerStats } from "./stream/concealment/concealer.ts";
export { createConcealer } from "./stream/concealment/create-concealer.ts";
export type {
  JitterBuffer,
  JitterBufferOptions,
  JitterPacket,
  JitterRate,
} from "./stream/jitter/create-jitter-buffer.ts";
export { createJitterBuffer } from "./stream/jitter/create-jitter-buffer.ts";
export type { JitterCodec } from "./stream/jitter/frame-codec.ts";
export type { JitterStats } from "./stream/jitter/jitter-stats.ts";
