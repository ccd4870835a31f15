// G.711 mu-law and A-law (ITU-T Recommendation G.711), sixteen samples at a time.
//
// Encoding. Both laws are a floating-point format in eight bits: a sign, a three-bit segment (an exponent) and four bits
// of mantissa. So the float32 conversion of the biased magnitude already holds the answer in bits 19 and up, and no
// table, no loop over segments and no leading-zero count is needed. Two int16 lanes share one 32-bit lane: the even one
// is shifted to the top, the odd one is converted as it stands with the even one below it. That is exact, because
// magnitudes stay below 2^15: bit 15 of the lower half is 0 and rounding to 24 bits cannot carry into the upper half.
//
// Conventions differ in how a negative sample becomes a magnitude, which one constant expresses (`bias`):
//   mu-law  magnitude + 132 = max(x + 132, bias - x): 131 for G.191 (one's complement), 132 for the Sun code
//           (two's complement), 135 for Python's audioop (which drops to 14 bits first)
//   A-law   magnitude = max(x, bias - x): -1 for G.191 and audioop, 0 for the Sun code
//
// Decoding multiplies the mantissa by a power of two looked up with one swizzle.

// @ts-ignore: decorator
@inline const MULAW_BIAS: i32 = 132;
/** Float exponent 150 is 2^23, that of the lowest mu-law segment (2^7) with its 16 extra bits; codes count down from 0xff. */
// @ts-ignore: decorator
@inline const MULAW_CODE_TOP: i16 = (150 << 4) + 0xff;
/** In A-law that exponent belongs to segment 0. */
// @ts-ignore: decorator
@inline const ALAW_EXPONENT_OFFSET: i16 = 150 << 4;

/** Exponent and the top four mantissa bits of eight int16 magnitudes: bits >> 19 of their float32 values, low 16 kept. */
// @ts-ignore: decorator
@inline function exponentAndMantissa(magnitude: v128): v128 {
  const even = i32x4.shr_u(f32x4.convert_i32x4_s(i32x4.shl(magnitude, 16)), 19);
  const odd = i32x4.shr_u(f32x4.convert_i32x4_s(magnitude), 3);
  return v128.shuffle<i16>(even, odd, 0, 9, 2, 11, 4, 13, 6, 15);
}

/** 0x80 in each of sixteen bytes whose sample is negative. */
// @ts-ignore: decorator
@inline function signBits(x0: v128, x1: v128): v128 {
  return v128.and(i8x16.narrow_i16x8_s(x0, x1), i8x16.splat(<i8>0x80));
}

// @ts-ignore: decorator
@inline function mulawVector(x0: v128, x1: v128, positive: v128, negative: v128): v128 {
  const top = i16x8.splat(MULAW_CODE_TOP);
  const m0 = i16x8.max_s(i16x8.add_sat_s(x0, positive), i16x8.sub_sat_s(negative, x0));
  const m1 = i16x8.max_s(i16x8.add_sat_s(x1, positive), i16x8.sub_sat_s(negative, x1));
  // 0x80..0xff in each lane, so that narrowing keeps it as it is
  const code = i8x16.narrow_i16x8_u(i16x8.sub(top, exponentAndMantissa(m0)), i16x8.sub(top, exponentAndMantissa(m1)));
  return v128.xor(code, signBits(x0, x1));
}

// @ts-ignore: decorator
@inline function mulawSample(x: i32, bias: i32): u8 {
  const magnitude = min(max(x + MULAW_BIAS, bias - x), 32767);
  const segment = 24 - clz(magnitude);
  return <u8>(((segment << 4) | ((magnitude >> (segment + 3)) & 15)) ^ (x < 0 ? 0x7f : 0xff));
}

/** n int16 samples -> n mu-law bytes. */
export function mulawEncode(src: usize, dst: usize, n: i32, bias: i32): void {
  if (n < 16) {
    for (let i = 0; i < n; i++) store<u8>(dst + <usize>i, mulawSample(<i32>load<i16>(src + ((<usize>i) << 1)), bias));
    return;
  }
  const positive = i16x8.splat(<i16>MULAW_BIAS);
  const negative = i16x8.splat(<i16>bias);
  const lastSrc = src + ((<usize>(n - 16)) << 1);
  const lastDst = dst + <usize>(n - 16);
  const tail = mulawVector(v128.load(lastSrc), v128.load(lastSrc, 16), positive, negative);
  while (src + 32 <= lastSrc) {
    v128.store(dst, mulawVector(v128.load(src), v128.load(src, 16), positive, negative));
    v128.store(dst, mulawVector(v128.load(src, 32), v128.load(src, 48), positive, negative), 16);
    src += 64;
    dst += 32;
  }
  if (src < lastSrc) v128.store(dst, mulawVector(v128.load(src), v128.load(src, 16), positive, negative));
  v128.store(lastDst, tail);
}

/** The mask of negative codes (bit 7 clear) of sixteen bytes, widened to two int16 vectors, negates by xor and subtract. */
// @ts-ignore: decorator
@inline function storeSigned(dst: usize, low: v128, high: v128, code: v128): void {
  const negative = i8x16.gt_s(code, i8x16.splat(-1));
  const n0 = v128.shuffle<i8>(negative, negative, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
  const n1 = v128.shuffle<i8>(negative, negative, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
  v128.store(dst, i16x8.sub(v128.xor(low, n0), n0));
  v128.store(dst, i16x8.sub(v128.xor(high, n1), n1), 16);
}

// @ts-ignore: decorator
@inline function mulawDecodeVector(dst: usize, code: v128): void {
  // indexed by the high nibble as transmitted (inverted): 2^segment, segment 7 first
  const power = i8x16(-128, 64, 32, 16, 8, 4, 2, 1, -128, 64, 32, 16, 8, 4, 2, 1);
  const scale = i8x16.swizzle(power, v128.and(i16x8.shr_u(code, 4), i8x16.splat(15)));
  // (mantissa << 3) + 132, from the inverted mantissa: 0x78 ^ 0xfc leaves 0x84 = 132
  const mantissa = v128.xor(v128.and(i16x8.shl(code, 3), i8x16.splat(0x78)), i8x16.splat(<i8>0xfc));
  const offset = i16x8.splat(<i16>MULAW_BIAS);
  storeSigned(
    dst,
    i16x8.sub(i16x8.extmul_low_i8x16_u(mantissa, scale), offset),
    i16x8.sub(i16x8.extmul_high_i8x16_u(mantissa, scale), offset),
    code,
  );
}

// @ts-ignore: decorator
@inline function mulawDecodeByte(code: u8): i16 {
  const u = ~(<i32>code);
  const magnitude = ((((u & 15) << 3) + MULAW_BIAS) << ((u >> 4) & 7)) - MULAW_BIAS;
  return <i16>((u & 0x80) != 0 ? -magnitude : magnitude);
}

/** n mu-law bytes -> n int16 samples. Widens, so it must not work in place. */
export function mulawDecode(src: usize, dst: usize, n: i32): void {
  if (n < 16) {
    for (let i = 0; i < n; i++) store<i16>(dst + ((<usize>i) << 1), mulawDecodeByte(load<u8>(src + <usize>i)));
    return;
  }
  const lastSrc = src + <usize>(n - 16);
  const lastDst = dst + ((<usize>(n - 16)) << 1);
  while (src + 16 <= lastSrc) {
    mulawDecodeVector(dst, v128.load(src));
    mulawDecodeVector(dst + 32, v128.load(src, 16));
    src += 32;
    dst += 64;
  }
  if (src < lastSrc) mulawDecodeVector(dst, v128.load(src));
  mulawDecodeVector(lastDst, v128.load(lastSrc));
}

// @ts-ignore: decorator
@inline function alawMagnitudeCode(x: v128, bias: v128): v128 {
  const magnitude = i16x8.max_s(x, i16x8.sub_sat_s(bias, x));
  const exponent = i16x8.sub_sat_u(exponentAndMantissa(magnitude), i16x8.splat(ALAW_EXPONENT_OFFSET));
  // below 256 the law is linear: segment 0 is the magnitude itself in steps of 16
  return i16x8.max_s(exponent, i16x8.min_s(i16x8.shr_u(magnitude, 4), i16x8.splat(16)));
}

// @ts-ignore: decorator
@inline function alawVector(x0: v128, x1: v128, bias: v128): v128 {
  const code = i8x16.narrow_i16x8_u(alawMagnitudeCode(x0, bias), alawMagnitudeCode(x1, bias));
  return v128.xor(v128.xor(code, i8x16.splat(<i8>0xd5)), signBits(x0, x1));
}

// @ts-ignore: decorator
@inline function alawSample(x: i32, bias: i32): u8 {
  const magnitude = min(max(x, bias - x), 32767);
  const segment = 24 - clz(magnitude | 1);
  const code = magnitude < 256 ? magnitude >> 4 : (segment << 4) | ((magnitude >> (segment + 3)) & 15);
  return <u8>(code ^ (x < 0 ? 0x55 : 0xd5));
}

/** n int16 samples -> n A-law bytes. */
export function alawEncode(src: usize, dst: usize, n: i32, bias: i32): void {
  if (n < 16) {
    for (let i = 0; i < n; i++) store<u8>(dst + <usize>i, alawSample(<i32>load<i16>(src + ((<usize>i) << 1)), bias));
    return;
  }
  const negative = i16x8.splat(<i16>bias);
  const lastSrc = src + ((<usize>(n - 16)) << 1);
  const lastDst = dst + <usize>(n - 16);
  const tail = alawVector(v128.load(lastSrc), v128.load(lastSrc, 16), negative);
  while (src + 32 <= lastSrc) {
    v128.store(dst, alawVector(v128.load(src), v128.load(src, 16), negative));
    v128.store(dst, alawVector(v128.load(src, 32), v128.load(src, 48), negative), 16);
    src += 64;
    dst += 32;
  }
  if (src < lastSrc) v128.store(dst, alawVector(v128.load(src), v128.load(src, 16), negative));
  v128.store(lastDst, tail);
}

// @ts-ignore: decorator
@inline function alawDecodeVector(dst: usize, code: v128): void {
  // indexed by the high nibble as transmitted; the real segment is (nibble ^ 5) & 7
  const power = i8x16(32, 16, -128, 64, 2, 2, 8, 4, 32, 16, -128, 64, 2, 2, 8, 4);
  // undoes the even-bit inversion of the mantissa and adds the implied leading bit, which segment 0 does not have
  const restore = i8x16(
    <i8>0xac, <i8>0xac, <i8>0xac, <i8>0xac, <i8>0xac, 0x2c, <i8>0xac, <i8>0xac,
    <i8>0xac, <i8>0xac, <i8>0xac, <i8>0xac, <i8>0xac, 0x2c, <i8>0xac, <i8>0xac,
  );
  const nibble = v128.and(i16x8.shr_u(code, 4), i8x16.splat(15));
  const scale = i8x16.swizzle(power, nibble);
  const mantissa = v128.xor(v128.and(i16x8.shl(code, 3), i8x16.splat(0x78)), i8x16.swizzle(restore, nibble));
  storeSigned(dst, i16x8.extmul_low_i8x16_u(mantissa, scale), i16x8.extmul_high_i8x16_u(mantissa, scale), code);
}

// @ts-ignore: decorator
@inline function alawDecodeByte(code: u8): i16 {
  const index = (<i32>code ^ 0x55) & 0x7f;
  const segment = index >> 4;
  let magnitude = ((index & 15) << 4) + 8;
  if (segment > 0) magnitude = (magnitude + 256) << (segment - 1);
  return <i16>((code & 0x80) != 0 ? magnitude : -magnitude);
}

/** n A-law bytes -> n int16 samples. Widens, so it must not work in place. */
export function alawDecode(src: usize, dst: usize, n: i32): void {
  if (n < 16) {
    for (let i = 0; i < n; i++) store<i16>(dst + ((<usize>i) << 1), alawDecodeByte(load<u8>(src + <usize>i)));
    return;
  }
  const lastSrc = src + <usize>(n - 16);
  const lastDst = dst + ((<usize>(n - 16)) << 1);
  while (src + 16 <= lastSrc) {
    alawDecodeVector(dst, v128.load(src));
    alawDecodeVector(dst + 32, v128.load(src, 16));
    src += 32;
    dst += 64;
  }
  if (src < lastSrc) alawDecodeVector(dst, v128.load(src));
  alawDecodeVector(lastDst, v128.load(lastSrc));
}
