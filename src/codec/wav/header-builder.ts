/** Builds the header of a WAV file. */
import {
  isG711,
  SAMPLE_BYTES,
  SIZE_UNKNOWN,
  SUBFORMAT_TAIL,
  TAG_ALAW,
  TAG_EXTENSIBLE,
  TAG_FLOAT,
  TAG_MULAW,
  TAG_PCM,
} from "./format.ts";
import type { WavWriteEncoding } from "./sample-encoder.ts";

/** What a header says of its samples. */
export interface HeaderLayout {
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: WavWriteEncoding;
  /** Whether room for the 64-bit sizes of RF64 is kept, as a JUNK chunk until they are needed. */
  readonly hasRoomForRf64: boolean;
}

const DS64_BYTES = 28;
/** Loudspeaker positions by the number of channels, in the order of Microsoft's documentation; 0 says nothing. */
const CHANNEL_MASKS: readonly number[] = [0, 0x4, 0x3, 0x7, 0x33, 0x37, 0x3f, 0x13f, 0x63f];

/** Bytes before the samples; the same for every header of one layout. */
export function headerBytes(layout: HeaderLayout): number {
  return (
    12 + (layout.hasRoomForRf64 ? 8 + DS64_BYTES : 0) + 8 + fmtBytes(layout) + (hasFact(layout) ? 12 : 0) + 8
  );
}

/**
 * @param dataBytes bytes of samples, without a pad byte; undefined while they are not known, as a streaming writer says it
 * @returns the header; RF64 where the sizes need more than 32 bits
 */
export function buildHeader(layout: HeaderLayout, dataBytes: number | undefined): Uint8Array {
  const { channels, encoding, sampleRate } = layout;
  const total = headerBytes(layout);
  const sampleBytes = SAMPLE_BYTES[encoding];
  const blockBytes = sampleBytes * channels;
  const riffBytes = dataBytes === undefined ? SIZE_UNKNOWN : total - 8 + dataBytes + (dataBytes % 2);
  const isRf64 = dataBytes !== undefined && riffBytes >= SIZE_UNKNOWN && layout.hasRoomForRf64;
  const durationSamples = dataBytes === undefined ? SIZE_UNKNOWN : dataBytes / blockBytes;
  const out = new HeaderBytes(total);

  out
    .text(isRf64 ? "RF64" : "RIFF")
    .uint32(isRf64 ? SIZE_UNKNOWN : riffBytes)
    .text("WAVE");
  if (layout.hasRoomForRf64) {
    out.text(isRf64 ? "ds64" : "JUNK").uint32(DS64_BYTES);
    if (isRf64) out.uint64(riffBytes).uint64(dataBytes).uint64(durationSamples).uint32(0);
    else out.skip(DS64_BYTES);
  }
  const tag = tagOf(encoding);
  const isExtensible = usesExtensible(layout);
  out.text("fmt ").uint32(fmtBytes(layout));
  out
    .uint16(isExtensible ? TAG_EXTENSIBLE : tag)
    .uint16(channels)
    .uint32(sampleRate);
  out
    .uint32(Math.min(sampleRate * blockBytes, SIZE_UNKNOWN))
    .uint16(blockBytes)
    .uint16(sampleBytes * 8);
  if (isExtensible) {
    out
      .uint16(22)
      .uint16(sampleBytes * 8)
      .uint32(CHANNEL_MASKS[channels] ?? 0)
      .uint16(tag);
    for (const byte of SUBFORMAT_TAIL) out.uint8(byte);
  } else if (tag !== TAG_PCM) out.uint16(0);
  if (hasFact(layout)) out.text("fact").uint32(4).uint32(Math.min(durationSamples, SIZE_UNKNOWN));
  out.text("data").uint32(isRf64 || dataBytes === undefined ? SIZE_UNKNOWN : dataBytes);
  return out.bytes;
}

function tagOf(encoding: WavWriteEncoding): number {
  if (encoding === "mulaw") return TAG_MULAW;
  if (encoding === "alaw") return TAG_ALAW;
  return encoding === "float32" ? TAG_FLOAT : TAG_PCM;
}

/** Microsoft asks for it beyond two channels, and for integers beyond 16 bits. */
function usesExtensible(layout: HeaderLayout): boolean {
  return layout.channels > 2 || layout.encoding === "pcm24" || layout.encoding === "pcm32";
}

function fmtBytes(layout: HeaderLayout): number {
  if (usesExtensible(layout)) return 40;
  return hasFact(layout) ? 18 : 16;
}

/** Every format but PCM has a fact chunk, with its length in samples. */
function hasFact(layout: HeaderLayout): boolean {
  return layout.encoding === "float32" || isG711(layout.encoding);
}

class HeaderBytes {
  readonly bytes: Uint8Array;
  readonly #view: DataView;
  #at = 0;

  constructor(length: number) {
    this.bytes = new Uint8Array(length);
    this.#view = new DataView(this.bytes.buffer);
  }

  text(four: string): this {
    for (let i = 0; i < 4; i++) this.uint8(four.charCodeAt(i));
    return this;
  }

  uint8(value: number): this {
    this.#view.setUint8(this.#at, value);
    return this.skip(1);
  }

  uint16(value: number): this {
    this.#view.setUint16(this.#at, value, true);
    return this.skip(2);
  }

  uint32(value: number): this {
    this.#view.setUint32(this.#at, value, true);
    return this.skip(4);
  }

  uint64(value: number): this {
    return this.uint32(value % 2 ** 32).uint32(Math.floor(value / 2 ** 32));
  }

  skip(bytes: number): this {
    this.#at += bytes;
    return this;
  }
}
