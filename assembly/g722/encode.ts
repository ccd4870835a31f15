// G.722 at 64 kbit/s, 16 kHz samples to bytes (ITU-T Recommendation G.722, clause 3): a quadrature mirror filter parts
// two bands of 8 kHz; the lower takes six bits of each byte, the upper the two above them.
import { adaptHigh, adaptLow } from "./bands";
import { BLOCK_SAMPLES, HIGH_BAND, HISTORY_BYTES, LOW_BAND, qmf, SCALE, SIGNAL_ESTIMATE, WINDOW } from "./memory";
import { saturate } from "./predictor";

/** Decision levels of the lower band, in 28 lanes and one over. */
const LEVELS: StaticArray<i32> = [
  35, 72, 110, 150, 190, 233, 276, 323, 370, 422, 473, 530, 587, 650, 714, 786, 858, 940, 1023, 1121, 1219, 1339, 1458,
  1612, 1765, 1980, 2195, 2557, 2919,
];

/** How many of the four scaled levels from `first` the magnitude reaches, as negative counts in four lanes. */
// @ts-ignore: decorator
@inline function reached(first: usize, scale: v128, magnitude: v128): v128 {
  const levels = v128.load(changetype<usize>(LEVELS) + first * 4);
  return i32x4.ge_s(magnitude, i32x4.shr_s(i32x4.mul(levels, scale), 12));
}

// @ts-ignore: decorator
@inline function lowCode(band: usize, sample: i32): i32 {
  const difference = saturate(sample - load<i32>(band, SIGNAL_ESTIMATE));
  const sign = difference >> 31;
  const magnitude = difference ^ sign;
  const factor = load<i32>(band, SCALE);
  const scale = i32x4.splat(factor);
  const wanted = i32x4.splat(magnitude);
  const a = i32x4.add(reached(0, scale, wanted), reached(4, scale, wanted));
  const b = i32x4.add(reached(8, scale, wanted), reached(12, scale, wanted));
  const c = i32x4.add(reached(16, scale, wanted), reached(20, scale, wanted));
  const four = i32x4.add(i32x4.add(a, b), i32x4.add(c, reached(24, scale, wanted)));
  const two = i32x4.add(four, v128.shuffle<i32>(four, four, 2, 3, 0, 1));
  const level =
    i32(magnitude >= (load<i32>(changetype<usize>(LEVELS) + 112) * factor) >> 12) -
    i32x4.extract_lane(two, 0) - i32x4.extract_lane(two, 1);
  // positive codes count down from 61, negative ones from 63, 62 and then from 31
  return sign == 0 ? 61 - level : level < 2 ? 63 - level : 33 - level;
}

// @ts-ignore: decorator
@inline function highCode(band: usize, sample: i32): i32 {
  const difference = saturate(sample - load<i32>(band, SIGNAL_ESTIMATE));
  const sign = difference >> 31;
  const isFar = (difference ^ sign) >= (564 * load<i32>(band, SCALE)) >> 12;
  return (sign == 0 ? 3 : 1) - i32(isFar);
}

// @ts-ignore: decorator
@inline function sum(x: v128): i32 {
  const two = i32x4.add(x, v128.shuffle<i32>(x, x, 2, 3, 0, 1));
  return i32x4.extract_lane(two, 0) + i32x4.extract_lane(two, 1);
}

/** Encodes `n` samples, an even number, into n / 2 bytes. */
export function g722Encode(state: usize, src: usize, dst: usize, n: i32): void {
  const low = state + LOW_BAND;
  const high = state + HIGH_BAND;
  const window = state + WINDOW;
  const c0 = qmf(0);
  const c1 = qmf(8);
  const c2 = qmf(16);
  // the upper band is the difference of what the odd and the even places give
  const turn = i32x4.splat(0x0000ffff);
  while (n > 0) {
    const samples = min(n, BLOCK_SAMPLES);
    memory.copy(window + HISTORY_BYTES, src, <usize>samples * 2);
    let at = window;
    const end = at + <usize>samples * 2;
    while (at < end) {
      const x0 = v128.load(at);
      const x1 = v128.load(at, 16);
      const x2 = v128.load(at, 32);
      const pairs = i32x4.add(i32x4.add(i32x4.dot_i16x8_s(x0, c0), i32x4.dot_i16x8_s(x1, c1)), i32x4.dot_i16x8_s(x2, c2));
      const evens = i32x4.add(
        i32x4.add(i32x4.dot_i16x8_s(x0, v128.and(c0, turn)), i32x4.dot_i16x8_s(x1, v128.and(c1, turn))),
        i32x4.dot_i16x8_s(x2, v128.and(c2, turn)),
      );
      const both = sum(pairs);
      const even = sum(evens);
      const lowCoded = lowCode(low, both >> 14);
      const highCoded = highCode(high, (both - (even << 1)) >> 14);
      adaptLow(low, lowCoded);
      adaptHigh(high, highCoded);
      store<u8>(dst++, <u8>((highCoded << 6) | lowCoded));
      at += 4;
    }
    memory.copy(window, end, HISTORY_BYTES);
    src += <usize>samples * 2;
    n -= samples;
  }
}

/** A new stream's state: predictors at 0, scale factors at their least. */
export function g722Reset(state: usize): void {
  memory.fill(state, 0, WINDOW + HISTORY_BYTES);
  store<i32>(state + LOW_BAND, 32, SCALE);
  store<i32>(state + HIGH_BAND, 8, SCALE);
}
