/** Chooses blocks: how long, and how far from one to the next. */
import type { Precision } from "./precision.ts";
import { MAX_TRANSFORM } from "./spectral-layout.ts";
import { transformCost } from "./transform-plan.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

/** Filters that one plan may hold, one for each place that a block's outputs can have between its inputs. */
const MAX_PHASES = 8;
/** A block's work beside its transforms, in the units of `transformCost`. */
const BLOCK_COST = 400;
const BIN_COST = 10;

/** Blocks of `inputSamples` give `outputSamples`, of which the part that belongs to `hop` inputs is kept. */
export interface BlockGeometry {
  readonly inputSamples: number;
  readonly outputSamples: number;
  readonly hop: number;
  /** After so many blocks their outputs lie between the inputs as before. */
  readonly phases: number;
  /** Input samples that the filter reaches to either side of an output. */
  readonly reach: number;
  /** The work for an input sample, for comparison. */
  readonly cost: number;
}

/** Input samples that the filter reaches to either side, for `inputs` samples that become `outputs`. */
export function filterReach(inputs: number, outputs: number, { filter }: Precision): number {
  return Math.ceil((filter.reach * inputs) / Math.min(inputs, outputs));
}

/** Blocks longer than what they take in by this are never worth it, but some ratios have no others. */
const MAX_WASTE = 4;

const MAX_KNOWN = 256;
const known = new Map<string, BlockGeometry | undefined>();

/**
 * The blocks of least cost for a reduced ratio whose delay is below `maxDelay` input samples; undefined where the
 * transforms that it needs do not exist.
 */
export function chooseBlocks(
  inputs: number,
  outputs: number,
  maxDelay: number,
  precision: Precision,
): BlockGeometry | undefined {
  const key = `${precision.name}:${inputs}:${outputs}:${maxDelay}`;
  if (known.has(key)) return known.get(key);
  const geometry = search(inputs, outputs, maxDelay, precision);
  if (known.size === MAX_KNOWN) known.clear();
  known.set(key, geometry);
  return geometry;
}

function search(
  inputs: number,
  outputs: number,
  maxDelay: number,
  precision: Precision,
): BlockGeometry | undefined {
  if (!isSmooth(inputs) || !isSmooth(outputs)) return undefined;
  const reach = filterReach(inputs, outputs, precision);
  let best: BlockGeometry | undefined;
  const least = Math.ceil((2 * reach) / inputs);
  const most = Math.min(
    Math.floor((2 * MAX_TRANSFORM) / Math.max(inputs, outputs)),
    Math.ceil((MAX_WASTE * (maxDelay + reach)) / inputs),
  );
  for (let periods = least; periods <= most; periods++) {
    if (!isSmooth(periods)) continue;
    const inputSamples = inputs * periods;
    const outputSamples = outputs * periods;
    const first = transformCost(inputSamples / 2, precision);
    const second = transformCost(outputSamples / 2, precision);
    if (first === undefined || second === undefined) continue;
    let hop = Math.min(inputSamples - 2 * reach, Math.floor(maxDelay) - reach);
    while (hop > 0 && phasesOf(inputs, outputs, hop) > MAX_PHASES) hop--;
    if (hop <= 0) continue;
    const bins = Math.min(inputSamples, outputSamples);
    const cost = (first + second + BIN_COST * bins + BLOCK_COST) / hop;
    if (best === undefined || cost < best.cost) {
      const phases = phasesOf(inputs, outputs, hop);
      best = { inputSamples, outputSamples, hop, phases, reach, cost };
    }
  }
  return best;
}

/** No prime factors but those that there are stages for. */
function isSmooth(n: number): boolean {
  for (const prime of [2, 3, 5, 7]) while (n % prime === 0) n /= prime;
  return n === 1;
}

function phasesOf(inputs: number, outputs: number, hop: number): number {
  return inputs / greatestCommonDivisor(hop * outputs, inputs);
}
