/** Tells what a file is by its first bytes; names lie. */
import { CodecError } from "../core/errors.ts";

/** File types that are read. */
export type AudioContainer = "wav" | "flac" | "ogg-flac" | "mp3" | "aac" | "ogg-vorbis" | "ogg-opus" | "m4a";

/** An ID3v2 tag in front of an MP3, FLAC or AAC file. */
const ID3_HEADER_BYTES = 10;

const OTHERS: readonly (readonly [offset: number, magic: string, name: string])[] = [
  [0, "RIFX", "big-endian WAV (RIFX)"],
  [8, "AVI ", "an AVI video"],
  [8, "AIF", "AIFF"],
  [0, "caff", "Core Audio (CAF)"],
  [0, "\x1aE\xdf\xa3", "WebM or Matroska"],
  [0, "#!AMR", "AMR"],
  [0, ".snd", "Sun audio (.au)"],
  [0, "0&\xb2u\x8ef\xcf\x11", "Windows Media"],
  [0, "MThd", "MIDI, which holds notes and no sound"],
  [28, "Speex   ", "Ogg Speex"],
  [0, "PK\x03\x04", "a ZIP archive"],
  [0, "\x1f\x8b", "compressed with gzip"],
  [0, "%PDF", "a PDF document"],
];

/**
 * @param head the first bytes of the file: 64 KiB, or all of a shorter one
 * @throws CodecError `ERR_FILE_FORMAT` that says what the file seems to be instead
 */
export function recogniseAudio(head: Uint8Array, path: string): AudioContainer {
  const name = JSON.stringify(path);
  if (head.length === 0) {
    throw new CodecError("ERR_FILE_FORMAT", `${name} is empty.`, {
      hint: "Check that whatever writes it has finished.",
    });
  }
  const container = find(head);
  if (container !== undefined) return container;
  const other = OTHERS.find(([offset, magic]) => has(head, offset, magic));
  if (other !== undefined) {
    throw new CodecError("ERR_FILE_FORMAT", `${name} is ${other[2]}, which is not read here.`, {
      hint: `Give WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus or M4A, or convert it: "ffmpeg -i ${path} output.wav".`,
    });
  }
  const text = textKind(head);
  throw new CodecError(
    "ERR_FILE_FORMAT",
    text === undefined
      ? `${name} is no audio file that is known here; it begins with the bytes ${hex(head.subarray(0, 12))}.`
      : `${name} is ${text}, not audio.`,
    {
      hint:
        text === undefined
          ? "WAV, FLAC, MP3, Ogg Vorbis, Ogg Opus and M4A are read. Raw samples need a header first (sox or ffmpeg add one)."
          : "If it was downloaded, look inside: it may be the server's error message.",
    },
  );
}

/** Where the audio begins behind ID3v2 tags; 0 where there is none. May lie beyond `head`. */
export function id3Bytes(head: Uint8Array): number {
  let start = 0;
  while (has(head, start, "ID3") && start + ID3_HEADER_BYTES <= head.length) {
    const tag = head.subarray(start, start + ID3_HEADER_BYTES);
    const size = ((tag[6]! & 127) << 21) | ((tag[7]! & 127) << 14) | ((tag[8]! & 127) << 7) | (tag[9]! & 127);
    const footerBytes = (tag[5]! & 0x10) !== 0 ? ID3_HEADER_BYTES : 0;
    start += ID3_HEADER_BYTES + size + footerBytes;
  }
  return start;
}

/** Whether the ASCII (Latin-1) text `magic` stands at `offset`. */
export function has(bytes: Uint8Array, offset: number, magic: string): boolean {
  for (let i = 0; i < magic.length; i++) if (bytes[offset + i] !== magic.charCodeAt(i)) return false;
  return true;
}

function find(head: Uint8Array): AudioContainer | undefined {
  if ((has(head, 0, "RIFF") || has(head, 0, "RF64") || has(head, 0, "BW64")) && has(head, 8, "WAVE")) {
    return "wav";
  }
  if (has(head, 0, "OggS")) {
    if (has(head, 28, "OpusHead")) return "ogg-opus";
    if (has(head, 28, "\x01vorbis")) return "ogg-vorbis";
    if (has(head, 28, "\x7fFLAC")) return "ogg-flac";
    return undefined;
  }
  if (has(head, 4, "ftyp")) return "m4a";
  const start = id3Bytes(head);
  if (has(head, start, "fLaC")) return "flac";
  // a tag longer than what was read: with a picture in it, and nearly always MP3
  if (start >= head.length) return "mp3";
  const length = mpegFrameBytes(head, start);
  if (
    length > 0 &&
    (start > 0 || start + length >= head.length || mpegFrameBytes(head, start + length) > 0)
  ) {
    return "mp3";
  }
  if (head[start] === 0xff && (head[start + 1]! & 0xf6) === 0xf0 && (head[start + 2]! & 0x3c) < 0x34)
    return "aac";
  return undefined;
}

const LAYER3_KBPS_1 = [0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 0];
const LAYER3_KBPS_2 = [0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160, 0];
const MPEG_RATES = [44100, 48000, 32000, 0];

/** Rate of a Layer III frame whose header stands at `at`, in Hz; 0 where none does. (ISO/IEC 11172-3, 2.4.2.3) */
export function mpegFrameRate(bytes: Uint8Array, at: number): number {
  const [sync, version, rates] = [bytes[at], bytes[at + 1], bytes[at + 2]];
  if (sync !== 0xff || version === undefined || rates === undefined) return 0;
  // 11 sync bits, no reserved version, Layer III
  if ((version & 0xe0) !== 0xe0 || (version & 0x18) === 0x08 || (version & 0x06) !== 0x02) return 0;
  const rate = MPEG_RATES[(rates >> 2) & 3]!;
  return (version & 0x18) === 0x18 ? rate : (version & 0x18) === 0x10 ? rate / 2 : rate / 4;
}

function mpegFrameBytes(bytes: Uint8Array, at: number): number {
  const rate = mpegFrameRate(bytes, at);
  if (rate === 0) return 0;
  const isMpeg1 = (bytes[at + 1]! & 0x18) === 0x18;
  const kbps = (isMpeg1 ? LAYER3_KBPS_1 : LAYER3_KBPS_2)[bytes[at + 2]! >> 4]!;
  if (kbps === 0) return 0;
  return Math.floor(((isMpeg1 ? 144 : 72) * kbps * 1000) / rate) + ((bytes[at + 2]! >> 1) & 1);
}

function textKind(head: Uint8Array): string | undefined {
  const text = new TextDecoder().decode(head.subarray(0, 1024));
  // what is cut off in mid-letter at the end decodes to U+FFFD
  const isText = [...text.slice(0, -4)].every((letter) => /[^\p{Cc}\uFFFD]|[\t\n\r]/u.test(letter));
  if (!isText) return undefined;
  if (/^\s*(<!doctype html|<html)/i.test(text)) return "a web page";
  if (/^\s*[[{]/.test(text)) return "text, JSON by its looks";
  return "text";
}

function hex(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
