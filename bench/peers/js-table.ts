/**
 * G.711 as fast as plain JavaScript does it: a table of all 65,536 samples, one of all 256 codes. Tables are constants of
 * this module and each law has functions of its own, so that V8 sees one table and one type of array in each.
 */

/** mu-law in the Sun convention, by the recommendation's decision values: bias 132, segments by powers of two. */
function mulawFromSample(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32635) + 132;
  const segment = Math.floor(Math.log2(magnitude)) - 7;
  const code = segment * 16 + (Math.floor(magnitude / 2 ** (segment + 3)) % 16);
  return (sample < 0 ? code + 128 : code) ^ 0xff;
}

function mulawToSample(code: number): number {
  const bits = code ^ 0xff;
  const magnitude = ((bits % 16) * 8 + 132) * 2 ** ((bits >> 4) % 8) - 132;
  return bits >= 128 ? -magnitude : magnitude;
}

function alawFromSample(sample: number): number {
  const magnitude = Math.min(Math.abs(sample), 32767);
  const segment = magnitude < 256 ? 0 : Math.floor(Math.log2(magnitude)) - 7;
  const code = segment * 16 + (Math.floor(magnitude / 2 ** Math.max(4, segment + 3)) % 16);
  return (sample < 0 ? code : code + 128) ^ 0x55;
}

function alawToSample(code: number): number {
  const bits = code ^ 0x55;
  const segment = (bits >> 4) % 8;
  const low = (bits % 16) * 16 + 8;
  const magnitude = segment === 0 ? low : (low + 256) * 2 ** (segment - 1);
  return bits >= 128 ? magnitude : -magnitude;
}

const MULAW_CODES = Uint8Array.from({ length: 65536 }, (_, bits) => mulawFromSample((bits << 16) >> 16));
const ALAW_CODES = Uint8Array.from({ length: 65536 }, (_, bits) => alawFromSample((bits << 16) >> 16));
const MULAW_SAMPLES = Int16Array.from({ length: 256 }, (_, code) => mulawToSample(code));
const ALAW_SAMPLES = Int16Array.from({ length: 256 }, (_, code) => alawToSample(code));

function tableMulawEncode(pcm: Int16Array, out: Uint8Array): void {
  for (let i = 0; i < pcm.length; i++) out[i] = MULAW_CODES[pcm[i]! & 0xffff]!;
}

function tableMulawDecode(bytes: Uint8Array, out: Int16Array): void {
  for (let i = 0; i < bytes.length; i++) out[i] = MULAW_SAMPLES[bytes[i]!]!;
}

function tableAlawEncode(pcm: Int16Array, out: Uint8Array): void {
  for (let i = 0; i < pcm.length; i++) out[i] = ALAW_CODES[pcm[i]! & 0xffff]!;
}

function tableAlawDecode(bytes: Uint8Array, out: Int16Array): void {
  for (let i = 0; i < bytes.length; i++) out[i] = ALAW_SAMPLES[bytes[i]!]!;
}

/** Both laws by name. */
export const TABLES = {
  mulaw: { encode: tableMulawEncode, decode: tableMulawDecode },
  alaw: { encode: tableAlawEncode, decode: tableAlawDecode },
} as const;
