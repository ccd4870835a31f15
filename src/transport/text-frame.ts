/**
 * The header of an unfragmented, unmasked WebSocket text frame (RFC 6455, section 5.2).
 *
 * Media goes to the upgraded socket as one buffer with its header in front: `ws` would hand header and text over as two
 * chunks, with an object for each and a gathering write. The two writers may take turns on one socket, because without
 * compression and fragments `ws` too hands each frame on whole, within the call.
 */

/** Bytes of the header before a text of `textBytes`. */
export function headerBytes(textBytes: number): number {
  return textBytes < 126 ? 2 : textBytes < 65536 ? 4 : 10;
}

/** Writes the header at the beginning of `out`. */
export function writeHeader(out: Uint8Array, textBytes: number): void {
  // the whole of a text message
  out[0] = 0x81;
  if (textBytes < 126) {
    out[1] = textBytes;
  } else if (textBytes < 65536) {
    out[1] = 126;
    out[2] = textBytes >>> 8;
    out[3] = textBytes & 0xff;
  } else {
    out[1] = 127;
    out.fill(0, 2, 6);
    out[6] = textBytes >>> 24;
    out[7] = (textBytes >>> 16) & 0xff;
    out[8] = (textBytes >>> 8) & 0xff;
    out[9] = textBytes & 0xff;
  }
}
