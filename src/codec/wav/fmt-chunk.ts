/** Reads the `fmt ` chunk: what the samples are. */
import { BROKEN_HINT, RECODE_HINT, wavError } from "./error.ts";
import {
  isG711,
  MAX_WAV_CHANNELS,
  MAX_WAV_RATE,
  MIN_WAV_RATE,
  SAMPLE_BYTES,
  SUBFORMAT_TAIL,
  TAG_ALAW,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_MULAW,
  TAG_PCM,
  type WavEncoding,
  type WavFormat,
} from "./format.ts";

/** Bytes of a `fmt ` chunk that matter; what follows is skipped. */
export const FMT_BYTES = 40;

const OTHER_TAGS: Readonly<Record<number, string>> = {
  2: "Microsoft ADPCM",
  17: "IMA ADPCM",
  49: "GSM 6.10",
  64: "G.721 ADPCM",
  80: "MPEG audio",
  85: "MP3",
  100: "G.726 ADPCM",
  255: "AAC",
  353: "Windows Media Audio",
  26447: "Ogg Vorbis",
};

/**
 * @param body the chunk's first bytes, at most `FMT_BYTES`
 * @param at where the body begins in the file
 * @throws CodecError `ERR_FILE_FORMAT` for anything that cannot be read rightly
 */
export function parseFmtChunk(body: Uint8Array, at: number, container: WavFormat["container"]): WavFormat {
  if (body.length < 16) {
    throw wavError(`The fmt chunk has ${body.length} bytes; expected 16 or more`, at, BROKEN_HINT);
  }
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const channels = view.getUint16(2, true);
  const sampleRate = view.getUint32(4, true);
  const blockBytes = view.getUint16(12, true);
  const bits = view.getUint16(14, true);
  if (channels < 1 || channels > MAX_WAV_CHANNELS) {
    throw wavError(
      `The header says ${channels} channels; expected 1 to ${MAX_WAV_CHANNELS}`,
      at + 2,
      BROKEN_HINT,
    );
  }
  if (sampleRate < MIN_WAV_RATE || sampleRate > MAX_WAV_RATE) {
    throw wavError(
      `The header says a sample rate of ${sampleRate} Hz; expected ${MIN_WAV_RATE} to ${MAX_WAV_RATE}`,
      at + 4,
      BROKEN_HINT,
    );
  }
  let tag = view.getUint16(0, true);
  let validBits = bits;
  let channelMask = 0;
  const isExtensible = tag === TAG_EXTENSIBLE;
  if (isExtensible) {
    if (body.length < FMT_BYTES) {
      throw wavError(
        `The fmt chunk is a WAVE_FORMAT_EXTENSIBLE of ${body.length} bytes; expected ${FMT_BYTES}`,
        at,
        BROKEN_HINT,
      );
    }
    // 0 is written where a compressed format has no such number
    validBits = view.getUint16(18, true) || bits;
    channelMask = view.getUint32(20, true);
    tag = subformatTag(body, at + 24);
  }
  const encoding = encodingOf(tag, bits, at);
  const sampleBytes = SAMPLE_BYTES[encoding];
  if (blockBytes !== channels * sampleBytes) {
    throw wavError(
      `The header says blocks of ${blockBytes} bytes for ${channels} x ${bits} bits; expected ${channels * sampleBytes}`,
      at + 12,
      BROKEN_HINT,
    );
  }
  if (validBits > sampleBytes * 8) {
    throw wavError(
      `The header says ${validBits} valid bits in samples of ${sampleBytes * 8}`,
      at + 18,
      BROKEN_HINT,
    );
  }
  if (isG711(encoding)) validBits = 8;
  return { container, encoding, sampleRate, channels, validBits, blockBytes, isExtensible, channelMask };
}

function subformatTag(body: Uint8Array, at: number): number {
  const guid = body.subarray(24, 40);
  if (SUBFORMAT_TAIL.some((byte, i) => guid[i + 2] !== byte)) {
    const hex = Array.from(guid, (byte) => byte.toString(16).padStart(2, "0")).join("");
    throw wavError(`The sub-format GUID ${hex} is not known`, at, RECODE_HINT);
  }
  return guid[0]! | (guid[1]! << 8);
}

/** Integers of a length that fills no whole bytes are stored left-justified in the next whole ones. */
function encodingOf(tag: number, bits: number, at: number): WavEncoding {
  if (tag === TAG_PCM && bits >= 1 && bits <= 32) {
    return bits <= 8 ? "pcm8" : bits <= 16 ? "pcm16" : bits <= 24 ? "pcm24" : "pcm32";
  }
  if (tag === TAG_FLOAT && (bits === 32 || bits === 64)) return bits === 32 ? "float32" : "float64";
  // some writers put 0 or 16 (what the bytes decode to) into the bits of G.711
  if (tag === TAG_MULAW && (bits === 8 || bits === 0 || bits === 16)) return "mulaw";
  if (tag === TAG_ALAW && (bits === 8 || bits === 0 || bits === 16)) return "alaw";
  if (tag === TAG_PCM || tag === TAG_FLOAT || tag === TAG_MULAW || tag === TAG_ALAW) {
    const name = tag === TAG_PCM ? "PCM" : tag === TAG_FLOAT ? "float" : "G.711";
    throw wavError(`The header says ${name} samples of ${bits} bits`, at + 14, BROKEN_HINT);
  }
  const code = `0x${tag.toString(16).padStart(4, "0")}`;
  const name = OTHER_TAGS[tag];
  throw wavError(
    `The samples are ${name === undefined ? `of format ${code}` : `${name} (format ${code})`}; PCM, float, mu-law and A-law are read`,
    at,
    RECODE_HINT,
  );
}
