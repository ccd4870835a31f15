/** The kernel for pairs of blocks in plain TypeScript: whole transforms in float64, the same plan. */
import {
  PAIR_FILTER,
  PAIR_FIRST_LENGTH,
  PAIR_IS_REAL,
  PAIR_OUTPUT_BYTES,
  PAIR_SECOND_LENGTH,
  PARTS,
} from "../resampler/pair-layout.ts";
import type { PairKernels } from "../resampler/spectral-kernels.ts";
import { FourierTransform } from "./fourier.ts";

const LANES = 4;

/** The kernel over `buffer`. */
export function createPairTwin(buffer: ArrayBuffer): PairKernels["pair"] {
  const f32 = new Float32Array(buffer);
  const i32 = new Int32Array(buffer);
  const transforms = new Map<number, FourierTransform>();

  function transformOf(n: number): FourierTransform {
    const transform = transforms.get(n) ?? new FourierTransform(n);
    transforms.set(n, transform);
    return transform;
  }

  return (planAddress, firstAddress, secondAddress, work) => {
    const plan = planAddress >> 2;
    const firstLength = i32[plan + PAIR_FIRST_LENGTH]!;
    const secondLength = i32[plan + PAIR_SECOND_LENGTH]!;
    const isReal = i32[plan + PAIR_IS_REAL] === 1;
    const first = transformOf(PARTS * firstLength);
    const second = transformOf(PARTS * secondLength);
    first.re.set(f32.subarray(firstAddress >> 2, (firstAddress >> 2) + first.n));
    first.im.set(f32.subarray(secondAddress >> 2, (secondAddress >> 2) + first.n));
    first.run();
    // one object may be both
    const { re, im } = { re: first.re.slice(), im: first.im.slice() };
    second.re.fill(0);
    second.im.fill(0);
    const less = Math.min(firstLength, secondLength);
    const half = Math.ceil(less / 2);
    let at = i32[plan + PAIR_FILTER]! >> 2;
    for (let part = 0; part < PARTS; part++) {
      for (const [start, end] of [
        [0, half],
        [half - less, 0],
      ] as const) {
        for (let row = start; row < end; row += LANES, at += isReal ? LANES : 2 * LANES) {
          for (let lane = 0; lane < Math.min(LANES, end - row); lane++) {
            const bin = PARTS * (row + lane) + part;
            const from = bin < 0 ? bin + first.n : bin;
            const to = bin < 0 ? bin + second.n : bin;
            const cr = f32[at + lane]!;
            const ci = isReal ? 0 : f32[at + LANES + lane]!;
            // exchanged, for an inverse transform
            second.re[to] = re[from]! * ci + im[from]! * cr;
            second.im[to] = re[from]! * cr - im[from]! * ci;
          }
        }
      }
    }
    second.run();
    f32.set(second.re, work >> 2);
    f32.set(second.im, (work + PAIR_OUTPUT_BYTES) >> 2);
  };
}
