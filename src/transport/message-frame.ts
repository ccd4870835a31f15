/**
 * The header of an unfragmented, unmasked WebSocket frame (RFC 6455, section 5.2).
 *
 * Media goes to the upgraded socket as one buffer with its header in front (see `frame-slots.ts`): `ws` would hand header and payload over as two
 * chunks, with an object for each and a gathering write. The two writers may take turns on one socket, because without
 * compression and fragments `ws` too hands each frame on whole, within the call.
 */

/** The longest header. */
export const MAX_HEADER_BYTES = 10;

/** Bytes of the header before a payload of `payloadBytes`. */
export function headerBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes < 65536 ? 4 : 10;
}

/** Writes the header into `out` at `offset`. */
export function writeHeader(out: Uint8Array, offset: number, payloadBytes: number, isBinary: boolean): void {
  // the whole of a message, binary or text
  out[offset] = isBinary ? 0x82 : 0x81;
  if (payloadBytes < 126) {
    out[offset + 1] = payloadBytes;
  } else if (payloadBytes < 65536) {
    out[offset + 1] = 126;
    out[offset + 2] = payloadBytes >>> 8;
    out[offset + 3] = payloadBytes;
  } else {
    out[offset + 1] = 127;
    out.fill(0, offset + 2, offset + 6);
    out[offset + 6] = payloadBytes >>> 24;
    out[offset + 7] = payloadBytes >>> 16;
    out[offset + 8] = payloadBytes >>> 8;
    out[offset + 9] = payloadBytes;
  }
}
