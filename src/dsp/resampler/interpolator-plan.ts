/**
 * The interpolator of the `high` quality, for ratios with large primes (44,056 to 48,000 Hz): a bank between twice the
 * lower rate and the higher one. It passes half the lower rate and stops what the blocks beside it leave: images and aliases
 * from 1.5 of the lower rate on, 150 dB down. Shared by all resamplers of a ratio.
 */
import type { Engine } from "../engine.ts";
import { kaiser } from "./band-filter.ts";
import { SharedSlots } from "./shared-slots.ts";
import { SlotBuilder } from "./slot-builder.ts";
import {
  INTERPOLATOR_PER_PHASE,
  INTERPOLATOR_PHASES,
  INTERPOLATOR_ROW_LENGTH,
  INTERPOLATOR_ROWS,
  INTERPOLATOR_STEP_PHASES,
  INTERPOLATOR_STEP_SAMPLES,
  INTERPOLATOR_TERMS,
  INTERPOLATOR_WORDS,
} from "./spectral-layout.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

/** Half the impulse response, in periods of the lower rate. */
const REACH = 5;
const KAISER_BETA = 15.4;
/** Pieces of the response to a period of the lower rate; a parabola is then off by -140 dB at most. */
const SEGMENTS = 256;
/** Where the parabola meets the response: its error is least that way. */
const NODES = [0.5 - Math.sqrt(3) / 4, 0.5, 0.5 + Math.sqrt(3) / 4] as const;

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
export function acquireInterpolator(engine: Engine, inputs: number, outputs: number): InterpolatorPlan {
  return plans.acquire(engine, `${inputs}:${outputs}`, () => createPlan(engine, inputs, outputs));
}

export function releaseInterpolator(engine: Engine, inputs: number, outputs: number): void {
  plans.release(engine, `${inputs}:${outputs}`);
}

function createPlan(engine: Engine, inputs: number, outputs: number): InterpolatorPlan {
  const isUp = outputs > inputs;
  const ownInputs = isUp ? 2 * inputs : inputs;
  const ownOutputs = isUp ? outputs : 2 * outputs;
  const divisor = greatestCommonDivisor(ownInputs, ownOutputs);
  const step = ownInputs / divisor;
  const phases = ownOutputs / divisor;
  // its input samples to a period of the lower rate
  const density = isUp ? 2 : inputs / outputs;
  const lookAhead = Math.ceil(REACH * density);
  const rowLength = Math.ceil(lookAhead / 2) * 4;
  const segments = Math.ceil(SEGMENTS / density);
  const rows = new Float32Array(segments * rowLength * INTERPOLATOR_TERMS);
  for (let segment = 0; segment < segments; segment++) {
    for (let tap = 0; tap < rowLength; tap++) {
      const distance = rowLength - 1 - lookAhead - tap;
      const [a, b, c] = NODES.map(
        (node) => response(((segment + node) / segments + distance) / density) / density,
      ) as [number, number, number];
      const at = (segment * rowLength + (tap & -4)) * INTERPOLATOR_TERMS + (tap & 3);
      parabola(a, b, c).forEach((term, degree) => {
        rows[at + 4 * degree] = term;
      });
    }
  }
  const slot = new SlotBuilder();
  const head = slot.reserve(INTERPOLATOR_WORDS);
  slot.address(head + INTERPOLATOR_ROWS, slot.floats(rows));
  const address = slot.build(engine);
  const at = address >> 2;
  const i32 = new Int32Array(engine.buffer);
  i32[at + INTERPOLATOR_PHASES] = phases;
  i32[at + INTERPOLATOR_STEP_SAMPLES] = Math.floor(step / phases);
  i32[at + INTERPOLATOR_STEP_PHASES] = step % phases;
  i32[at + INTERPOLATOR_ROW_LENGTH] = rowLength;
  new Float64Array(engine.buffer)[(at + INTERPOLATOR_PER_PHASE) >> 1] = segments / phases;
  return { address, rowLength, lookAhead, step, phases };
}

/** A sinc of the lower rate in a Kaiser window; `time` in periods of the lower rate. */
function response(time: number): number {
  const place = Math.abs(time) / REACH;
  if (place >= 1) return 0;
  const x = 2 * Math.PI * time;
  return (x === 0 ? 2 : (2 * Math.sin(x)) / x) * kaiser(KAISER_BETA, place);
}

/** Constant, linear and quadratic term of the parabola through the values at the nodes. */
function parabola(a: number, b: number, c: number): [number, number, number] {
  const half = NODES[2] - NODES[1];
  const slope = (c - a) / (2 * half);
  const curve = (a + c - 2 * b) / (2 * half * half);
  // about the middle; from there to powers of the place
  return [b - slope / 2 + curve / 4, slope - curve, curve];
}
