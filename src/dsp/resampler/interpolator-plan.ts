/**
 * The interpolator for ratios with large primes (44,056 to 48,000 Hz): a bank between a multiple of the lower rate, which
 * the blocks beside it deliver or take, and the higher rate. It passes half the lower rate and stops what the blocks leave:
 * images and aliases around the multiple. Shared by all resamplers of a ratio.
 */
import type { Engine } from "../engine.ts";
import type { BlockFactor, Precision } from "./precision.ts";
import { forBlending, type Prototype, reachOf, responseAt } from "./prototype.ts";
import { SharedSlots } from "./shared-slots.ts";
import { placeImage, SlotBuilder, type SlotImage } from "./slot-builder.ts";
import { SlotImages } from "./slot-images.ts";
import {
  INTERPOLATOR_IS_WIDE,
  INTERPOLATOR_PHASES,
  INTERPOLATOR_ROW_LENGTH,
  INTERPOLATOR_ROWS,
  INTERPOLATOR_SLOPES,
  INTERPOLATOR_WORDS,
} from "./spectral-layout.ts";
import { greatestCommonDivisor } from "./voice-plan.ts";

/** What an interpolator is for: `inputs` samples become `outputs` (reduced, unlike), by way of `factor` times the lower rate. */
export interface InterpolatorTask {
  readonly inputs: number;
  readonly outputs: number;
  readonly factor: BlockFactor;
  readonly precision: Precision;
}

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
  /** Of the grid, to an input sample. */
  readonly intervals: number;
  /** Where the first output lies past an input, in phases; its own sample, counted from the input's first. */
  readonly firstPlace: number;
  readonly firstSample: number;
}

/** What a row for each phase may take. */
const MAX_ROWS_BYTES = 540 * 1024;

/** Where a parabola is to meet a function between 0 and 1 so that its error is least: Chebyshev's nodes. */
const PARABOLA_NODES = [0.5 - Math.sqrt(3) / 4, 0.5, 0.5 + Math.sqrt(3) / 4] as const;

const plans = new SharedSlots<InterpolatorPlan>();
const images = new SlotImages<Omit<InterpolatorPlan, "address">>();

/** The plan for `task`: to be given back by `releaseInterpolator`. Throws `ERR_ARENA_FULL`. */
export function acquireInterpolator(engine: Engine, task: InterpolatorTask): InterpolatorPlan {
  return plans.acquire(engine, keyOf(task), () => createPlan(engine, task));
}

export function releaseInterpolator(engine: Engine, task: InterpolatorTask): void {
  plans.release(engine, keyOf(task));
}

function keyOf({ inputs, outputs, factor, precision }: InterpolatorTask): string {
  return `${precision.name}:${inputs}:${outputs}:${factor}`;
}

function createPlan(engine: Engine, task: InterpolatorTask): InterpolatorPlan {
  const { image, about } = images.get(keyOf(task), () => draw(task));
  return { address: placeImage(engine, image), ...about };
}

/** The plan, but for its address. */
function draw({ inputs, outputs, factor, precision }: InterpolatorTask): {
  image: SlotImage;
  about: Omit<InterpolatorPlan, "address">;
} {
  const { interpolator } = precision;
  const prototype = interpolator.prototypes[factor];
  const isUp = outputs > inputs;
  const ownInputs = isUp ? factor * inputs : inputs;
  const ownOutputs = isUp ? outputs : factor * outputs;
  const divisor = greatestCommonDivisor(ownInputs, ownOutputs);
  // its input samples to a period of the lower rate
  const density = isUp ? factor : inputs / outputs;
  const lookAhead = reachOf(prototype, density);
  const rowLength = 4 * Math.ceil(lookAhead / 2);
  const intervals = Math.ceil(interpolator.intervals / density);
  const first = rowLength - 1 - lookAhead;
  const phases = ownOutputs / divisor;
  const step = ownInputs / divisor;
  // down, the blocks need what comes before the first samples' own time
  const lead = isUp ? 0 : -Math.floor((lookAhead * phases) / step);
  const firstSample = Math.floor((lead * step) / phases);
  const firstPlace = lead * step - firstSample * phases;
  const isOrdered = phases * rowLength * precision.bytes <= MAX_ROWS_BYTES;
  const slot = new SlotBuilder();
  const head = slot.reserve(INTERPOLATOR_WORDS);
  const bank = { prototype, density, intervals, rowLength, first };
  if (isOrdered) {
    const places = { phases, step: step % phases, firstPlace };
    slot.address(head + INTERPOLATOR_ROWS, slot.numbers(orderedRows(bank, places), precision.bytes));
  } else if (interpolator.isStraight) {
    slot.address(head + INTERPOLATOR_ROWS, slot.numbers(straightRows(bank), 4));
  } else {
    const { constants, slopes } = parabolicRows(bank);
    slot.address(head + INTERPOLATOR_ROWS, slot.numbers(constants, 8));
    slot.address(head + INTERPOLATOR_SLOPES, slot.numbers(slopes, 4));
  }
  slot.write((i32) => {
    i32[head + INTERPOLATOR_PHASES] = isOrdered ? phases : 0;
    i32[head + INTERPOLATOR_ROW_LENGTH] = rowLength;
    i32[head + INTERPOLATOR_IS_WIDE] = isUp ? 1 : 0;
  });
  const about = { rowLength, lookAhead, intervals, step, phases, firstPlace, firstSample };
  return { image: slot.image(), about };
}

interface Bank {
  readonly prototype: Prototype;
  readonly density: number;
  readonly intervals: number;
  readonly rowLength: number;
  /** The distance of the first tap from an output in the first interval's beginning, in samples. */
  readonly first: number;
}

/** A row for each phase, in the order of the outputs, from the first one on. */
function orderedRows(
  { prototype, density, rowLength, first }: Bank,
  { phases, step, firstPlace }: { phases: number; step: number; firstPlace: number },
): Float64Array {
  const rows = new Float64Array(phases * rowLength);
  for (let row = 0, place = firstPlace, at = 0; row < phases; row++, place = (place + step) % phases) {
    for (let tap = 0; tap < rowLength; tap++, at++) {
      rows[at] = responseAt(prototype, (place / phases + first - tap) / density) / density;
    }
  }
  return rows;
}

/** A row for each end of an interval, and one more: a place may round up to the last. */
function straightRows({ prototype, density, intervals, rowLength, first }: Bank): Float32Array {
  const shape = forBlending(prototype, 1 / (intervals * density));
  const rows = new Float32Array((intervals + 2) * rowLength);
  for (let at = 0; at < rows.length; at++) {
    const row = Math.floor(at / rowLength);
    const distance = row / intervals + first - (at - row * rowLength);
    rows[at] = responseAt(shape, distance / density) / density;
  }
  return rows;
}

/** For each interval a row of constant terms; then, apart, one of linear and one of quadratic terms. */
function parabolicRows({ prototype, density, intervals, rowLength, first }: Bank) {
  const [node0, node1, node2] = PARABOLA_NODES;
  const constants = new Float64Array(intervals * rowLength);
  const slopes = new Float32Array(2 * intervals * rowLength);
  for (let interval = 0; interval < intervals; interval++) {
    for (let tap = 0; tap < rowLength; tap++) {
      const at = (node: number) =>
        responseAt(prototype, ((interval + node) / intervals + first - tap) / density) / density;
      const y0 = at(node0);
      const y1 = at(node1);
      const slope = (y1 - y0) / (node1 - node0);
      const quadratic = ((at(node2) - y1) / (node2 - node1) - slope) / (node2 - node0);
      constants[interval * rowLength + tap] = y0 - node0 * slope + node0 * node1 * quadratic;
      slopes[2 * interval * rowLength + tap] = slope - (node0 + node1) * quadratic;
      slopes[(2 * interval + 1) * rowLength + tap] = quadratic;
    }
  }
  return { constants, slopes };
}
