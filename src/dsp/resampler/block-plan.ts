/**
 * What the `high` quality needs to know of a ratio, in the engine's memory: transforms, filters, and the way from the one
 * to the other. Computed when the first resampler of the ratio and delay is made, given back with the last.
 */
import type { Engine } from "../engine.ts";
import { bandGain, FILTER_STOP } from "./band-filter.ts";
import type { BlockGeometry } from "./block-geometry.ts";
import { SharedSlots } from "./shared-slots.ts";
import { SlotBuilder } from "./slot-builder.ts";
import {
  ENTRY_WORDS,
  OUTPUT_SLACK,
  OUTPUT_START,
  PLAN_BINS,
  PLAN_BLOCK,
  PLAN_ENTRIES,
  PLAN_FIRST_TRANSFORM,
  PLAN_HOP,
  PLAN_INPUT_ROOM,
  PLAN_INPUTS,
  PLAN_JOIN,
  PLAN_LAST_READ,
  PLAN_OUTPUT_ROOM,
  PLAN_OUTPUTS,
  PLAN_PHASES,
  PLAN_SECOND_TRANSFORM,
  WORK_WORDS,
} from "./spectral-layout.ts";
import { addTransform } from "./transform-plan.ts";

/** One ratio's plan in the engine's memory. */
export interface BlockPlan {
  /** Byte address, for the kernel. */
  readonly address: number;
  readonly geometry: BlockGeometry;
  /** Words of a state for the input and for the output. */
  readonly inputRoom: number;
  readonly outputRoom: number;
  /** Input samples of a block before the first whose output is kept. */
  readonly before: number;
}

const plans = new SharedSlots<BlockPlan>();
const works = new SharedSlots<{ readonly address: number }>();

/** A plan in use, and the working area that all plans of an engine share. */
export interface AcquiredPlan {
  readonly plan: BlockPlan;
  readonly work: number;
  release(): void;
}

/** Both, to be given back by `release`. `pieceSamples` is the most input of one kernel call. Throws `ERR_ARENA_FULL`. */
export function acquireBlockPlan(
  engine: Engine,
  inputs: number,
  outputs: number,
  geometry: BlockGeometry,
  pieceSamples: number,
): AcquiredPlan {
  const key = [inputs, outputs, geometry.inputSamples, geometry.hop, pieceSamples].join(":");
  const work = works.acquire(engine, "work", () => ({ address: engine.arena.alloc(WORK_WORDS * 4) }));
  try {
    const plan = plans.acquire(engine, key, () =>
      createPlan(engine, inputs, outputs, geometry, pieceSamples),
    );
    return {
      plan,
      work: work.address,
      release: () => {
        plans.release(engine, key);
        works.release(engine, "work");
      },
    };
  } catch (cause) {
    works.release(engine, "work");
    throw cause;
  }
}

function createPlan(
  engine: Engine,
  inputs: number,
  outputs: number,
  geometry: BlockGeometry,
  pieceSamples: number,
): BlockPlan {
  const { inputSamples, outputSamples, hop, phases, reach } = geometry;
  const before = inputSamples - hop - reach;
  const bins = binsOf(inputs, outputs, geometry);
  const gains = Float64Array.from({ length: bins }, (_, bin) => {
    if (2 * bin >= Math.min(inputSamples, outputSamples)) return 0;
    const frequency = (bin / inputSamples) * (inputs / Math.min(inputs, outputs));
    return bandGain(frequency) / inputSamples;
  });

  const slot = new SlotBuilder();
  const head = slot.reserve(PLAN_ENTRIES + ENTRY_WORDS * phases);
  const first = addTransform(slot, inputSamples / 2);
  const second = addTransform(slot, outputSamples / 2);
  slot.address(head + PLAN_FIRST_TRANSFORM, first.offset);
  slot.address(head + PLAN_SECOND_TRANSFORM, second.offset);
  slot.address(head + PLAN_JOIN, slot.floats(joinFactors(outputSamples)));
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
      slot.floats(filterTable(gains, shift, inputSamples, outputSamples)),
    );
    return { from: from - origin, count };
  });
  const longest = Math.max(...entries.map(({ count }) => count));
  const inputRoom = inputSamples + hop + pieceSamples;
  // a piece's blocks all run before their output is handed out; beside it, up to two blocks wait, and two more find room
  // without the rest being moved every time
  const pieceOutput = Math.ceil((pieceSamples * outputs) / inputs);
  const outputRoom = OUTPUT_START + pieceOutput + 4 * longest + 2 * OUTPUT_SLACK;

  const address = slot.build(engine);
  const at = address >> 2;
  const i32 = new Int32Array(engine.buffer);
  i32[at + PLAN_BLOCK] = inputSamples;
  i32[at + PLAN_HOP] = hop;
  i32[at + PLAN_PHASES] = phases;
  i32[at + PLAN_BINS] = bins;
  i32[at + PLAN_INPUT_ROOM] = inputRoom;
  i32[at + PLAN_OUTPUT_ROOM] = outputRoom;
  i32[at + PLAN_LAST_READ] = inputRoom - inputSamples - pieceSamples;
  const f64 = new Float64Array(engine.buffer);
  f64[(at + PLAN_INPUTS) >> 1] = inputs;
  f64[(at + PLAN_OUTPUTS) >> 1] = outputs;
  entries.forEach(({ from, count }, phase) => {
    i32[at + PLAN_ENTRIES + ENTRY_WORDS * phase] = from;
    i32[at + PLAN_ENTRIES + ENTRY_WORDS * phase + 1] = count;
  });
  for (const { offset, words } of [first, second]) {
    words.forEach((word, i) => {
      if (i % 2 === 1 || i === 0) i32[at + offset + i] = word;
    });
  }
  return { address, geometry, inputRoom, outputRoom, before };
}

/** Bins below the filter's stop, in whole vectors, no more than either transform has. */
function binsOf(inputs: number, outputs: number, { inputSamples, outputSamples }: BlockGeometry): number {
  const lower = Math.min(inputs, outputs) / inputs;
  const needed = Math.min(FILTER_STOP * lower * inputSamples, inputSamples / 2, outputSamples / 2);
  return Math.ceil(needed / 4) * 4;
}

/**
 * For each four bins the real parts of A, its imaginary parts, those of B: with Z the transform of the packed input, the
 * spectrum is (Z[k] + Z*[n-k]) / 2 - i w^k (Z[k] - Z*[n-k]) / 2. The filter's gain and the shift in time (in output
 * samples) are multiplied in; so is the 1/2 that the join would need.
 */
function filterTable(
  gains: Float64Array,
  shift: number,
  inputSamples: number,
  outputSamples: number,
): Float32Array {
  const table = new Float32Array(gains.length * 4);
  gains.forEach((gain, bin) => {
    const turn = (2 * Math.PI * bin * shift) / outputSamples;
    const re = (gain * Math.cos(turn)) / 2;
    const im = (gain * Math.sin(turn)) / 2;
    const angle = (-2 * Math.PI * bin) / inputSamples;
    const cosine = Math.cos(angle);
    const sine = Math.sin(angle);
    const at = (bin >> 2) * 16 + (bin & 3);
    table[at] = re * (1 + sine) + im * cosine;
    table[at + 4] = im * (1 + sine) - re * cosine;
    table[at + 8] = re * (1 - sine) - im * cosine;
    table[at + 12] = im * (1 - sine) + re * cosine;
  });
  return table;
}

/** exp(2 pi i k / n) for the first half of the second transform: four cosines, four sines, and so on. */
function joinFactors(outputSamples: number): number[] {
  const factors: number[] = [];
  for (let bin = 0; bin <= outputSamples / 4; bin += 4) {
    for (const part of [Math.cos, Math.sin]) {
      for (let lane = 0; lane < 4; lane++) factors.push(part((2 * Math.PI * (bin + lane)) / outputSamples));
    }
  }
  return factors;
}
