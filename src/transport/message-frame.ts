/**
 * The header of an unfragmented, unmasked WebSocket frame (RFC 6455, section 5.2).
 *
 * Media goes to the upgraded socket as one buffer with its header in front: `ws` would hand header and payload over as two
 * chunks, with an object for each and a gathering write. The two writers may take turns on one socket, because without
 * compression and fragments `ws` too hands each frame on whole, within the call.
 */

/** Bytes of the header before a payload of `payloadBytes`. */
export function headerBytes(payloadBytes: number): number {
  return payloadBytes < 126 ? 2 : payloadBytes < 65536 ? 4 : 10;
}

/** Writes the header at the beginning of `out`. */
export function writeHeader(out: Uint8Array, payloadBytes: number, isBinary: boolean): void {
  // the whole of a message, binary or text
  out[0] = isBinary ? 0x82 : 0x81;
  if (payloadBytes < 126) {
    out[1] = payloadBytes;
  } else if (payloadBytes < 65536) {
    out[1] = 126;
    out[2] = payloadBytes >>> 8;
    out[3] = payloadBytes & 0xff;
  } else {
    out[1] = 127;
    out.fill(0, 2, 6);
    out[6] = payloadBytes >>> 24;
    out[7] = (payloadBytes >>> 16) & 0xff;
    out[8] = (payloadBytes >>> 8) & 0xff;
    out[9] = payloadBytes & 0xff;
  }
}
