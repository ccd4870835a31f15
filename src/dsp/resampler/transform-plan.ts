/** Which stages a complex transform is made of, what it costs, and its tables. */
import type { Precision } from "./precision.ts";
import type { SlotBuilder } from "./slot-builder.ts";
import { MAX_TRANSFORM } from "./spectral-layout.ts";

/** Butterfly operations a point, loads and stores included, as measured. */
const COSTS: Readonly<Record<number, number>> = { 2: 8.5, 3: 10.9, 4: 10, 5: 14.5, 7: 19, 8: 14 };

/** Where a transform stands in a block. */
export interface TransformUse {
  /** Numbers in a vector. Those of four have a stage of radix 8. */
  readonly lanes: 4 | 2;
  /** Does it end, if it can, in radix 4, of which the kernel can leave out the spectrum's middle? */
  readonly isOuter?: boolean;
}

/**
 * The radices of a transform of `n` points, first to last; undefined where the kernels have none: `n` has another prime
 * factor than 2, 3, 5 and 7, is too long, or leaves no first stage of radix 4 or 7 with a whole vector of butterflies.
 */
export function radicesOf(n: number, { lanes, isOuter = false }: TransformUse): number[] | undefined {
  if (n > MAX_TRANSFORM || !Number.isInteger(n)) return undefined;
  const counts = new Map<number, number>();
  let rest = n;
  for (const prime of [2, 3, 5, 7]) {
    let count = 0;
    for (; rest % prime === 0; rest /= prime) count++;
    counts.set(prime, count);
  }
  const twos = counts.get(2)!;
  const sevens = counts.get(7)!;
  if (rest !== 1 || (twos < 2 && sevens === 0)) return undefined;
  const first = twos >= 2 ? 4 : 7;
  if (n / first < lanes) return undefined;
  const repeat = (radix: number, count: number) => Array<number>(count).fill(radix);
  const { eights, fours, two } = powersOfTwo(first === 4 ? twos - 2 : twos, lanes === 4);
  const endsInFour = fours > 0 && isOuter;
  const threes = repeat(3, counts.get(3)!);
  const larger = [...repeat(5, counts.get(5)!), ...repeat(7, first === 7 ? sevens - 1 : sevens)];
  const powers = [...repeat(2, two), ...repeat(8, eights)];
  // the last stage has no factors to multiply with, which saves the more the larger its radix
  return [
    first,
    ...repeat(4, endsInFour ? fours - 1 : fours),
    ...(larger.length > 0 ? [...powers, ...threes, ...larger] : [...threes, ...powers]),
    ...repeat(4, endsInFour ? 1 : 0),
  ];
}

/** 2 to the power of `twos` by as few stages as can be, of radix 2 the fewest. */
function powersOfTwo(twos: number, hasEight: boolean): { eights: number; fours: number; two: number } {
  const fours = hasEight ? (2 * twos) % 3 : twos >> 1;
  if (!hasEight || 2 * fours > twos) return { eights: 0, fours: twos >> 1, two: twos & 1 };
  return { eights: (twos - 2 * fours) / 3, fours, two: 0 };
}

/** Roughly what a transform costs; undefined where there is none. */
export function transformCost(n: number, use: TransformUse): number | undefined {
  const { lanes } = use;
  const radices = radicesOf(n, use);
  if (radices === undefined) return undefined;
  let cost = 4 * n;
  let row = radices[0]!;
  radices.forEach((radix, stage) => {
    // rows are gone through in whole vectors
    const wide = Math.ceil(row / lanes) * lanes;
    cost += (n * COSTS[radix]! * wide) / row;
    if (stage > 0) row *= radix;
  });
  return cost;
}

/** Adds the plan of a transform, as the kernels' transform.ts reads it; returns its offset. */
export function addTransform(
  slot: SlotBuilder,
  n: number,
  { bytes, lanes }: Precision,
  isOuter = false,
): number {
  const radices = radicesOf(n, { lanes, isOuter });
  if (radices === undefined) throw new RangeError(`There is no transform of ${n} points.`);
  const head = slot.reserve(2 * radices.length + 3);
  const circle = circleOf(n);
  let length = n;
  radices.forEach((radix, stage) => {
    const factors =
      stage === 0 ? firstFactors(circle, radix, lanes) : factorsOf(circle, n / length, length, radix);
    slot.address(head + 2 + 2 * stage, slot.numbers(factors, bytes));
    length /= radix;
  });
  slot.write((i32) => {
    i32[head] = n;
    radices.forEach((radix, stage) => {
      i32[head + 1 + 2 * stage] = radix;
    });
  });
  return head;
}

/** exp(-2 pi i k / n) for k from 0 to n - 1: a real part, an imaginary part, and so on. */
export function circleOf(n: number): Float64Array {
  const circle = new Float64Array(2 * n);
  // one in FINE_STEPS by cosine and sine, the others as products: they take a tenth of the time
  const fine = arcOf(n, 1, FINE_STEPS);
  const coarse = arcOf(n, FINE_STEPS, Math.ceil(n / FINE_STEPS));
  for (let k = 0; k < n; k++) {
    const a = 2 * Math.floor(k / FINE_STEPS);
    const b = 2 * (k % FINE_STEPS);
    circle[2 * k] = coarse[a]! * fine[b]! - coarse[a + 1]! * fine[b + 1]!;
    circle[2 * k + 1] = coarse[a]! * fine[b + 1]! + coarse[a + 1]! * fine[b]!;
  }
  return circle;
}

const FINE_STEPS = 32;

/** The first `count` of every `step`th. */
function arcOf(n: number, step: number, count: number): Float64Array {
  const arc = new Float64Array(2 * count);
  for (let k = 0; k < count; k++) {
    const angle = (-2 * Math.PI * k * step) / n;
    arc[2 * k] = Math.cos(angle);
    arc[2 * k + 1] = Math.sin(angle);
  }
  return arc;
}

/** For each row but the first: the factors of outputs 1, 2 ... in turn, of a stage of `length` points, `step` on the circle apart. */
function factorsOf(circle: Float64Array, step: number, length: number, radix: number): Float64Array {
  const factors = new Float64Array(2 * (radix - 1) * (length / radix - 1));
  let to = 0;
  for (let row = 1; row < length / radix; row++) {
    for (let output = 1; output < radix; output++) {
      const from = 2 * step * row * output;
      factors[to++] = circle[from]!;
      factors[to++] = circle[from + 1]!;
    }
  }
  return factors;
}

/** For each vector of butterflies: the factors of output 1 (`lanes` real parts, as many imaginary ones), of output 2 ... */
function firstFactors(circle: Float64Array, radix: number, lanes: number): Float64Array {
  const butterflies = circle.length / 2 / radix;
  const last = butterflies - lanes;
  const factors = new Float64Array(2 * (radix - 1) * lanes * Math.ceil(butterflies / lanes));
  let to = 0;
  for (let at = 0; ; at = Math.min(at + lanes, last)) {
    for (let output = 1; output < radix; output++, to += 2 * lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        const from = 2 * (at + lane) * output;
        factors[to + lane] = circle[from]!;
        factors[to + lanes + lane] = circle[from + 1]!;
      }
    }
    if (at === last) return factors;
  }
}
