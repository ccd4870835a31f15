/**
 * The interpolator for ratios with large primes (44,056 to 48,000 Hz): a bank between twice the lower rate and the higher
 * one. It passes half the lower rate and stops what the blocks beside it leave: images and aliases from 1.5 of the lower
 * rate on. Shared by all resamplers of a ratio.
 */
import type { Engine } from "../engine.ts";
import { kaiser } from "./band-filter.ts";
import type { InterpolatorShape, Precision } from "./precision.ts";
import { SharedSlots } from "./shared-slots.ts";
import { SlotBuilder } from "./slot-builder.ts";
import {
  INTERPOLATOR_IS_WIDE,
  INTERPOLATOR_PER_PHASE,
  INTERPOLATOR_PHASES,
  INTERPOLATOR_ROW_LENGTH,
  INTERPOLATOR_ROWS,
  INTERPOLATOR_STEP_PHASES,
  INTERPOLATOR_STEP_SAMPLES,
  INTERPOLATOR_WORDS,
} from "./spectral-layout.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

/** One ratio's interpolator in the engine's memory. */
export interface InterpolatorPlan {
  /** Byte address, for the kernel. */
  readonly address: number;
  readonly rowLength: number;
  /** How far it looks ahead, in its input samples. */
  readonly lookAhead: number;
  /** Its own ratio, reduced: `step` inputs become `phases` outputs. */
  readonly step: number;
  readonly phases: number;
}

const plans = new SharedSlots<InterpolatorPlan>();

/** The plan for `inputs` samples that become `outputs` (reduced, unlike): to be given back by `releaseInterpolator`. */
export function acquireInterpolator(
  engine: Engine,
  inputs: number,
  outputs: number,
  precision: Precision,
): InterpolatorPlan {
  return plans.acquire(engine, keyOf(inputs, outputs, precision), () =>
    createPlan(engine, inputs, outputs, precision),
  );
}

export function releaseInterpolator(
  engine: Engine,
  inputs: number,
  outputs: number,
  precision: Precision,
): void {
  plans.release(engine, keyOf(inputs, outputs, precision));
}

function keyOf(inputs: number, outputs: number, { name }: Precision): string {
  return `${name}:${inputs}:${outputs}`;
}

function createPlan(
  engine: Engine,
  inputs: number,
  outputs: number,
  { interpolator, lanes, bytes }: Precision,
): InterpolatorPlan {
  const { reach, terms } = interpolator;
  const isUp = outputs > inputs;
  const ownInputs = isUp ? 2 * inputs : inputs;
  const ownOutputs = isUp ? outputs : 2 * outputs;
  const divisor = greatestCommonDivisor(ownInputs, ownOutputs);
  const step = ownInputs / divisor;
  const phases = ownOutputs / divisor;
  // its input samples to a period of the lower rate
  const density = isUp ? 2 : inputs / outputs;
  const lookAhead = Math.ceil(reach * density);
  const rowLength = Math.ceil(lookAhead / 2) * 4;
  const segments = Math.ceil(interpolator.segments / density);
  const rows = new Float64Array(segments * rowLength * terms);
  const nodes = chebyshevNodes(terms);
  for (let segment = 0; segment < segments; segment++) {
    for (let tap = 0; tap < rowLength; tap++) {
      const distance = rowLength - 1 - lookAhead - tap;
      const values = nodes.map(
        (node) => response(interpolator, ((segment + node) / segments + distance) / density) / density,
      );
      const lane = tap % lanes;
      const at = (segment * rowLength + tap - lane) * terms + lane;
      polynomialThrough(nodes, values).forEach((term, degree) => {
        rows[at + lanes * degree] = term;
      });
    }
  }
  const slot = new SlotBuilder();
  const head = slot.reserve(INTERPOLATOR_WORDS);
  slot.address(head + INTERPOLATOR_ROWS, slot.numbers(rows, bytes));
  const address = slot.build(engine);
  const at = address >> 2;
  const i32 = new Int32Array(engine.buffer);
  i32[at + INTERPOLATOR_PHASES] = phases;
  i32[at + INTERPOLATOR_STEP_SAMPLES] = Math.floor(step / phases);
  i32[at + INTERPOLATOR_STEP_PHASES] = step % phases;
  i32[at + INTERPOLATOR_ROW_LENGTH] = rowLength;
  i32[at + INTERPOLATOR_IS_WIDE] = isUp ? 1 : 0;
  new Float64Array(engine.buffer)[(at + INTERPOLATOR_PER_PHASE) >> 1] = segments / phases;
  return { address, rowLength, lookAhead, step, phases };
}

/** A sinc of the lower rate in a Kaiser window; `time` in periods of the lower rate. */
function response({ reach, kaiserBeta }: InterpolatorShape, time: number): number {
  const place = Math.abs(time) / reach;
  if (place >= 1) return 0;
  const x = 2 * Math.PI * time;
  return (x === 0 ? 2 : (2 * Math.sin(x)) / x) * kaiser(kaiserBeta, place);
}

/** Where a polynomial of `n` terms is to meet a function between 0 and 1: its error is least that way. */
function chebyshevNodes(n: number): number[] {
  return Array.from({ length: n }, (_, k) => 0.5 - Math.cos((Math.PI * (k + 0.5)) / n) / 2);
}

/** Its terms, lowest degree first, by Newton's divided differences. */
function polynomialThrough(nodes: readonly number[], values: readonly number[]): number[] {
  const differences = [...values];
  for (let order = 1; order < nodes.length; order++) {
    for (let k = nodes.length - 1; k >= order; k--) {
      differences[k] = (differences[k]! - differences[k - 1]!) / (nodes[k]! - nodes[k - order]!);
    }
  }
  // from products of (x - node) to powers of x
  const terms = differences.map(() => 0);
  for (let k = nodes.length - 1; k >= 0; k--) {
    for (let degree = nodes.length - 1; degree > 0; degree--) {
      terms[degree] = terms[degree - 1]! - nodes[k]! * terms[degree]!;
    }
    terms[0] = differences[k]! - nodes[k]! * terms[0]!;
  }
  return terms;
}
