/**
 * What a WAV file can hold, and how its `fmt ` chunk says so.
 * Sources: Microsoft's Multimedia Programming Interface (1991) and WAVEFORMATEXTENSIBLE documentation, EBU Tech 3306
 * (RF64), ITU-R BS.2088 (BW64).
 */

/** How one sample lies in the file: unsigned 8-bit, signed little-endian integers, IEEE floats, the two G.711 laws. */
export type WavEncoding = "pcm8" | "pcm16" | "pcm24" | "pcm32" | "float32" | "float64" | "mulaw" | "alaw";

/** What the header of a WAV file says. */
export interface WavFormat {
  /** `"RF64"` and `"BW64"` carry 64-bit sizes. */
  readonly container: "RIFF" | "RF64" | "BW64";
  readonly encoding: WavEncoding;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  /** Bits that count of each sample; the rest of its bytes is zero. */
  readonly validBits: number;
  /** Bytes of one sample of every channel. */
  readonly blockBytes: number;
  /** Whether the `fmt ` chunk is a WAVE_FORMAT_EXTENSIBLE. */
  readonly isExtensible: boolean;
  /** Which loudspeakers the channels are for, a bit each; 0 where the file does not say. */
  readonly channelMask: number;
}

/** What is wrong with a file that can be read all the same. */
export interface FileWarning {
  readonly kind:
    | "truncated"
    | "partial-frame"
    | "non-finite"
    | "unpadded-chunk"
    | "repeated-format"
    | "size-missing"
    | "decoder";
  /** What was seen, where, and what was done about it. */
  readonly message: string;
}

/** Bytes of one sample. */
export const SAMPLE_BYTES: Readonly<Record<WavEncoding, number>> = {
  pcm8: 1,
  pcm16: 2,
  pcm24: 3,
  pcm32: 4,
  float32: 4,
  float64: 8,
  mulaw: 1,
  alaw: 1,
};

export const TAG_PCM = 1;
export const TAG_FLOAT = 3;
export const TAG_ALAW = 6;
export const TAG_MULAW = 7;
export const TAG_EXTENSIBLE = 0xfffe;

/** A sub-format GUID is a 16-bit tag followed by these 14 bytes. */
export const SUBFORMAT_TAIL: readonly number[] = [0, 0, 0, 0, 16, 0, 128, 0, 0, 170, 0, 56, 155, 113];

/** A 32-bit size that stands for "see ds64" in RF64, and for "not known" from a streaming writer. */
export const SIZE_UNKNOWN = 0xffffffff;

export const MAX_WAV_CHANNELS = 64;
export const MIN_WAV_RATE = 100;
export const MAX_WAV_RATE = 3_072_000;

const NAMES: Readonly<Record<WavEncoding, string>> = {
  pcm8: "PCM 8-bit",
  pcm16: "PCM 16-bit",
  pcm24: "PCM 24-bit",
  pcm32: "PCM 32-bit",
  float32: "float 32-bit",
  float64: "float 64-bit",
  mulaw: "mu-law",
  alaw: "A-law",
};

/** The format in a person's words: `"WAV, PCM 16-bit, 24000 Hz, 1 channel"`. */
export function describeWavFormat(format: WavFormat): string {
  const container = format.container === "RIFF" ? "WAV" : `WAV (${format.container})`;
  const isPartial = format.validBits < SAMPLE_BYTES[format.encoding] * 8 && !isG711(format.encoding);
  const valid = isPartial ? ` (${format.validBits} valid)` : "";
  const channels = `${format.channels} channel${format.channels === 1 ? "" : "s"}`;
  return `${container}, ${NAMES[format.encoding]}${valid}, ${format.sampleRate} Hz, ${channels}`;
}

/** Whether samples are G.711 bytes. */
export function isG711(encoding: WavEncoding): boolean {
  return encoding === "mulaw" || encoding === "alaw";
}
