/** `voxwire/voice`: the audio core for speech in half the size: no Base64, and resamplers of the quality `voice` alone. */
export type { ErrorCode } from "./core/errors.ts";
export { CodecError, ConfigError, ProtocolError, VoxwireError, WasmError } from "./core/errors.ts";
export type { AudioFrame, SampleArray, SampleFormat } from "./core/types.ts";
export type { G711, G711Convention, G711Options } from "./dsp/g711.ts";
export type { LoadOptions } from "./dsp/load.ts";
export { loadVoiceDsp as loadDsp } from "./dsp/load-voice.ts";
export { loadVoiceDspSync as loadDspSync } from "./dsp/load-voice-sync.ts";
export type { FloatToInt16Options, Pcm } from "./dsp/pcm.ts";
export type {
  Resampler,
  ResamplerOptions,
  ResamplerPhase,
  ResamplerQuality,
} from "./dsp/resampler/resampler.ts";
export type { SlicerOptions } from "./dsp/slicer.ts";
export { Slicer } from "./dsp/slicer.ts";
export { VoiceDsp } from "./dsp/voice-dsp.ts";
