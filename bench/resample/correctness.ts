/** Before anything is timed: a tone through every contender, in chunks and at once. */
import { type Contender, chunkOf, exactLength, type Rates, tone } from "./contender.ts";
import { nameOf } from "./rates.ts";
import { fitTone } from "./tone-fit.ts";

/** What came of one contender on one pair, in chunks of 20 ms. */
export interface ToneResult {
  readonly contender: string;
  readonly pair: string;
  /** The tone over everything else, whatever its phase. */
  readonly snrDb: number;
  /** Samples more than the exact length. */
  readonly excessSamples: number;
}

const TONE_HZ = 997;
/** What ours must reach; what the peers reach is only reported. */
const LEAST_SNR_DB = 95;

/** Throws where ours has another length than the exact one, or the tone is not clean or not in its place. */
export async function checkTone(contender: Contender, rates: Rates): Promise<ToneResult> {
  const { inputRate, outputRate } = rates;
  const input = tone(inputRate, inputRate, TONE_HZ);
  const { samples } = await contender.convert(input, rates, chunkOf(inputRate));
  const exact = exactLength(input.length, rates);
  const edge = Math.round(outputRate / 5);
  const to = Math.min(samples.length, exact) - edge;
  const { amplitude, phase, residualRms } = fitTone(samples, edge, to, TONE_HZ, outputRate, edge);
  const snrDb = 20 * Math.log10(amplitude / Math.SQRT2 / residualRms);
  const result = {
    contender: contender.name,
    pair: nameOf(rates),
    snrDb,
    excessSamples: samples.length - exact,
  };
  if (contender.kind !== "ours") return result;
  const what = `${nameOf(rates)}, ${contender.name}`;
  if (samples.length !== exact) throw new Error(`${what}: ${samples.length} samples; expected ${exact}.`);
  if (!(snrDb >= LEAST_SNR_DB)) throw new Error(`${what}: the tone comes out at ${snrDb.toFixed(1)} dB.`);
  if (Math.abs(amplitude - 0.5) > 0.005)
    throw new Error(`${what}: the tone's level is ${amplitude}, not 0.5.`);
  if (Math.abs(phase) > 0.001) throw new Error(`${what}: the tone is late by ${phase} radians.`);
  const whole = await contender.convert(input, rates, 0);
  if (whole.samples.length !== exact) {
    throw new Error(`${what}, at once: ${whole.samples.length} samples; expected ${exact}.`);
  }
  const difference = largestDifference(samples, whole.samples);
  if (difference > 1e-6) throw new Error(`${what}: in chunks and at once differ by ${difference}.`);
  return result;
}

/** Over the length that both have. */
export function largestDifference(a: Float32Array, b: Float32Array): number {
  let largest = 0;
  for (let i = 0; i < Math.min(a.length, b.length); i++) largest = Math.max(largest, Math.abs(a[i]! - b[i]!));
  return largest;
}
