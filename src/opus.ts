/** `voxwire/opus`: Opus for `serve`, `connect` and by itself; needs the optional package `libopus-wasm`. */
export type { AudioDecoder, AudioEncoder } from "./codec/audio/audio-codec.ts";
export type { OpusCodec, OpusOptions } from "./codec/audio/opus.ts";
export { loadOpus } from "./codec/audio/opus.ts";
export { OpusDecoder, OpusEncoder } from "./codec/audio/opus-streams.ts";
export type { StreamCodec } from "./codec/audio/stream-codec.ts";
