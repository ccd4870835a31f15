/** `voxwire/codecs`: encoders and decoders of audio frames behind one interface, over the core that `loadDsp` gives. */
export type { AudioDecoder, AudioEncoder, CodecName } from "./codec/audio/audio-codec.ts";
export type { BuiltInCodec, CodecOptions } from "./codec/audio/create-codec.ts";
export { createDecoder, createEncoder } from "./codec/audio/create-codec.ts";
export type { StreamCodec } from "./codec/audio/stream-codec.ts";
export { g722 } from "./codec/audio/stream-codec.ts";
