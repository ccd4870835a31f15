/** What the sample formats must be, one sample at a time, by definition: shares nothing with the kernels or their twins. */
import { readFileSync } from "node:fs";

const golden = (name: string) => readFileSync(new URL(`../golden/g711/${name}.bin`, import.meta.url));

/** Nearest whole number, halves to the even one, held to int16, NaN to 0. */
export function roundedInt16(y: number): number {
  if (Number.isNaN(y)) return 0;
  if (y > 40000) return 32767;
  if (y < -40000) return -32768;
  const below = Math.floor(y);
  const rest = y - below;
  const nearest = rest > 0.5 || (rest === 0.5 && below % 2 !== 0) ? below + 1 : below;
  return clamped(nearest);
}

/** Towards zero, held to int16, NaN to 0. */
export function truncatedInt16(y: number): number {
  return Number.isNaN(y) ? 0 : clamped(Math.trunc(y));
}

/** Held to int16. */
export function clamped(x: number): number {
  return x > 32767 ? 32767 : x < -32768 ? -32768 : x + 0;
}

/** Reference tables of G.711, by the sample's bits and by the code. */
export const g711Tables = {
  mulawEncode: {
    g191: golden("ulaw_encode_g191"),
    audioop: golden("ulaw_encode_audioop"),
    sun: golden("ulaw_encode_sun"),
  },
  alawEncode: {
    g191: golden("alaw_encode_g191"),
    audioop: golden("alaw_encode_g191"),
    sun: golden("alaw_encode_sun"),
  },
  mulawDecode: int16s(golden("ulaw_decode_g191")),
  alawDecode: int16s(golden("alaw_decode_g191")),
};

function int16s(bytes: Buffer): Int16Array {
  return Int16Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(i * 2));
}
