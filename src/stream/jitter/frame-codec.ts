/** From payloads to frames, for the jitter buffer. */
import { G711Decoder, Pcm16Decoder } from "../../codec/audio/stateless-codecs.ts";
import { checkOneOf } from "../../core/check.ts";
import type { Formats } from "../../dsp/formats.ts";

/** Encodings that the jitter buffer decodes itself. */
export type JitterCodec = "pcmu" | "pcma" | "pcm16";

const JITTER_CODECS: readonly JitterCodec[] = ["pcmu", "pcma", "pcm16"];

/** Decodes one payload into exactly one frame. */
export interface FrameDecoder {
  /** False where the payload is not one frame long; `out` is then as it was. No throw. */
  decode(payload: Uint8Array, out: Int16Array): boolean;
}

/** The decoder of an encoding. @throws ConfigError `ERR_CONFIG` for one that is not known */
export function createFrameDecoder(dsp: Formats, codec: JitterCodec, sampleRate: number): FrameDecoder {
  const name = checkOneOf("codec", codec, JITTER_CODECS);
  const decoder = name === "pcm16" ? new Pcm16Decoder(sampleRate) : new G711Decoder(dsp, name, sampleRate);
  return {
    decode: (payload, out) =>
      decoder.maxSamples(payload.length) === out.length && decoder.decodeInto(payload, out) === out.length,
  };
}
