// Base64 (RFC 4648, section 4) with SIMD, after the arithmetic that W. Mula and D. Lemire describe in "Faster Base64
// Encoding and Decoding Using AVX2 Instructions" (ACM Transactions on the Web, 2018): 12 bytes <-> 16 characters a turn.

const ALPHABET = memory.data<u8>([
  65, 66, 67, 68, 69, 70, 71, 72, 73, 74, 75, 76, 77, 78, 79, 80, 81, 82, 83, 84, 85, 86, 87, 88, 89, 90, 97, 98, 99, 100,
  101, 102, 103, 104, 105, 106, 107, 108, 109, 110, 111, 112, 113, 114, 115, 116, 117, 118, 119, 120, 121, 122, 48, 49, 50,
  51, 52, 53, 54, 55, 56, 57, 43, 47,
]);
// @ts-ignore: decorator
@inline const PAD: i32 = 61;

/** The low 12 bytes of a vector -> 16 characters. */
// @ts-ignore: decorator
@inline function encodeVector(bytes: v128): v128 {
  // per 32-bit lane the bytes 1 0 2 1, so that two 16-bit shifts reach all four sextets
  const p = i8x16.swizzle(bytes, i8x16(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10));
  const first = v128.or(
    v128.and(i32x4.shr_u(p, 10), i32x4.splat(0x0000003f)),
    v128.and(i32x4.shr_u(p, 6), i32x4.splat(0x003f0000)),
  );
  const sextets = v128.or(first, i16x8.mul(v128.and(p, i32x4.splat(0x003f03f0)), i32x4.splat(0x01000010)));
  // one table index per range: 0 for a-z, 1..10 for digits, 11 '+', 12 '/', 13 for A-Z
  const range = v128.or(
    i8x16.sub_sat_u(sextets, i8x16.splat(51)),
    v128.and(i8x16.lt_s(sextets, i8x16.splat(26)), i8x16.splat(13)),
  );
  const shift = i8x16(71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 65, 0, 0);
  return i8x16.add(i8x16.swizzle(shift, range), sextets);
}

// @ts-ignore: decorator
@inline function letter(sextet: u32): u8 {
  return load<u8>(ALPHABET + <usize>sextet);
}

/** n bytes -> padded Base64; returns the number of characters, 4 * ceil(n / 3). Reads up to 4 bytes past its last vector. */
export function base64Encode(src: usize, dst: usize, n: i32): i32 {
  const start = dst;
  const end = src + <usize>n;
  while (src + 52 <= end) {
    v128.store(dst, encodeVector(v128.load(src)));
    v128.store(dst, encodeVector(v128.load(src, 12)), 16);
    v128.store(dst, encodeVector(v128.load(src, 24)), 32);
    v128.store(dst, encodeVector(v128.load(src, 36)), 48);
    src += 48;
    dst += 64;
  }
  while (src + 16 <= end) {
    v128.store(dst, encodeVector(v128.load(src)));
    src += 12;
    dst += 16;
  }
  while (src + 3 <= end) {
    const w = (<u32>load<u8>(src) << 16) | (<u32>load<u8>(src, 1) << 8) | <u32>load<u8>(src, 2);
    store<u8>(dst, letter(w >> 18));
    store<u8>(dst, letter((w >> 12) & 63), 1);
    store<u8>(dst, letter((w >> 6) & 63), 2);
    store<u8>(dst, letter(w & 63), 3);
    src += 3;
    dst += 4;
  }
  if (src < end) {
    const two = src + 2 == end;
    const w = (<u32>load<u8>(src) << 16) | (two ? <u32>load<u8>(src, 1) << 8 : 0);
    store<u8>(dst, letter(w >> 18));
    store<u8>(dst, letter((w >> 12) & 63), 1);
    store<u8>(dst, two ? letter((w >> 6) & 63) : <u8>PAD, 2);
    store<u8>(dst, <u8>PAD, 3);
    dst += 4;
  }
  return <i32>(dst - start);
}

// @ts-ignore: decorator
@inline function sextet(c: i32): i32 {
  if (c >= 65 && c <= 90) return c - 65;
  if (c >= 97 && c <= 122) return c - 71;
  if (c >= 48 && c <= 57) return c + 4;
  return c == 43 ? 62 : c == 47 ? 63 : -1;
}

/**
 * n characters -> bytes, strictly: only the standard alphabet, padded, no white space, unused bits zero. Returns the
 * number of bytes, or -1 for anything else. Writes up to 4 bytes past the end of what it returns.
 */
export function base64Decode(src: usize, dst: usize, n: i32): i32 {
  if ((n & 3) != 0) return -1;
  const start = dst;
  const end = src + <usize>n;
  // a character is valid where the bits that its low and its high nibble stand for do not meet
  const lowBits = i8x16(0x15, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x11, 0x13, 0x1a, 0x1b, 0x1b, 0x1b, 0x1a);
  const highBits = i8x16(0x10, 0x10, 0x01, 0x02, 0x04, 0x08, 0x04, 0x08, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10, 0x10);
  const shift = i8x16(0, 16, 19, 4, -65, -65, -71, -71, 0, 0, 0, 0, 0, 0, 0, 0);
  const nibbleMask = i8x16.splat(15);
  let bad = i8x16.splat(0);
  // the last four characters may hold padding: they are left to the scalar tail
  while (src + 16 < end) {
    const v = v128.load(src);
    const high = v128.and(i16x8.shr_u(v, 4), nibbleMask);
    bad = v128.or(bad, v128.and(i8x16.swizzle(lowBits, v128.and(v, nibbleMask)), i8x16.swizzle(highBits, high)));
    const six = i8x16.add(v, i8x16.swizzle(shift, i8x16.add(high, i8x16.eq(v, i8x16.splat(47)))));
    const twelve = v128.or(v128.and(i16x8.shl(six, 6), i16x8.splat(0x0fc0)), i16x8.shr_u(six, 8));
    const all = i32x4.dot_i16x8_s(twelve, i32x4.splat(0x00011000));
    v128.store(dst, i8x16.swizzle(all, i8x16(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1)));
    src += 16;
    dst += 12;
  }
  if (v128.any_true(bad)) return -1;
  while (src < end) {
    const a = sextet(<i32>load<u8>(src));
    const b = sextet(<i32>load<u8>(src, 1));
    const c = <i32>load<u8>(src, 2);
    const d = <i32>load<u8>(src, 3);
    if ((a | b) < 0) return -1;
    const isLast = src + 4 == end;
    store<u8>(dst++, <u8>((a << 2) | (b >> 4)));
    if (isLast && c == PAD) return d == PAD && (b & 15) == 0 ? <i32>(dst - start) : -1;
    const third = sextet(c);
    if (third < 0) return -1;
    store<u8>(dst++, <u8>((b << 4) | (third >> 2)));
    if (isLast && d == PAD) return (third & 3) == 0 ? <i32>(dst - start) : -1;
    const fourth = sextet(d);
    if (fourth < 0) return -1;
    store<u8>(dst++, <u8>((third << 6) | fourth));
    src += 4;
  }
  return <i32>(dst - start);
}
