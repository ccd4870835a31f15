/**
 * The FastRTC JSON protocol's fixed shapes, shared by its two ends (`fastrtc-server.ts`, `fastrtc-client.ts`).
 *
 * Old clients send no `format` and get nothing that FastRTC 0.0.34 does not send. A client that puts `format` into its
 * `start` gets `started`, sequence numbers, `clear` and marks.
 */

/** How samples are written on the wire. */
export type WireEncoding = "mulaw" | "alaw" | "pcm16";

export const WIRE_ENCODINGS: readonly WireEncoding[] = ["mulaw", "alaw", "pcm16"];

/** One direction of a `format`. pcm16 is little-endian. */
export interface WireDirection {
  encoding: WireEncoding;
  sample_rate: number;
  frame_ms: number;
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
