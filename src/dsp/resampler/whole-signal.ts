/**
 * The quality `high` of a whole signal: blocks two by two, longer ones than a stream may have, each straight from the caller's array
 * into the engine's memory and from there to its place in the result.
 */
import type { Engine } from "../engine.ts";
import { choosePairs, type PairGeometry } from "./pair-geometry.ts";
import { PAIR_OUTPUT_BYTES, PAIR_WORK_BYTES } from "./pair-layout.ts";
import { placePairPlan } from "./pair-plan.ts";
import { SINGLE } from "./precision.ts";
import type { WholeSignal } from "./qualities.ts";
import { readSignal, writeSignal } from "./signal-memory.ts";
import { pairKernels } from "./spectral-sources.ts";

/**
 * Converts it; returns false, and has done nothing, where there are no such blocks for the ratio.
 * @throws WasmError `ERR_ARENA_FULL`, nothing written
 */
export function convertWhole(engine: Engine, signal: WholeSignal): boolean {
  const { inputs, outputs, channels } = signal;
  const geometry = choosePairs(inputs, outputs, SINGLE);
  if (geometry === undefined) return false;
  const { arena } = engine;
  const slots: number[] = [];
  try {
    const plan = placePairPlan(engine, { inputs, outputs, geometry, precision: SINGLE });
    slots.push(plan);
    const work = arena.alloc(PAIR_WORK_BYTES);
    slots.push(work);
    const window = arena.alloc(4 * (geometry.inputSamples + geometry.hop));
    slots.push(window);
    const kernels = pairKernels(engine);
    const run = (): void => kernels.pair(plan, window, window + 4 * geometry.hop, work);
    for (let channel = 0; channel < channels; channel++) {
      convertChannel(engine, signal, geometry, channel, window, work, run);
    }
  } finally {
    for (const slot of slots) arena.free(slot);
  }
  return true;
}

function convertChannel(
  engine: Engine,
  { samples, out, channels, inputs, outputs }: WholeSignal,
  { inputSamples, hop, before }: PairGeometry,
  channel: number,
  window: number,
  work: number,
  run: () => void,
): void {
  const { f32 } = engine;
  const n = samples.length / channels;
  const length = Math.ceil((n * outputs) / inputs);
  const start = window >> 2;
  const room = inputSamples + hop;
  const count = (hop / inputs) * outputs;
  const kept = 4 * Math.floor((before * outputs) / inputs);
  f32.fill(0, start, start + before);
  let held = before;
  let taken = 0;
  for (let given = 0; given < length; ) {
    const piece = Math.min(room - held, n - taken);
    readSignal(engine, 4 * (start + held), samples, taken * channels + channel, channels, piece);
    f32.fill(0, start + held + piece, start + room);
    taken += piece;
    run();
    for (const address of [work + PAIR_OUTPUT_BYTES, work]) {
      const rest = Math.min(count, length - given);
      if (rest > 0) writeSignal(engine, address + kept, out, given * channels + channel, channels, rest);
      given += rest;
    }
    held = room - 2 * hop;
    f32.copyWithin(start, start + room - held, start + room);
  }
}
