// Sample formats: float32 <-> int16, gain and mixing.
//
// Every kernel here takes (source, destination, count of samples) as byte addresses into linear memory, allocates
// nothing and never fails. Sixteen bytes at a time; the last, partial vector is done as a whole one that overlaps its
// neighbour. It is loaded before anything is stored, so each kernel may also work in place (destination = source).

const INT16_SCALE: f32 = 32768;
const FASTRTC_SCALE: f32 = 32767;

// @ts-ignore: decorator
@inline function roundToInt16(lo: v128, hi: v128, scale: v128): v128 {
  // nearest: half to even; trunc_sat: NaN becomes 0 and overflow saturates, narrow saturates to int16
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(lo, scale))),
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(hi, scale))),
  );
}

// @ts-ignore: decorator
@inline function truncateToInt16(lo: v128, hi: v128, scale: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.mul(lo, scale)),
    i32x4.trunc_sat_f32x4_s(f32x4.mul(hi, scale)),
  );
}

// @ts-ignore: decorator
@inline function saturate16(x: i32): i16 {
  return <i16>max(-32768, min(32767, x));
}

/** float32 in [-1, 1) -> int16: times 32768, half to even, saturated, NaN to 0. */
export function floatToInt16(src: usize, dst: usize, n: i32): void {
  const scale = f32x4.splat(INT16_SCALE);
  if (n < 8) {
    for (let i = 0; i < n; i++) {
      const x = load<f32>(src + ((<usize>i) << 2)) * INT16_SCALE;
      store<i16>(dst + ((<usize>i) << 1), saturate16(i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.splat(x))), 0)));
    }
    return;
  }
  const lastSrc = src + ((<usize>(n - 8)) << 2);
  const lastDst = dst + ((<usize>(n - 8)) << 1);
  const tail = roundToInt16(v128.load(lastSrc), v128.load(lastSrc, 16), scale);
  while (src < lastSrc) {
    v128.store(dst, roundToInt16(v128.load(src), v128.load(src, 16), scale));
    src += 32;
    dst += 16;
  }
  v128.store(lastDst, tail);
}

/** FastRTC's conversion: times 32767, truncated towards zero. Theirs wraps beyond full scale, this one saturates. */
export function floatToInt16Fastrtc(src: usize, dst: usize, n: i32): void {
  const scale = f32x4.splat(FASTRTC_SCALE);
  if (n < 8) {
    for (let i = 0; i < n; i++) {
      const x = load<f32>(src + ((<usize>i) << 2)) * FASTRTC_SCALE;
      store<i16>(dst + ((<usize>i) << 1), saturate16(i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(f32x4.splat(x)), 0)));
    }
    return;
  }
  const lastSrc = src + ((<usize>(n - 8)) << 2);
  const lastDst = dst + ((<usize>(n - 8)) << 1);
  const tail = truncateToInt16(v128.load(lastSrc), v128.load(lastSrc, 16), scale);
  while (src < lastSrc) {
    v128.store(dst, truncateToInt16(v128.load(src), v128.load(src, 16), scale));
    src += 32;
    dst += 16;
  }
  v128.store(lastDst, tail);
}

/** int16 -> float32: divided by 32768, exact. Widens, so it must not work in place. */
export function int16ToFloat(src: usize, dst: usize, n: i32): void {
  const scale = f32x4.splat(1.0 / INT16_SCALE);
  if (n < 8) {
    for (let i = 0; i < n; i++) {
      store<f32>(dst + ((<usize>i) << 2), <f32>load<i16>(src + ((<usize>i) << 1)) * (<f32>1.0 / INT16_SCALE));
    }
    return;
  }
  const lastSrc = src + ((<usize>(n - 8)) << 1);
  const lastDst = dst + ((<usize>(n - 8)) << 2);
  while (src < lastSrc) {
    v128.store(dst, f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(src)), scale));
    v128.store(dst, f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(src, 8)), scale), 16);
    src += 16;
    dst += 32;
  }
  v128.store(lastDst, f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(lastSrc)), scale));
  v128.store(lastDst, f32x4.mul(f32x4.convert_i32x4_s(v128.load16x4_s(lastSrc, 8)), scale), 16);
}

/** Saturating sum of two int16 signals. */
export function mixInt16(a: usize, b: usize, dst: usize, n: i32): void {
  if (n < 8) {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 1;
      store<i16>(dst + at, saturate16(<i32>load<i16>(a + at) + <i32>load<i16>(b + at)));
    }
    return;
  }
  const last = (<usize>(n - 8)) << 1;
  const tail = i16x8.add_sat_s(v128.load(a + last), v128.load(b + last));
  const lastDst = dst + last;
  for (const end = a + last; a < end; a += 16, b += 16, dst += 16) {
    v128.store(dst, i16x8.add_sat_s(v128.load(a), v128.load(b)));
  }
  v128.store(lastDst, tail);
}

/** Sum of two float32 signals; float32 has head room, so nothing saturates. */
export function mixFloat(a: usize, b: usize, dst: usize, n: i32): void {
  if (n < 4) {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 2;
      store<f32>(dst + at, load<f32>(a + at) + load<f32>(b + at));
    }
    return;
  }
  const last = (<usize>(n - 4)) << 2;
  const tail = f32x4.add(v128.load(a + last), v128.load(b + last));
  const lastDst = dst + last;
  for (const end = a + last; a < end; a += 16, b += 16, dst += 16) {
    v128.store(dst, f32x4.add(v128.load(a), v128.load(b)));
  }
  v128.store(lastDst, tail);
}

// @ts-ignore: decorator
@inline function scaleInt16(x: v128, gain: v128): v128 {
  return i16x8.narrow_i32x4_s(
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_low_i16x8_s(x)), gain))),
    i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.mul(f32x4.convert_i32x4_s(i32x4.extend_high_i16x8_s(x)), gain))),
  );
}

/** int16 times a linear gain, half to even, saturated. */
export function gainInt16(src: usize, dst: usize, n: i32, gain: f32): void {
  const k = f32x4.splat(gain);
  if (n < 8) {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 1;
      const x = <f32>load<i16>(src + at) * gain;
      store<i16>(dst + at, saturate16(i32x4.extract_lane(i32x4.trunc_sat_f32x4_s(f32x4.nearest(f32x4.splat(x))), 0)));
    }
    return;
  }
  const last = (<usize>(n - 8)) << 1;
  const tail = scaleInt16(v128.load(src + last), k);
  const lastDst = dst + last;
  for (const end = src + last; src < end; src += 16, dst += 16) v128.store(dst, scaleInt16(v128.load(src), k));
  v128.store(lastDst, tail);
}

/** float32 times a linear gain. */
export function gainFloat(src: usize, dst: usize, n: i32, gain: f32): void {
  const k = f32x4.splat(gain);
  if (n < 4) {
    for (let i = 0; i < n; i++) {
      const at = (<usize>i) << 2;
      store<f32>(dst + at, load<f32>(src + at) * gain);
    }
    return;
  }
  const last = (<usize>(n - 4)) << 2;
  const tail = f32x4.mul(v128.load(src + last), k);
  const lastDst = dst + last;
  for (const end = src + last; src < end; src += 16, dst += 16) v128.store(dst, f32x4.mul(v128.load(src), k));
  v128.store(lastDst, tail);
}
