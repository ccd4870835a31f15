/** What the first bytes of an Opus packet say (RFC 6716, sections 3.1, 3.2 and 4.2.3), without decoding it. */

/** Hundredths of a ms by the low bits of a configuration: SILK has four, hybrid two, CELT four. */
const SILK_FRAME = [1000, 2000, 4000, 6000] as const;
const CELT_FRAME = [250, 500, 1000, 2000] as const;
const FIRST_HYBRID = 12;
const FIRST_CELT = 16;
const MOST_MS = 120;
/** What tells of one frame that fills its packet. */
const ONE_FRAME = 0;
const ANY_NUMBER = 3;

/**
 * Samples that a packet holds at `sampleRate`, or -1 for what is none. No allocation.
 * @param sampleRate Hz: 8000, 12000, 16000, 24000 or 48000
 */
export function opusSamplesIn(packet: Uint8Array, sampleRate: number): number {
  if (packet.length === 0) return -1;
  const frames = framesIn(packet);
  const durationMs = (frames * frameHundredths(packet[0]! >> 3)) / 100;
  return frames === 0 || durationMs > MOST_MS ? -1 : (durationMs * sampleRate) / 1000;
}

/**
 * Whether a mono packet carries the frame before it once more: the flag that comes first in a SILK frame's bits, behind one
 * for each 20 ms that says whether there is a voice. False where several frames share a packet.
 */
export function opusCarriesLast(packet: Uint8Array): boolean {
  if (packet.length < 2) return false;
  const toc = packet[0]!;
  const configuration = toc >> 3;
  if (configuration >= FIRST_CELT || (toc & 3) !== ONE_FRAME) return false;
  const parts = Math.max(1, frameHundredths(configuration) / 2000);
  return ((packet[1]! >> (7 - parts)) & 1) === 1;
}

function frameHundredths(configuration: number): number {
  if (configuration >= FIRST_CELT) return CELT_FRAME[configuration & 3]!;
  return configuration >= FIRST_HYBRID ? SILK_FRAME[configuration & 1]! : SILK_FRAME[configuration & 3]!;
}

function framesIn(packet: Uint8Array): number {
  const code = packet[0]! & 3;
  if (code === ONE_FRAME) return 1;
  if (code !== ANY_NUMBER) return 2;
  return packet.length < 2 ? 0 : packet[1]! & 63;
}
