/** Encoders and decoders by name. */
import { checkOneOf } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import { expectOptions, type NamesOf } from "../../core/option-names.ts";
import { checkSampleRate } from "../../core/rates.ts";
import { expectDsp } from "../../dsp/arguments.ts";
import { engineOf, type Formats } from "../../dsp/formats.ts";
import type { G711Convention } from "../../dsp/g711.ts";
import { G722Decoder, G722Encoder } from "../../dsp/g722/g722.ts";
import type { AudioDecoder, AudioEncoder } from "./audio-codec.ts";
import { G711Decoder, G711Encoder, Pcm16Decoder, Pcm16Encoder } from "./stateless-codecs.ts";

/** The codecs that need nothing beside this package. */
export type BuiltInCodec = "pcmu" | "pcma" | "pcm16" | "g722";

/** Which codec, and for which rate. */
export interface CodecOptions {
  codec: BuiltInCodec;
  /** In Hz. Default 8000, and 16000 for `"g722"`, which has no other. */
  sampleRate?: number;
  /** Of the encoders of G.711; default `"g191"`. */
  convention?: G711Convention;
}

const CODEC_OPTIONS: NamesOf<CodecOptions> = { codec: 1, sampleRate: 1, convention: 1 };

const BUILT_IN = ["pcmu", "pcma", "pcm16", "g722"] as const;

/**
 * An encoder for one stream.
 * @throws ConfigError `ERR_CONFIG`, `ERR_RATE`; WasmError `ERR_ARENA_FULL`
 */
export function createEncoder(dsp: Formats, options: CodecOptions): AudioEncoder {
  expectDsp(dsp);
  const sampleRate = rateOf(options);
  if (options.codec === "g722") return new G722Encoder(engineOf(dsp));
  if (options.codec === "pcm16") return new Pcm16Encoder(sampleRate);
  return new G711Encoder(dsp, options.codec, sampleRate, options.convention);
}

/**
 * A decoder for one stream.
 * @throws ConfigError `ERR_CONFIG`, `ERR_RATE`; WasmError `ERR_ARENA_FULL`
 */
export function createDecoder(dsp: Formats, options: CodecOptions): AudioDecoder {
  expectDsp(dsp);
  const sampleRate = rateOf(options);
  if (options.codec === "g722") return new G722Decoder(engineOf(dsp));
  if (options.codec === "pcm16") return new Pcm16Decoder(sampleRate);
  return new G711Decoder(dsp, options.codec, sampleRate);
}

function rateOf(options: CodecOptions): number {
  const { codec, sampleRate } = expectOptions("A codec", options, CODEC_OPTIONS);
  checkOneOf("codec", codec, BUILT_IN);
  const rate = checkSampleRate("sampleRate", sampleRate ?? (codec === "g722" ? 16000 : 8000));
  if (codec === "g722" && rate !== 16000) {
    throw new ConfigError("ERR_RATE", `sampleRate is ${rate}; G.722 has 16000 Hz and no other.`, {
      hint: "Leave it out, and resample what goes in: dsp.createResampler({ inputRate, outputRate: 16000 }).",
    });
  }
  return rate;
}
