/** From payloads to frames, for the jitter buffer. */
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
export function createFrameDecoder(dsp: Formats, codec: JitterCodec): FrameDecoder {
  switch (checkOneOf("codec", codec, JITTER_CODECS)) {
    case "pcmu":
      return g711(dsp.mulaw);
    case "pcma":
      return g711(dsp.alaw);
    case "pcm16":
      return { decode: decodePcm16 };
  }
}

function g711(law: Formats["mulaw"]): FrameDecoder {
  return {
    decode(payload, out) {
      if (payload.length !== out.length) return false;
      law.decodeInto(payload, out);
      return true;
    },
  };
}

function decodePcm16(payload: Uint8Array, out: Int16Array): boolean {
  if (payload.length !== 2 * out.length) return false;
  for (let i = 0, at = 0; i < out.length; i++, at += 2) out[i] = payload[at]! | (payload[at + 1]! << 8);
  return true;
}
