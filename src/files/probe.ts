/**
 * What compressed files say of themselves before they are decoded: channels, because a decoder may hand on two equal
 * channels as one until they differ, and the length.
 * Sources: RFC 9639 (FLAC), RFC 7845 (Ogg Opus), RFC 3533 (Ogg), the Vorbis I specification, ISO/IEC 11172-3 (MP3),
 * ISO/IEC 14496-3 (AAC).
 */
import { type AudioContainer, has, id3Bytes, mpegFrameRate } from "./recognise.ts";

/** What is known; undefined where the file does not say, or not where it was looked for. */
export interface AudioFacts {
  readonly channels?: number;
  /** Samples per channel. */
  readonly durationSamples?: number;
  /** Of each sample; FLAC only. */
  readonly bits?: number;
}

/**
 * @param head the first bytes of the file
 * @param tail its last bytes, empty where they cannot be had
 */
export function probeAudio(container: AudioContainer, head: Uint8Array, tail: Uint8Array): AudioFacts {
  const view = new DataView(head.buffer, head.byteOffset, head.byteLength);
  const start = id3Bytes(head);
  try {
    switch (container) {
      case "flac":
        return probeFlac(view, start + 8);
      case "ogg-flac":
        return probeFlac(view, 28 + 17);
      case "ogg-vorbis":
        return withDuration(head[39], lastGranule(tail));
      case "ogg-opus":
        return withDuration(head[37], lastGranule(tail) - view.getUint16(38, true));
      case "mp3":
        return mpegFrameRate(head, start) > 0 ? { channels: head[start + 3]! >> 6 === 3 ? 1 : 2 } : {};
      case "aac":
        return fromAacConfiguration(((head[start + 2]! & 1) << 2) | (head[start + 3]! >> 6));
      case "m4a":
        return probeM4a(head);
      default:
        return {};
    }
  } catch (cause) {
    // a header that is cut off: the decoder will say so
    if (cause instanceof RangeError) return {};
    throw cause;
  }
}

function withDuration(channels: number | undefined, durationSamples: number): AudioFacts {
  const known = channels !== undefined && channels > 0 ? { channels } : {};
  return durationSamples > 0 ? { ...known, durationSamples } : known;
}

/** STREAMINFO: 20 bits of rate, 3 of channels, 5 of sample length, 36 of duration, after 10 bytes of block sizes. */
function probeFlac(view: DataView, at: number): AudioFacts {
  const channels = ((view.getUint8(at + 12) >> 1) & 7) + 1;
  const durationSamples = (view.getUint8(at + 13) & 15) * 2 ** 32 + view.getUint32(at + 14);
  const bits = ((view.getUint8(at + 12) & 1) << 4) + (view.getUint8(at + 13) >> 4) + 1;
  return { ...withDuration(channels, durationSamples), bits };
}

/** The granule position of the last page, which counts samples; NaN where there is none. */
function lastGranule(tail: Uint8Array): number {
  const view = new DataView(tail.buffer, tail.byteOffset, tail.byteLength);
  for (let at = tail.length - 27; at >= 0; at--) {
    if (!has(tail, at, "OggS") || tail[at + 4] !== 0) continue;
    const high = view.getInt32(at + 10, true);
    if (high >= 0) return high * 2 ** 32 + view.getUint32(at + 6, true);
  }
  return Number.NaN;
}

/** The AudioSpecificConfig inside the esds box: 5 bits of object type, 4 of rate (15: 24 more), 4 of channels. */
function probeM4a(head: Uint8Array): AudioFacts {
  const esds = indexOf(head, "esds");
  if (esds < 0) return {};
  // tag 4 (13 bytes of decoder configuration) holds tag 5, whose length may be padded with 0x80
  for (let at = esds + 8; at < Math.min(esds + 64, head.length - 4); at++) {
    if (head[at] !== 5 || head[at - 14] === undefined) continue;
    let body = at + 1;
    while (head[body] === 0x80) body++;
    body++;
    const isExplicitRate = (((head[body]! & 7) << 1) | (head[body + 1]! >> 7)) === 15;
    if (head[body]! >> 3 === 0 || head[body]! >> 3 === 31 || isExplicitRate) return {};
    return fromAacConfiguration((head[body + 1]! >> 3) & 15);
  }
  return {};
}

function fromAacConfiguration(configuration: number): AudioFacts {
  if (configuration < 1 || configuration > 7) return {};
  return { channels: configuration === 7 ? 8 : configuration };
}

function indexOf(bytes: Uint8Array, text: string): number {
  for (let at = 0; at + text.length <= bytes.length; at++) if (has(bytes, at, text)) return at;
  return -1;
}
