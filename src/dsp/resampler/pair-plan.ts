/** What pairs of blocks need to know of a ratio, in the engine's memory: transforms, factors and the filter. */
import type { Engine } from "../engine.ts";
import type { PairGeometry } from "./pair-geometry.ts";
import {
  PAIR_FILTER,
  PAIR_FIRST_FACTORS,
  PAIR_FIRST_LENGTH,
  PAIR_FIRST_TRANSFORM,
  PAIR_IS_ODD,
  PAIR_IS_REAL,
  PAIR_SECOND_FACTORS,
  PAIR_SECOND_LENGTH,
  PAIR_SECOND_TRANSFORM,
  PAIR_WORDS,
  PARTS,
} from "./pair-layout.ts";
import type { Precision } from "./precision.ts";
import { placeImage, SlotBuilder, type SlotImage } from "./slot-builder.ts";
import { SlotImages } from "./slot-images.ts";
import { addTransform, circleOf, radicesOf } from "./transform-plan.ts";

/** What a plan is for: `inputs` samples become `outputs`, reduced and unlike. */
export interface PairTask {
  readonly inputs: number;
  readonly outputs: number;
  readonly geometry: PairGeometry;
  readonly precision: Precision;
}

const images = new SlotImages<undefined>();

/** A new plan in the engine's memory; its byte address. Throws `ERR_ARENA_FULL`. */
export function placePairPlan(engine: Engine, task: PairTask): number {
  const { inputs, outputs, geometry } = task;
  const key = [inputs, outputs, geometry.inputSamples, geometry.isReal].join(":");
  return placeImage(engine, images.get(key, () => ({ image: draw(task), about: undefined })).image);
}

function draw(task: PairTask): SlotImage {
  const { inputs, outputs, geometry, precision } = task;
  const { inputSamples, outputSamples, isReal } = geometry;
  const { lanes, bytes } = precision;
  const firstLength = inputSamples / PARTS;
  const secondLength = outputSamples / PARTS;
  const slot = new SlotBuilder();
  const head = slot.reserve(PAIR_WORDS);
  slot.address(
    head + PAIR_FIRST_TRANSFORM,
    addTransform(slot, firstLength, precision, inputs >= 2 * outputs),
  );
  slot.address(head + PAIR_SECOND_TRANSFORM, addTransform(slot, secondLength, precision));
  slot.address(head + PAIR_FIRST_FACTORS, slot.numbers(outerFactors(inputSamples, lanes), bytes));
  slot.address(head + PAIR_SECOND_FACTORS, slot.numbers(outerFactors(outputSamples, lanes), bytes));
  slot.address(head + PAIR_FILTER, slot.numbers(filterTable(task), bytes));
  slot.write((i32) => {
    i32[head + PAIR_FIRST_LENGTH] = firstLength;
    i32[head + PAIR_SECOND_LENGTH] = secondLength;
    i32[head + PAIR_IS_REAL] = isReal ? 1 : 0;
    i32[head + PAIR_IS_ODD] = radicesOf(secondLength, precision)!.length & 1;
  });
  return slot.image();
}

/** For each vector of a part: of parts 1 to 7 in turn exp(-2 pi i part place / n), `lanes` real parts and as many imaginary ones. */
function outerFactors(n: number, lanes: number): Float64Array {
  const circle = circleOf(n);
  const length = n / PARTS;
  const last = length - lanes;
  const factors = new Float64Array(2 * (PARTS - 1) * lanes * Math.ceil(length / lanes));
  let to = 0;
  for (let at = 0; ; at = Math.min(at + lanes, last)) {
    for (let part = 1; part < PARTS; part++, to += 2 * lanes) {
      for (let lane = 0; lane < lanes; lane++) {
        const from = 2 * part * (at + lane);
        factors[to + lane] = circle[from]!;
        factors[to + lanes + lane] = circle[from + 1]!;
      }
    }
    if (at === last) return factors;
  }
}

/**
 * For each part: its bins from 0 on, as many as half of the shorter transform's part has, then those that end the part, all
 * in vectors, filled up with zeros; `lanes` real parts, and as many imaginary ones where there are any. The gain, and the
 * shift in time from the block's inputs to its outputs.
 */
function filterTable({ inputs, outputs, geometry, precision }: PairTask): Float64Array {
  const { inputSamples, outputSamples, before, isReal } = geometry;
  const { lanes, filter } = precision;
  const bins = Math.min(inputSamples, outputSamples);
  const gains = Float64Array.from({ length: bins / 2 }, (_, bin) => {
    const frequency = (bin / inputSamples) * (inputs / Math.min(inputs, outputs));
    return filter.gain(frequency) / inputSamples;
  });
  const start = (-before * outputs) / inputs;
  const shift = Math.ceil(start) - start;
  const length = bins / PARTS;
  const half = Math.ceil(length / 2);
  const vectors = PARTS * (Math.ceil(half / lanes) + Math.ceil((length - half) / lanes));
  const table = new Float64Array(vectors * lanes * (isReal ? 1 : 2));
  let to = 0;
  for (let part = 0; part < PARTS; part++) {
    for (const [first, end] of [
      [0, half],
      [half - length, 0],
    ] as const) {
      for (let at = first; at < end; at += lanes, to += isReal ? lanes : 2 * lanes) {
        for (let lane = 0; lane < Math.min(lanes, end - at); lane++) {
          const bin = PARTS * (at + lane) + part;
          const gain = gains[Math.abs(bin)] ?? 0;
          if (isReal) {
            table[to + lane] = gain;
            continue;
          }
          const turn = (2 * Math.PI * bin * shift) / outputSamples;
          table[to + lane] = gain * Math.cos(turn);
          table[to + lanes + lane] = gain * Math.sin(turn);
        }
      }
    }
  }
  return table;
}
