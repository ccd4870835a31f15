/**
 * The response of a converter between two rates, as finely as it can be seen: impulses at every place that the input can
 * have against the output's grid, their answers put together on the rates' common multiple.
 */
import type { Contender, Rates } from "../resample/contender.ts";
import { fft } from "./fft.ts";

export interface ImpulseResponse {
  /** Hz, the least common multiple of both rates. */
  readonly gridRate: number;
  /** 1 at its peak where a converter passes all; `values[middle + j]` is j grid steps after the impulse. */
  readonly values: Float64Array;
  readonly middle: number;
}

/** Longer than the longest filter here at 8 kHz, to both sides of an impulse. */
const REACH_SECONDS_AT_8K = 0.12;

export async function measureImpulseResponse(contender: Contender, rates: Rates): Promise<ImpulseResponse> {
  const { inputRate, outputRate } = rates;
  const divisor = greatestCommonDivisor(inputRate, outputRate);
  const inputs = inputRate / divisor;
  const outputs = outputRate / divisor;
  const reachSeconds = (REACH_SECONDS_AT_8K * 8000) / Math.min(inputRate, outputRate);
  let spacing = Math.ceil(2 * reachSeconds * inputRate);
  while (greatestCommonDivisor(spacing, inputs) !== 1) spacing++;

  const first = Math.ceil(reachSeconds * inputRate);
  const input = new Float32Array(first * 2 + spacing * inputs);
  for (let k = 0; k < inputs; k++) input[first + k * spacing] = 1;
  const { samples } = await contender.convert(input, rates, 0);

  const gridRate = inputRate * outputs;
  const middle = Math.floor(reachSeconds * gridRate);
  const values = new Float64Array(2 * middle + 1);
  for (let k = 0; k < inputs; k++) {
    const place = (first + k * spacing) * outputs;
    const from = Math.max(0, Math.ceil((place - middle) / inputs));
    const to = Math.min(samples.length - 1, Math.floor((place + middle) / inputs));
    for (let m = from; m <= to; m++) values[m * inputs - place + middle] = samples[m]!;
  }
  return { gridRate, values, middle };
}

/** Gain in dB at `count` frequencies from 0 to `highestHz`, each the largest of its surroundings. */
export function gainCurve(
  { gridRate, values }: ImpulseResponse,
  { inputRate }: Rates,
  highestHz: number,
  count: number,
): [hz: number, db: number][] {
  const n = 2 ** Math.ceil(Math.log2(Math.max(values.length, (2 * count * gridRate) / highestHz)));
  const real = new Float64Array(n);
  real.set(values);
  const imaginary = new Float64Array(n);
  fft(real, imaginary);
  // all input places together hear what one would, `outputs` times
  const scale = inputRate / gridRate;
  return Array.from({ length: count }, (_, i) => {
    const from = Math.max(0, Math.round((((i - 0.5) * highestHz) / (count - 1) / gridRate) * n));
    const to = Math.max(from + 1, Math.round((((i + 0.5) * highestHz) / (count - 1) / gridRate) * n));
    let largest = 0;
    for (let k = from; k < to; k++) largest = Math.max(largest, Math.hypot(real[k]!, imaginary[k]!));
    return [(i * highestHz) / (count - 1), 20 * Math.log10(Math.max(largest * scale, 1e-12))];
  });
}

function greatestCommonDivisor(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y !== 0) [x, y] = [y, x % y];
  return x;
}
