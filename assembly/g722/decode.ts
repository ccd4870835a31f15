// G.722 at 64 kbit/s, bytes to 16 kHz samples (ITU-T Recommendation G.722, clause 4).
import { adaptHigh, adaptLow, highDifference, lowDifference } from "./bands";
import { BLOCK_SAMPLES, HIGH_BAND, HISTORY_BYTES, LOW_BAND, qmf, SIGNAL_ESTIMATE, WINDOW } from "./memory";

// @ts-ignore: decorator
@inline function limited(x: i32): i32 {
  return max(min(x, 16383), -16384);
}

/** Decodes `n` bytes into 2 n samples. */
export function g722Decode(state: usize, src: usize, dst: usize, n: i32): void {
  const low = state + LOW_BAND;
  const high = state + HIGH_BAND;
  const window = state + WINDOW;
  const c0 = qmf(0);
  const c1 = qmf(8);
  const c2 = qmf(16);
  const isEven = i32x4.splat(0x0000ffff);
  while (n > 0) {
    const codes = min(n, BLOCK_SAMPLES / 2);
    let at = window;
    const end = at + <usize>codes * 4;
    while (at < end) {
      const code = <i32>load<u8>(src++);
      const lowCoded = code & 63;
      const highCoded = code >> 6;
      const lowSignal = limited(load<i32>(low, SIGNAL_ESTIMATE) + lowDifference(low, lowCoded));
      const highSignal = limited(load<i32>(high, SIGNAL_ESTIMATE) + highDifference(high, highCoded));
      adaptLow(low, lowCoded);
      adaptHigh(high, highCoded);
      store<i16>(at, <i16>(lowSignal + highSignal), HISTORY_BYTES);
      store<i16>(at, <i16>(lowSignal - highSignal), HISTORY_BYTES + 2);

      const y0 = v128.load(at);
      const y1 = v128.load(at, 16);
      const y2 = v128.load(at, 32);
      const d0 = i32x4.dot_i16x8_s(y0, v128.and(c0, isEven));
      const d1 = i32x4.dot_i16x8_s(y1, v128.and(c1, isEven));
      const d2 = i32x4.dot_i16x8_s(y2, v128.and(c2, isEven));
      const o0 = i32x4.dot_i16x8_s(y0, v128.andnot(c0, isEven));
      const o1 = i32x4.dot_i16x8_s(y1, v128.andnot(c1, isEven));
      const o2 = i32x4.dot_i16x8_s(y2, v128.andnot(c2, isEven));
      const even = i32x4.add(i32x4.add(d0, d1), d2);
      const odd = i32x4.add(i32x4.add(o0, o1), o2);
      const four = i32x4.add(v128.shuffle<i32>(odd, even, 0, 1, 4, 5), v128.shuffle<i32>(odd, even, 2, 3, 6, 7));
      const two = i32x4.shr_s(i32x4.add(v128.shuffle<i32>(four, four, 0, 2, 0, 2), v128.shuffle<i32>(four, four, 1, 3, 1, 3)), 11);
      v128.store32_lane(dst, i16x8.narrow_i32x4_s(two, two), 0);
      dst += 4;
      at += 4;
    }
    memory.copy(window, end, HISTORY_BYTES);
    n -= codes;
  }
}
