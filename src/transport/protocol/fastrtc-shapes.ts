/**
 * The FastRTC JSON protocol's fixed shapes, shared by its two ends (`fastrtc-server.ts`, `fastrtc-client.ts`).
 *
 * Old clients send no `format` and get nothing that FastRTC 0.0.34 does not send. A client that puts `format` into its
 * `start` gets `started`, sequence numbers, `clear` and marks.
 */

import { CodecError } from "../../core/errors.ts";

/** Encodings of each sample by itself, spoken on every protocol. */
export type SampleEncoding = "mulaw" | "alaw" | "pcm16";

export const SAMPLE_ENCODINGS: readonly SampleEncoding[] = ["mulaw", "alaw", "pcm16"];

/** How audio is written on the wire; those that keep state from frame to frame on the binary protocol only. */
export type WireEncoding = SampleEncoding | "g722" | "opus";

export const WIRE_ENCODINGS: readonly WireEncoding[] = [...SAMPLE_ENCODINGS, "g722", "opus"];

/** Whether each sample is encoded by itself. */
export function isSampleEncoding(value: unknown): value is SampleEncoding {
  return (SAMPLE_ENCODINGS as readonly unknown[]).includes(value);
}

/** The encoding of a protocol whose agreements have no other. @throws CodecError `ERR_CODEC_UNKNOWN` */
export function sampleEncodingOf({ encoding }: Pick<WireDirection, "encoding">): SampleEncoding {
  if (isSampleEncoding(encoding)) return encoding;
  throw new CodecError("ERR_CODEC_UNKNOWN", `${encoding} is spoken on the binary protocol only.`);
}

/** One direction of a `format`. pcm16 is little-endian. */
export interface WireDirection {
  encoding: WireEncoding;
  sample_rate: number;
  frame_ms: number;
  /** Whether silence may be left out, and what it sounds like said (RFC 3389): of G.711 on the binary protocol alone. */
  comfort_noise?: true;
}

/** The beginnings of a usual media message: compact, and as Python's json.dumps writes it. */
export const MEDIA_PREFIXES: readonly string[] = [
  '{"event":"media","media":{"payload":"',
  '{"event": "media", "media": {"payload": "',
];

/** The end of a usual media message. */
export const MEDIA_SUFFIX = '"}}';

/** The route of this protocol below the server's path. */
export const FASTRTC_ROUTE = "/websocket/offer";

/** An id is 1 to 128 characters without control characters. */
export const MAX_ID_LENGTH = 128;
