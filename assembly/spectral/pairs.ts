// Two blocks of a signal at once, for signals that are there as a whole: one as the real part and the other as the imaginary
// part of a complex signal. So no spectrum has to be taken apart, and the filter is a product. They are as many samples
// apart as leaves the outputs between the inputs as they were, so that they share the filter.
//
// Layout as src/dsp/resampler/pair-layout.ts says.
//   plan: i32 lengths of a part before and after at 0 and 4; addresses of the parts' transforms at 8 and 12, of the outer
//     factors at 16 and 20, of the filter at 24; i32 at 28, 1 where the filter has no imaginary part; at 32, 1 where the
//     second transform has an odd number of stages
//   work: the first transform's parts, in whose place the output comes; the second one's; two buffers for a part
import { BANK, fromParts, toParts } from "./outer";
import { imaginary, minus, multiply, plus, PLANE, put, real } from "./planes";
import { hasOuterStage, transform } from "./transform";

/** Bytes from one part to the next beyond its length, so that parts do not compete for the same lines of the cache. */
const GAP = 32;
const MARGIN: usize = 64;
/** Bytes of a buffer for a part: 2,048 samples and some room. Both lie within a plane. */
const BUFFER: usize = 8448;

/** Bins times the filter, real and imaginary parts exchanged, up to `end`; returns where the filter goes on. */
// @ts-ignore: decorator
@inline function filterRun(z: usize, v: usize, end: usize, c: usize, isReal: bool): usize {
  if (isReal) {
    for (; v < end; v += 16, z += 16, c += 16) {
      const gain = v128.load(c);
      put(v, multiply(imaginary(z), gain), multiply(real(z), gain));
    }
  } else {
    for (; v < end; v += 16, z += 16, c += 32) {
      const zr = real(z);
      const zi = imaginary(z);
      const cr = v128.load(c);
      const ci = v128.load(c, 16);
      put(v, plus(multiply(zr, ci), zi, cr), minus(multiply(zr, cr), zi, ci));
    }
  }
  return c;
}

/**
 * From a part's transform at `z`, of length `m1`, to the one at `v`, of length `m2`: the bins that both have, from the start
 * and from the end; nothing between, or where `isOuter` only what the first stage then reads.
 */
// @ts-ignore: decorator
@inline function filterPart(z: usize, m1: i32, v: usize, m2: i32, c: usize, isReal: bool, isOuter: bool): usize {
  const less = min(m1, m2);
  const half = (less + 1) >> 1;
  const middle = v + (<usize>half << 2);
  const end = v + (<usize>m2 << 2);
  const rest = <usize>(less - half) << 2;
  c = filterRun(z, v, middle, c, isReal);
  if (m2 > m1) {
    const bytes = isOuter ? max<isize>(0, <isize>m2 - <isize>(half << 3) + 16) : <isize>(end - rest - middle);
    memory.fill(middle, 0, bytes);
    memory.fill(middle + PLANE, 0, bytes);
    if (isOuter) put(end - rest - 16, f32x4.splat(0), f32x4.splat(0));
  }
  return filterRun(z + (<usize>m1 << 2) - rest, end - rest, end, c, isReal);
}

/** The blocks at `first` and `second`; the first one's output comes `BANK` bytes from `work` on, the second one's at `work`. */
export function pair(plan: usize, first: usize, second: usize, work: usize): void {
  const m1 = load<i32>(plan);
  const m2 = load<i32>(plan, 4);
  const firstPlan = <usize>load<u32>(plan, 8);
  const secondPlan = <usize>load<u32>(plan, 12);
  let filter = <usize>load<u32>(plan, 24);
  const isReal = load<i32>(plan, 28) != 0;
  const isOdd = load<i32>(plan, 32) != 0;
  const parts = work;
  const others = parts + 2 * BANK + MARGIN;
  const a = others + 2 * BANK + MARGIN;
  const b = a + BUFFER;
  const stride1 = <usize>(m1 << 2) + GAP;
  const stride2 = <usize>(m2 << 2) + GAP;
  // where the rate changes twofold or more, the longer transform is empty but for its outer quarters
  const less = min(m1, m2);
  const half = (less & 7) == 0 ? less >> 1 : 0;
  const wanted = half <= m1 >> 2 ? half : 0;
  const given = half <= m2 >> 2 && hasOuterStage(secondPlan) ? half : 0;
  toParts(first, second, m1, parts, stride1, <usize>load<u32>(plan, 16));
  for (let q: usize = 0; q < 8; q++) {
    const bank = (q >> 2) * BANK;
    const z = transform(parts + (q & 3) * stride1 + bank, false, a, b, firstPlan, 0, wanted);
    const v = z == a ? b : a;
    if (isReal) filter = filterPart(z, m1, v, m2, filter, true, given != 0);
    else filter = filterPart(z, m1, v, m2, filter, false, given != 0);
    // the last stage's output is the one of the two that the first stage's is, or the other one
    const y = others + (q & 3) * stride2 + bank;
    if (isOdd) transform(v, false, y, v, secondPlan, given, 0);
    else transform(v, false, z, y, secondPlan, given, 0);
  }
  fromParts(others, stride2, m2, parts, <usize>load<u32>(plan, 20));
}
