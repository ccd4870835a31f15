/**
 * What a quality that works in blocks needs to know of a ratio, in the engine's memory: transforms, filters, and the way from the one
 * to the other. Computed when the first resampler of the ratio and delay is made, given back with the last.
 */
import type { Engine } from "../engine.ts";
import { FILTER_STOP } from "./band-filter.ts";
import type { BlockGeometry } from "./block-geometry.ts";
import type { Precision } from "./precision.ts";
import { SharedSlots } from "./shared-slots.ts";
import { placeImage, SlotBuilder, type SlotImage } from "./slot-builder.ts";
import { SlotImages } from "./slot-images.ts";
import {
  ENTRY_WORDS,
  OUTPUT_SLACK,
  OUTPUT_START,
  PLAN_ALONE,
  PLAN_BLOCK,
  PLAN_ENTRIES,
  PLAN_FIRST_TRANSFORM,
  PLAN_HOP,
  PLAN_INPUT_ROOM,
  PLAN_INPUT_SHIFT,
  PLAN_INPUTS,
  PLAN_JOIN,
  PLAN_LAST_READ,
  PLAN_OUTPUT_ROOM,
  PLAN_OUTPUT_SHIFT,
  PLAN_OUTPUTS,
  PLAN_PAIRED,
  PLAN_PHASES,
  PLAN_SECOND_TRANSFORM,
  workBytes,
} from "./spectral-layout.ts";
import { addTransform } from "./transform-plan.ts";

/** What a plan is for: `inputs` samples become `outputs`, reduced and unlike, in these blocks. */
export interface BlockTask {
  readonly inputs: number;
  readonly outputs: number;
  readonly geometry: BlockGeometry;
  readonly precision: Precision;
  /** Bytes of a sample: 4 but where `precision` has more and the next one in a chain too. */
  readonly inputBytes: 4 | 8;
  readonly outputBytes: 4 | 8;
}

/** One task's plan in the engine's memory. */
export interface BlockPlan {
  /** Byte address, for the kernel. */
  readonly address: number;
  readonly geometry: BlockGeometry;
  /** Samples of a state for the input and for the output. */
  readonly inputRoom: number;
  readonly outputRoom: number;
  /** Input samples of a block before the first whose output is kept. */
  readonly before: number;
}

const plans = new SharedSlots<BlockPlan>();
const images = new SlotImages<Omit<BlockPlan, "address">>();
const works = new SharedSlots<{ readonly address: number }>();

/** A plan in use, and the working area that all plans of an engine share. */
export interface AcquiredPlan {
  readonly plan: BlockPlan;
  readonly work: number;
  release(): void;
}

/** Both, to be given back by `release`. `pieceSamples` is the most input of one kernel call. Throws `ERR_ARENA_FULL`. */
export function acquireBlockPlan(engine: Engine, task: BlockTask, pieceSamples: number): AcquiredPlan {
  const { inputs, outputs, geometry, precision, inputBytes, outputBytes } = task;
  const { inputSamples, hop } = geometry;
  const { name, planeBytes } = precision;
  const key = [name, inputs, outputs, inputSamples, hop, pieceSamples, inputBytes, outputBytes].join(":");
  const work = works.acquire(engine, name, () => ({ address: engine.arena.alloc(workBytes(planeBytes)) }));
  try {
    const plan = plans.acquire(engine, key, () => createPlan(engine, key, task, pieceSamples));
    return {
      plan,
      work: work.address,
      release: () => {
        plans.release(engine, key);
        works.release(engine, name);
      },
    };
  } catch (cause) {
    works.release(engine, name);
    throw cause;
  }
}

function createPlan(engine: Engine, key: string, task: BlockTask, pieceSamples: number): BlockPlan {
  const { image, about } = images.get(key, () => draw(task, pieceSamples));
  return { address: placeImage(engine, image), ...about };
}

/** The plan, but for its address. */
function draw(
  task: BlockTask,
  pieceSamples: number,
): { image: SlotImage; about: Omit<BlockPlan, "address"> } {
  const { inputs, outputs, geometry, precision } = task;
  const { lanes, bytes, filter } = precision;
  const { inputSamples, outputSamples, hop, phases, reach } = geometry;
  const before = inputSamples - hop - reach;
  const { alone, paired } = vectorsOf(task);
  const bins = binsOf(alone, paired, outputSamples, lanes);
  const gains = bins.map((bin) => {
    if (2 * bin >= Math.min(inputSamples, outputSamples)) return 0;
    const frequency = (bin / inputSamples) * (inputs / Math.min(inputs, outputs));
    return filter.gain(frequency) / inputSamples;
  });

  const slot = new SlotBuilder();
  const head = slot.reserve(PLAN_ENTRIES + ENTRY_WORDS * phases);
  const first = addTransform(slot, inputSamples / 2, precision, inputs >= 4 * outputs);
  const second = addTransform(slot, outputSamples / 2, precision);
  slot.address(head + PLAN_FIRST_TRANSFORM, first);
  slot.address(head + PLAN_SECOND_TRANSFORM, second);
  slot.address(head + PLAN_JOIN, slot.numbers(joinFactors(outputSamples, lanes), bytes));
  const entries = Array.from({ length: phases }, (_, phase) => {
    // on the input's time: the block begins at `start`, and keeps the outputs from `start + before` on, for one hop
    const start = phase * hop - before;
    const outputBefore = (samples: number) => Math.ceil((samples * outputs) / inputs);
    const origin = outputBefore(start);
    const from = outputBefore(start + before);
    const count = outputBefore(start + before + hop) - from;
    const shift = origin - (start * outputs) / inputs;
    slot.address(
      head + PLAN_ENTRIES + ENTRY_WORDS * phase + 2,
      slot.numbers(filterTable(bins, gains, shift, inputSamples, outputSamples, lanes), bytes),
    );
    return { from: from - origin, count };
  });
  const longest = Math.max(...entries.map(({ count }) => count));
  // even, so that float64 output behind float32 input is aligned
  const inputRoom = 2 * Math.ceil((inputSamples + pieceSamples) / 2);
  // a piece's blocks all run before their output is handed out; beside it, up to two blocks wait, and two more find room
  // without the rest being moved every time
  const pieceOutput = Math.ceil((pieceSamples * outputs) / inputs);
  const outputRoom = OUTPUT_START + pieceOutput + 3 * longest + 2 * OUTPUT_SLACK;

  slot.write((i32, f64) => {
    i32[head + PLAN_BLOCK] = inputSamples;
    i32[head + PLAN_HOP] = hop;
    i32[head + PLAN_PHASES] = phases;
    i32[head + PLAN_ALONE] = alone;
    i32[head + PLAN_PAIRED] = paired;
    i32[head + PLAN_INPUT_ROOM] = inputRoom;
    i32[head + PLAN_OUTPUT_ROOM] = outputRoom;
    i32[head + PLAN_INPUT_SHIFT] = Math.log2(task.inputBytes);
    i32[head + PLAN_OUTPUT_SHIFT] = Math.log2(task.outputBytes);
    i32[head + PLAN_LAST_READ] = inputRoom - inputSamples - pieceSamples;
    f64[(head + PLAN_INPUTS) >> 1] = inputs;
    f64[(head + PLAN_OUTPUTS) >> 1] = outputs;
    entries.forEach(({ from, count }, phase) => {
      i32[head + PLAN_ENTRIES + ENTRY_WORDS * phase] = from;
      i32[head + PLAN_ENTRIES + ENTRY_WORDS * phase + 1] = count;
    });
  });
  return { image: slot.image(), about: { geometry, inputRoom, outputRoom, before } };
}

/** Vectors of bins that the second transform begins with: without a mirror below the filter's stop, and with one. */
function vectorsOf({ inputs, outputs, geometry, precision }: BlockTask): { alone: number; paired: number } {
  const { inputSamples, outputSamples } = geometry;
  const { lanes } = precision;
  const lower = Math.min(inputs, outputs) / inputs;
  const needed = Math.ceil(Math.min(FILTER_STOP * lower * inputSamples, inputSamples / 2, outputSamples / 2));
  const length = outputSamples / 2;
  const vectors = Math.ceil(needed / lanes);
  if (2 * lanes * vectors <= length) return { alone: vectors, paired: 0 };
  const alone = Math.max(0, Math.floor((length - needed + 1) / lanes));
  return { alone, paired: Math.floor(length / 2 / lanes) + 1 - alone };
}

/** The bins that the filter's table is for: those of all vectors, then the mirrors of the paired ones. */
function binsOf(alone: number, paired: number, outputSamples: number, lanes: number): Float64Array {
  const first = (alone + paired) * lanes;
  return Float64Array.from({ length: first + paired * lanes }, (_, place) =>
    place < first ? place : outputSamples / 2 - alone * lanes - (place - first),
  );
}

/**
 * For each `lanes` bins the real parts of A, its imaginary parts, those of B: with Z the transform of the packed input, the
 * spectrum is (Z[k] + Z*[n-k]) / 2 - i w^k (Z[k] - Z*[n-k]) / 2. The filter's gain and the shift in time (in output
 * samples) are multiplied in; so is the 1/2 that the join would need.
 */
function filterTable(
  bins: Float64Array,
  gains: Float64Array,
  shift: number,
  inputSamples: number,
  outputSamples: number,
  lanes: number,
): Float64Array {
  const table = new Float64Array(bins.length * 4);
  bins.forEach((bin, place) => {
    const gain = gains[place]!;
    const turn = (2 * Math.PI * bin * shift) / outputSamples;
    const re = (gain * Math.cos(turn)) / 2;
    const im = (gain * Math.sin(turn)) / 2;
    const angle = (-2 * Math.PI * bin) / inputSamples;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const lane = place % lanes;
    const at = (place - lane) * 4 + lane;
    table[at] = re * (1 + sine) + im * cosine;
    table[at + lanes] = im * (1 + sine) - re * cosine;
    table[at + 2 * lanes] = re * (1 - sine) - im * cosine;
    table[at + 3 * lanes] = im * (1 - sine) + re * cosine;
  });
  return table;
}

/** exp(2 pi i k / n) for the first half of the second transform: `lanes` cosines, as many sines, and so on. */
function joinFactors(outputSamples: number, lanes: number): Float64Array {
  const vectors = Math.floor(outputSamples / 4 / lanes) + 1;
  const factors = new Float64Array(2 * lanes * vectors);
  for (let bin = 0, to = 0; bin < vectors * lanes; bin += lanes, to += 2 * lanes) {
    for (let lane = 0; lane < lanes; lane++) {
      const angle = (2 * Math.PI * (bin + lane)) / outputSamples;
      factors[to + lane] = Math.cos(angle);
      factors[to + lanes + lane] = Math.sin(angle);
    }
  }
  return factors;
}
