// The complex transform of a length that has no prime factors but 2, 3, 5 and 7, and begins with a stage of radix 4 or 7.
import { first4, first4Packed, first7, first7Packed } from "./first-stages";
import { stage5, stage7 } from "./odd-stages";
import { second4, stage2, stage3, stage4 } from "./stages";

/**
 * Transforms `x` (packed real, or planes); returns which of the two buffers holds the result. A buffer may be `x` itself
 * if it is `b`. The plan: int32 length, then radix and address of the twiddle factors of each stage, ended by radix 0.
 */
export function transform(x: usize, isPacked: bool, a: usize, b: usize, plan: usize): usize {
  const n = load<i32>(plan);
  let radix = load<i32>(plan, 4);
  let m = n / radix;
  const w = <usize>load<u32>(plan, 8);
  if (radix == 4) {
    if (isPacked) first4Packed(x, a, m, w);
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
    if (radix == 4 && row == 16) second4(a, b, m, step, factors);
    else if (radix == 4) stage4(a, b, row, m, step, factors);
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
