// The complex transform of a length that has no prime factors but 2, 3, 5 and 7, and begins with a stage of radix 4 or 7.
import {
  first4, first4Packed32, first4Packed64, first7, first7Packed32, first7Packed64, PACKED_32, PACKED_64,
} from "./first-stages";
import { stage5, stage7 } from "./odd-stages";
import { stage2, stage3, stage4 } from "./stages";

/**
 * Transforms `x`, of one of the forms in first-stages.ts; returns which of the two buffers holds the result. A buffer may
 * be `x` itself if it is `b`. The plan: int32 length, then radix and address of the twiddle factors of each stage, ended by
 * radix 0.
 */
export function transform(x: usize, form: i32, a: usize, b: usize, plan: usize): usize {
  const n = load<i32>(plan);
  let radix = load<i32>(plan, 4);
  let m = n / radix;
  const w = <usize>load<u32>(plan, 8);
  if (radix == 4) {
    if (form == PACKED_32) first4Packed32(x, a, m, w);
    else if (form == PACKED_64) first4Packed64(x, a, m, w);
    else first4(x, a, m, w);
  } else {
    if (form == PACKED_32) first7Packed32(x, a, m, w);
    else if (form == PACKED_64) first7Packed64(x, a, m, w);
    else first7(x, a, m, w);
  }
  let row = <usize>radix << 3;
  for (plan += 12; (radix = load<i32>(plan)) != 0; plan += 8) {
    m /= radix;
    const factors = <usize>load<u32>(plan, 4);
    const step = <usize>(n / radix) << 3;
    if (radix == 4) stage4(a, b, row, m, step, factors);
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
