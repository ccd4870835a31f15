// The complex transform of a length that has no prime factors but 2, 3, 5 and 7, and begins with a stage of radix 4 or 7.
import { first4, first4Outer, first4Packed, first7, first7Packed } from "./first-stages";
import { stage5, stage7 } from "./odd-stages";
import { stage8 } from "./stage8";
import { last4Outer, second4, stage2, stage3, stage4 } from "./stages";

/**
 * Transforms `x` (packed real, or planes); returns which of the two buffers holds the result. A buffer may be `x` itself
 * if it is `b`. The plan: int32 length, then radix and address of the twiddle factors of each stage, ended by radix 0.
 *
 * `given` and `wanted`: where they are not 0, only so many numbers at the start and as many at the end are there in planes, or
 * wanted of the result; a quarter of the length at most. A first stage that can do with some is one for which
 * `hasOuterStage`; a last one of another radix than 4 gives all.
 */
export function transform(x: usize, isPacked: bool, a: usize, b: usize, plan: usize, given: i32, wanted: i32): usize {
  const n = load<i32>(plan);
  let radix = load<i32>(plan, 4);
  let m = n / radix;
  const w = <usize>load<u32>(plan, 8);
  if (radix == 4) {
    if (isPacked) first4Packed(x, a, m, w);
    else if (given != 0) first4Outer(x, a, m, w, given);
    else first4(x, a, m, w);
  } else {
    if (isPacked) first7Packed(x, a, m, w);
    else first7(x, a, m, w);
  }
  let row = <usize>radix << 2;
  for (plan += 12; (radix = load<i32>(plan)) != 0; plan += 8) {
    m /= radix;
    const factors = <usize>load<u32>(plan, 4);
    const step = <usize>(n / radix) << 2;
    if (radix == 4 && m == 1 && wanted != 0) last4Outer(a, b, row, <usize>wanted << 2);
    else if (radix == 4 && row == 16) second4(a, b, m, step, factors);
    else if (radix == 4) stage4(a, b, row, m, step, factors);
    else if (radix == 8) stage8(a, b, row, m, step, factors);
    else if (radix == 3) stage3(a, b, row, m, step, factors);
    else if (radix == 5) stage5(a, b, row, m, step, factors);
    else if (radix == 7) stage7(a, b, row, m, step, factors);
    else stage2(a, b, row, m, step, factors);
    row *= <usize>radix;
    const other = a;
    a = b;
    b = other;
  }
  return a;
}

/** Whether a transform of planes can do with the start and the end of a spectrum: with a first stage of radix 4. */
// @ts-ignore: decorator
@inline export function hasOuterStage(plan: usize): bool {
  return load<i32>(plan, 4) == 4;
}
