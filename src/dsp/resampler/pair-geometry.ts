/** Chooses pairs of blocks: for signals that are there as a whole, where a block's delay does not matter. */
import { filterReach } from "./block-geometry.ts";
import { MAX_PART, PARTS } from "./pair-layout.ts";
import type { Precision } from "./precision.ts";
import { transformCost } from "./transform-plan.ts";

/** Work beside the parts' transforms, in the units of `transformCost`, as measured: of a sample into or out of parts, */
const OUTER_COST = 18;
/** of a bin, where the filter is real and where it is complex, */
const REAL_BIN_COST = 9;
const BIN_COST = 13;
/** and of a pair. */
const PAIR_COST = 40_000;

/** Two blocks of `inputSamples`, `hop` apart, of which each gives `hop * outputs / inputs` samples. */
export interface PairGeometry {
  readonly inputSamples: number;
  readonly outputSamples: number;
  /** A multiple of the ratio's inputs, so that every block's outputs lie alike between its inputs. */
  readonly hop: number;
  /** Input samples of a block before the first whose output is kept. */
  readonly before: number;
  /** Its outputs lie on its inputs' instants wherever they can: then the filter has no imaginary parts. */
  readonly isReal: boolean;
  /** The work for an input sample, for comparison. */
  readonly cost: number;
}

const MAX_KNOWN = 64;
const known = new Map<string, PairGeometry | undefined>();

/** The cheapest pairs for a reduced ratio; undefined where the transforms that they need do not exist. */
export function choosePairs(inputs: number, outputs: number, precision: Precision): PairGeometry | undefined {
  const key = `${inputs}:${outputs}`;
  if (known.has(key)) return known.get(key);
  const geometry = search(inputs, outputs, precision);
  if (known.size === MAX_KNOWN) known.clear();
  known.set(key, geometry);
  return geometry;
}

function search(inputs: number, outputs: number, precision: Precision): PairGeometry | undefined {
  let best: PairGeometry | undefined;
  const most = Math.floor((MAX_PART * PARTS) / Math.max(inputs, outputs));
  for (let periods = PARTS; periods <= most; periods += PARTS) {
    for (const isReal of [true, false]) {
      const geometry = pairsOf(inputs, outputs, periods, isReal, precision);
      if (geometry !== undefined && (best === undefined || geometry.cost < best.cost)) best = geometry;
    }
  }
  return best;
}

/** Pairs of so many of the ratio's periods, a multiple of `PARTS`; undefined where there are none. */
export function pairsOf(
  inputs: number,
  outputs: number,
  periods: number,
  isReal: boolean,
  precision: Precision,
): PairGeometry | undefined {
  const inputSamples = inputs * periods;
  const outputSamples = outputs * periods;
  const first = transformCost(inputSamples / PARTS, precision);
  const second = transformCost(outputSamples / PARTS, precision);
  if (first === undefined || second === undefined) return undefined;
  const reach = filterReach(inputs, outputs, precision);
  const before = isReal ? inputs * Math.ceil(reach / inputs) : reach;
  const hop = inputs * Math.floor((inputSamples - before - reach) / inputs);
  if (hop <= 0) return undefined;
  const bins = Math.min(inputSamples, outputSamples) * (isReal ? REAL_BIN_COST : BIN_COST);
  const transforms = PARTS * (first + second) + OUTER_COST * (inputSamples + outputSamples);
  return {
    inputSamples,
    outputSamples,
    hop,
    before,
    isReal,
    cost: (transforms + bins + PAIR_COST) / (2 * hop),
  };
}
