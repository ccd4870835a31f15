/**
 * The kernels of sample formats and G.711 in plain TypeScript: the fallback where WebAssembly is refused, and the reference
 * that the WebAssembly kernels are tested against, bit for bit.
 */
import type { SampleKernels } from "../kernels.ts";

const MULAW_BIAS = 132;

/** float32 that is already scaled -> int16: rounded half to even, saturated, NaN to 0. */
function roundToInt16(x: number): number {
  if (Number.isNaN(x)) return 0;
  if (x >= 32767) return 32767;
  if (x <= -32768) return -32768;
  // adding and taking away 1.5 * 2^52 leaves a double rounded half to even
  return x + 6755399441055744 - 6755399441055744;
}

function truncateToInt16(x: number): number {
  if (Number.isNaN(x)) return 0;
  return x >= 32767 ? 32767 : x <= -32768 ? -32768 : Math.trunc(x);
}

function mulawSample(x: number, bias: number): number {
  const magnitude = Math.min(Math.max(x + MULAW_BIAS, bias - x), 32767);
  const segment = 24 - Math.clz32(magnitude);
  return ((segment << 4) | ((magnitude >> (segment + 3)) & 15)) ^ (x < 0 ? 0x7f : 0xff);
}

function mulawByte(code: number): number {
  const u = ~code & 0xff;
  const magnitude = ((((u & 15) << 3) + MULAW_BIAS) << ((u >> 4) & 7)) - MULAW_BIAS;
  return (u & 0x80) !== 0 ? -magnitude : magnitude;
}

function alawSample(x: number, bias: number): number {
  const magnitude = Math.min(Math.max(x, bias - x), 32767);
  const segment = 24 - Math.clz32(magnitude | 1);
  const code = magnitude < 256 ? magnitude >> 4 : (segment << 4) | ((magnitude >> (segment + 3)) & 15);
  return code ^ (x < 0 ? 0x55 : 0xd5);
}

function alawByte(code: number): number {
  const index = (code ^ 0x55) & 0x7f;
  const segment = index >> 4;
  const low = ((index & 15) << 4) + 8;
  const magnitude = segment === 0 ? low : (low + 256) << (segment - 1);
  return (code & 0x80) !== 0 ? magnitude : -magnitude;
}

/** The kernels over `buffer`. */
export function createSampleTwins(buffer: ArrayBuffer): SampleKernels {
  const u8 = new Uint8Array(buffer);
  const i16 = new Int16Array(buffer);
  const f32 = new Float32Array(buffer);
  const float1 = new Float32Array(1);

  return {
    floatToInt16(src, dst, n) {
      for (let i = 0, s = src >> 2, d = dst >> 1; i < n; i++) i16[d++] = roundToInt16(f32[s++]! * 32768);
    },
    floatToInt16Fastrtc(src, dst, n) {
      for (let i = 0, s = src >> 2, d = dst >> 1; i < n; i++) {
        i16[d++] = truncateToInt16(Math.fround(f32[s++]! * 32767));
      }
    },
    int16ToFloat(src, dst, n) {
      for (let i = 0, s = src >> 1, d = dst >> 2; i < n; i++) f32[d++] = i16[s++]! / 32768;
    },
    mixInt16(a, b, dst, n) {
      for (let i = 0, x = a >> 1, y = b >> 1, d = dst >> 1; i < n; i++) {
        i16[d++] = Math.max(-32768, Math.min(32767, i16[x++]! + i16[y++]!));
      }
    },
    mixFloat(a, b, dst, n) {
      for (let i = 0, x = a >> 2, y = b >> 2, d = dst >> 2; i < n; i++) f32[d++] = f32[x++]! + f32[y++]!;
    },
    gainInt16(src, dst, n, gain) {
      float1[0] = gain;
      const k = float1[0]!;
      for (let i = 0, s = src >> 1, d = dst >> 1; i < n; i++)
        i16[d++] = roundToInt16(Math.fround(i16[s++]! * k));
    },
    gainFloat(src, dst, n, gain) {
      float1[0] = gain;
      const k = float1[0]!;
      for (let i = 0, s = src >> 2, d = dst >> 2; i < n; i++) f32[d++] = f32[s++]! * k;
    },
    mulawEncode(src, dst, n, bias) {
      for (let i = 0, s = src >> 1; i < n; i++) u8[dst + i] = mulawSample(i16[s++]!, bias);
    },
    mulawDecode(src, dst, n) {
      for (let i = 0, d = dst >> 1; i < n; i++) i16[d++] = mulawByte(u8[src + i]!);
    },
    alawEncode(src, dst, n, bias) {
      for (let i = 0, s = src >> 1; i < n; i++) u8[dst + i] = alawSample(i16[s++]!, bias);
    },
    alawDecode(src, dst, n) {
      for (let i = 0, d = dst >> 1; i < n; i++) i16[d++] = alawByte(u8[src + i]!);
    },
  };
}
