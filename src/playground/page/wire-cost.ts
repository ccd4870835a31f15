/** What a frame's length costs: the time it takes to fill, against the headers around it. Pure. */
import { PACKET_HEADER_BYTES } from "../../transport/protocol/binary-packet.ts";
import { MEDIA_PREFIXES, MEDIA_SUFFIX } from "../../transport/protocol/fastrtc-shapes.ts";
import type { Settings } from "./settings.ts";

/** Of one direction. */
export interface WireCost {
  /** Audio in a message, as the codec writes it. */
  readonly payloadBytes: number;
  /** The whole message on the line: protocol, WebSocket, TCP and IPv4 included. */
  readonly lineBytes: number;
  readonly lineKbps: number;
  /** Share of the line that is not audio, 0 to 100. */
  readonly overheadPercent: number;
}

/** TCP with time stamps, and IPv4. */
const SEGMENT_BYTES = 20 + 12 + 20;
/** A client's frames are masked. */
const MASK_BYTES = 4;
/** Opus at its default bit rate; all others state theirs by their samples. */
const OPUS_BYTES_PER_MS = 3;

/** Bytes of audio in a frame. */
export function payloadBytes({
  encoding,
  sampleRate,
  frameMs,
}: Pick<Settings, "encoding" | "sampleRate" | "frameMs">): number {
  const samples = (sampleRate * frameMs) / 1000;
  if (encoding === "pcm16") return 2 * samples;
  if (encoding === "g722") return samples / 2;
  return encoding === "opus" ? OPUS_BYTES_PER_MS * frameMs : samples;
}

/** The cost of what is sent. */
export function wireCost(settings: Settings): WireCost {
  const payload = payloadBytes(settings);
  const message =
    settings.protocol === "binary"
      ? PACKET_HEADER_BYTES + payload
      : MEDIA_PREFIXES[0]!.length + 4 * Math.ceil(payload / 3) + MEDIA_SUFFIX.length;
  const lengthBytes = message < 126 ? 2 : message < 65_536 ? 4 : 10;
  const lineBytes = message + lengthBytes + MASK_BYTES + SEGMENT_BYTES;
  return {
    payloadBytes: payload,
    lineBytes,
    lineKbps: (8 * lineBytes) / settings.frameMs,
    overheadPercent: 100 * (1 - payload / lineBytes),
  };
}
