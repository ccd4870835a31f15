/** Two channels apart and together in plain TypeScript, bit for bit as the kernels. */
import type { PairKernels } from "../resampler/spectral-kernels.ts";

type ChannelKernels = Pick<PairKernels, "splitFloats" | "splitInt16s" | "joinFloats" | "joinInt16s">;

/** 1.5 * 2^52: adding and taking it away leaves a double rounded half to even. */
const ROUNDER = 6755399441055744;

/** The kernels over `buffer`. */
export function createChannelTwins(buffer: ArrayBuffer): ChannelKernels {
  const f32 = new Float32Array(buffer);
  const i16 = new Int16Array(buffer);
  return {
    splitFloats(src, left, right, n) {
      for (let i = 0; i < n; i++) {
        f32[(left >> 2) + i] = f32[(src >> 2) + 2 * i]!;
        f32[(right >> 2) + i] = f32[(src >> 2) + 2 * i + 1]!;
      }
    },
    splitInt16s(src, left, right, n) {
      for (let i = 0; i < n; i++) {
        f32[(left >> 2) + i] = i16[(src >> 1) + 2 * i]! / 32768;
        f32[(right >> 2) + i] = i16[(src >> 1) + 2 * i + 1]! / 32768;
      }
    },
    joinFloats(left, right, dst, n) {
      for (let i = 0; i < n; i++) {
        f32[(dst >> 2) + 2 * i] = f32[(left >> 2) + i]!;
        f32[(dst >> 2) + 2 * i + 1] = f32[(right >> 2) + i]!;
      }
    },
    joinInt16s(left, right, dst, n) {
      for (let i = 0; i < n; i++) {
        i16[(dst >> 1) + 2 * i] = rounded(f32[(left >> 2) + i]!);
        i16[(dst >> 1) + 2 * i + 1] = rounded(f32[(right >> 2) + i]!);
      }
    },
  };
}

/** Times 32768, half to even, saturated; NaN becomes 0 in the array that it goes to. */
function rounded(x: number): number {
  return Math.max(-32768, Math.min(32767, 32768 * x)) + ROUNDER - ROUNDER;
}
