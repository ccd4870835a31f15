/**
 * The packets of `voxwire.v1`, the binary protocol: one WebSocket message, a header of 12 bytes, then the payload. All
 * fields are little-endian.
 *
 * | bytes | field                                                                             |
 * | ----- | --------------------------------------------------------------------------------- |
 * | 0     | version, 1                                                                        |
 * | 1     | type: 1 audio, 2 control, 3 mark, 4 clear, 5 ping, 6 pong                          |
 * | 2     | codec of audio: 1 mulaw, 2 alaw, 3 pcm16, 4 opus, 5 g722; 0 in all other types    |
 * | 3     | flags of audio: bit 0 the first frame after a silence, bit 1 the payload is comfort noise; others 0 |
 * | 4-7   | sequence number, uint32, wraps; counts the audio packets of its direction         |
 * | 8-11  | time stamp of the first sample, uint32, wraps; in samples at the direction's rate |
 *
 * A control's payload is a message of the JSON protocol, UTF-8; a mark's is its name, UTF-8. A pong gives the ping's
 * sequence number and time stamp back.
 */
import type { WireEncoding } from "./fastrtc-shapes.ts";

/** The WebSocket subprotocol that client and server agree on. */
export const BINARY_SUBPROTOCOL = "voxwire.v1";
/** The route of this protocol below the server's path. */
export const BINARY_ROUTE = "/stream";

export const PACKET_HEADER_BYTES = 12;
const VERSION = 1;

export const PACKET_TYPES = { audio: 1, control: 2, mark: 3, clear: 4, ping: 5, pong: 6 } as const;

/** Codecs by their number. */
export const PACKET_CODECS: Readonly<Record<WireEncoding, number>> = {
  mulaw: 1,
  alaw: 2,
  pcm16: 3,
  opus: 4,
  g722: 5,
};

/** Every codec that has a number, for messages. */
const CODEC_NAMES: readonly string[] = ["none", "mulaw", "alaw", "pcm16", "opus", "g722"];

/** Flags of audio; see the table. */
export const TALK_SPURT = 1;
export const COMFORT_NOISE = 2;

/** Whether a packet that has a whole header is audio whose payload is comfort noise. */
export function isComfortNoise(packet: Uint8Array): boolean {
  return (packet[3]! & COMFORT_NOISE) !== 0;
}

/** What a person calls a codec's number. */
export function codecName(codec: number): string {
  return CODEC_NAMES[codec] ?? "unknown";
}

/** The type of a packet; -1 where it is shorter than a header or of another version. */
export function packetType(packet: Uint8Array): number {
  return packet.length >= PACKET_HEADER_BYTES && packet[0] === VERSION ? packet[1]! : -1;
}

/** The sequence number of a packet that has a whole header. */
export function packetSequence(packet: Uint8Array): number {
  return readUint32(packet, 4);
}

/** The time stamp of a packet that has a whole header. */
export function packetTimestamp(packet: Uint8Array): number {
  return readUint32(packet, 8);
}

/** Writes a header into `out` at `offset`. Counters wrap at 2^32. No allocation. */
export function writeHeader(
  out: Uint8Array,
  offset: number,
  type: number,
  codec: number,
  sequence: number,
  timestamp: number,
  flags = 0,
): void {
  out[offset] = VERSION;
  out[offset + 1] = type;
  out[offset + 2] = codec;
  out[offset + 3] = flags;
  writeUint32(out, offset + 4, sequence);
  writeUint32(out, offset + 8, timestamp);
}

/** A packet without audio. */
export function packet(type: number, payload: Uint8Array = NOTHING, sequence = 0, timestamp = 0): Uint8Array {
  const bytes = new Uint8Array(PACKET_HEADER_BYTES + payload.length);
  writeHeader(bytes, 0, type, 0, sequence, timestamp);
  bytes.set(payload, PACKET_HEADER_BYTES);
  return bytes;
}

/** A packet whose payload is text: a control, or a mark. */
export function textPacket(type: number, text: string): Uint8Array {
  return packet(type, utf8.encode(text));
}

/** What comes after the header. */
export function packetPayload(packet: Uint8Array): Uint8Array {
  return packet.subarray(PACKET_HEADER_BYTES);
}

/** A payload that is text, or undefined where it is not UTF-8. */
export function packetText(packet: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(packetPayload(packet));
  } catch {
    return undefined;
  }
}

const NOTHING = new Uint8Array(0);
const utf8 = new TextEncoder();
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

function readUint32(bytes: Uint8Array, at: number): number {
  return (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
}

/** Also right for counters beyond 2^32, which are whole numbers in float64: the store keeps the low bits. */
function writeUint32(bytes: Uint8Array, at: number, value: number): void {
  const low = value >>> 0;
  bytes[at] = low;
  bytes[at + 1] = low >>> 8;
  bytes[at + 2] = low >>> 16;
  bytes[at + 3] = low >>> 24;
}
