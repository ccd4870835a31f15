/**
 * What the `voice` quality needs to know of a ratio: the bank's rows and the half-band's coefficients, computed when the
 * first resampler of the ratio is made, shared by all of them, given back with the last.
 *
 * Every bank is samples of one continuous impulse response (filters.ts), so any ratio has the same response.
 */
import type { Engine } from "../engine.ts";
import { DRIFT_HALF_BAND, HALF_BAND, INTERPOLATOR, PROTOTYPES } from "./filters.ts";
import { MINIMUM_PHASE } from "./minimum-filter.ts";
import { forBlending, type Prototype, reachOf, responseAt } from "./prototype.ts";
import {
  LINK_WORDS,
  PLAN_AHEAD,
  PLAN_GRID,
  PLAN_HALF_BAND,
  PLAN_IS_MINIMUM,
  PLAN_IS_UP,
  PLAN_PAIRS,
  PLAN_PHASES,
  PLAN_ROW_LENGTH,
  PLAN_ROWS,
  PLAN_STEP_PHASES,
  PLAN_STEP_SAMPLES,
  PLAN_WORDS,
} from "./voice-layout.ts";

/** Above this many coefficients (64 KiB) a bank gets a grid of rows, blended linearly, in place of a row for each phase. */
const MAX_COEFFICIENTS = 16384;
/**
 * Rows of the grid to each sample at twice the lower rate. The error of linear blending at 0.55 of the lower rate is then
 * (2 pi 0.275 / 512)^2 / 16, -123 dB.
 */
const GRID_ROWS = 512;

/**
 * What minimum phase looks ahead going up, in samples of the lower rate; with linear phase it is as many as there are pairs.
 * Down, half a sample less.
 */
const MINIMUM_AHEAD = 2;

/** One ratio's plan in the engine's memory. */
export interface VoicePlan {
  /** Byte address, for the kernel. */
  readonly address: number;
  readonly rowLength: number;
  /** How far the bank looks ahead, in its input samples; 0 without a bank. */
  readonly lookAhead: number;
  /** The bank's own ratio, reduced: its outputs for `step` of its inputs. */
  readonly phases: number;
  readonly step: number;
  readonly isUp: boolean;
  /** Samples of the lower rate that the half-band looks ahead; down, half a one more. */
  readonly ahead: number;
  /** Intervals of the grid of rows, or 0 for a row of its own for each phase. */
  readonly grid: number;
}

interface Shared {
  readonly plan: VoicePlan;
  users: number;
}

const plans = new WeakMap<Engine, Map<string, Shared>>();

/**
 * What a plan is for: a reduced ratio (`inputs` samples become `outputs`), and drift on it or not. Equal rates have a plan
 * only for drift.
 */
export interface PlanKey {
  readonly inputs: number;
  readonly outputs: number;
  readonly isDrifting: boolean;
  /** Minimum phase, linear otherwise and always between equal rates. */
  readonly isMinimum: boolean;
}

/** The plan of a ratio: shared, to be given back by `releasePlan`. Throws `ERR_ARENA_FULL`. */
export function acquirePlan(engine: Engine, wanted: PlanKey): VoicePlan {
  let known = plans.get(engine);
  if (known === undefined) {
    known = new Map();
    plans.set(engine, known);
  }
  const key = textOf(wanted);
  let shared = known.get(key);
  if (shared === undefined) {
    shared = { plan: createPlan(engine, wanted), users: 0 };
    known.set(key, shared);
  }
  shared.users++;
  return shared.plan;
}

export function releasePlan(engine: Engine, wanted: PlanKey): void {
  const known = plans.get(engine);
  const key = textOf(wanted);
  const shared = known?.get(key);
  if (known === undefined || shared === undefined) return;
  shared.users--;
  if (shared.users > 0) return;
  known.delete(key);
  engine.arena.free(shared.plan.address);
}

function textOf({ inputs, outputs, isDrifting, isMinimum }: PlanKey): string {
  return `${inputs}:${outputs}${isDrifting ? " drifting" : ""}${isMinimum ? " minimum" : ""}`;
}

/** The longest row that a ratio's plans have, in coefficients. */
export function longestRow(inputs: number, outputs: number): number {
  return roundUp4(2 * bankOf(inputs, outputs, true).lookAhead);
}

/** The bank of a plan: its own ratio, and its response. */
function bankOf(inputs: number, outputs: number, isDrifting: boolean) {
  const isUp = outputs >= inputs;
  // it works between the higher rate and twice the lower one
  const bankInputs = isUp ? 2 * inputs : inputs;
  const bankOutputs = isUp ? outputs : 2 * outputs;
  const divisor = greatestCommonDivisor(bankInputs, bankOutputs);
  const phases = bankOutputs / divisor;
  const step = bankInputs / divisor;
  // its inputs to a period of the lower rate
  const density = isUp ? 2 : inputs / outputs;
  // drift begins without a seam where what came before went through no bank
  const isSeamless = phases === step || inputs === outputs;
  const prototype = isSeamless ? INTERPOLATOR : longestThatFits(density);
  const lookAhead = phases === step && !isDrifting ? 0 : reachOf(prototype, density);
  return { isUp, phases, step, density, prototype, lookAhead };
}

function createPlan(engine: Engine, wanted: PlanKey): VoicePlan {
  const { inputs, outputs, isDrifting } = wanted;
  const { isUp, phases, step, density, prototype, lookAhead } = bankOf(inputs, outputs, isDrifting);
  const isMinimum = wanted.isMinimum && inputs !== outputs;
  const linear = isDrifting ? DRIFT_HALF_BAND : HALF_BAND;
  const halfBand = isMinimum ? MINIMUM_PHASE : linear;
  const ahead = (isMinimum ? MINIMUM_AHEAD : linear.length) - (isUp ? 0 : 1);
  const rowLength = roundUp4(2 * lookAhead);
  const isGrid = isDrifting || phases * rowLength > MAX_COEFFICIENTS;
  const grid = isGrid ? Math.max(16, Math.ceil((GRID_ROWS * 2) / density)) : 0;
  // one row past the grid's end: the place of an output may round up to that
  const rows = rowLength === 0 ? 0 : isGrid ? grid + 2 : phases;

  const pitch = rowLength + (isGrid ? 0 : LINK_WORDS);
  const words = PLAN_WORDS + 4 * halfBand.length + rows * pitch;
  const address = engine.arena.alloc(words * 4);
  const at = address >> 2;
  const coefficients = at + PLAN_WORDS;
  const firstRow = coefficients + 4 * halfBand.length;
  const i32 = new Int32Array(engine.buffer);
  i32[at + PLAN_IS_UP] = isUp ? 1 : 0;
  i32[at + PLAN_PHASES] = phases;
  i32[at + PLAN_STEP_SAMPLES] = Math.floor(step / phases);
  i32[at + PLAN_STEP_PHASES] = step % phases;
  i32[at + PLAN_ROW_LENGTH] = rowLength;
  i32[at + PLAN_ROWS] = firstRow * 4;
  i32[at + PLAN_HALF_BAND] = coefficients * 4;
  i32[at + PLAN_GRID] = grid;
  i32[at + PLAN_AHEAD] = ahead;
  i32[at + PLAN_IS_MINIMUM] = isMinimum ? 1 : 0;
  i32[at + PLAN_PAIRS] = linear.length;
  // up, half the samples that the response meets are zeros; HALF_BAND has the 2 in it
  const gain = isMinimum && isUp ? 2 : 1;
  halfBand.forEach((value, k) => {
    engine.f32.fill(gain * value, coefficients + 4 * k, coefficients + 4 * k + 4);
  });
  const intervals = isGrid ? grid : phases;
  const bank = keptBank(textOf({ ...wanted, isMinimum: false }), rows * rowLength, (coefficients) => {
    const shape = isGrid ? forBlending(prototype, 1 / (grid * density)) : prototype;
    for (let row = 0; row < rows; row++) {
      const distance = row / intervals + rowLength - 1 - lookAhead;
      writeRow(coefficients, row * rowLength, rowLength, distance, shape, density);
    }
  });
  for (let row = 0; row < rows; row++) {
    let at = firstRow + row * pitch;
    if (!isGrid) {
      const next = row + step;
      i32[at] = (firstRow + (next % phases) * pitch) * 4;
      i32[at + 1] = Math.floor(next / phases) * 4;
      at += LINK_WORDS;
    }
    engine.f32.set(bank.subarray(row * rowLength, (row + 1) * rowLength), at);
  }
  return { address, rowLength, lookAhead, phases, step, isUp, ahead, grid };
}

/** Rows that were computed last, of up to 64 KiB each: what ends with one call is often wanted again with the next. */
const banks = new Map<string, Float32Array>();
const MAX_BANKS = 16;

function keptBank(key: string, length: number, fill: (coefficients: Float32Array) => void): Float32Array {
  let bank = banks.get(key);
  if (bank === undefined) {
    bank = new Float32Array(length);
    fill(bank);
    for (const oldest of banks.keys()) if (banks.size >= MAX_BANKS) banks.delete(oldest);
  }
  banks.delete(key);
  banks.set(key, bank);
  return bank;
}

/** One row: the response at `distance`, `distance - 1` ... bank inputs from the output. */
function writeRow(
  f32: Float32Array,
  at: number,
  length: number,
  distance: number,
  prototype: Prototype,
  density: number,
): void {
  for (let j = 0; j < length; j++) f32[at + j] = responseAt(prototype, (distance - j) / density) / density;
}

/** Rows are whole vectors, so a longer, better response often costs nothing: the longest one of the shortest rows. */
function longestThatFits(density: number): Prototype {
  let best = PROTOTYPES[0]!;
  const length = roundUp4(2 * reachOf(best, density));
  for (const prototype of PROTOTYPES) {
    if (roundUp4(2 * reachOf(prototype, density)) <= length) best = prototype;
  }
  return best;
}

function roundUp4(n: number): number {
  return (n + 3) & -4;
}

/** The greatest common divisor of two positive whole numbers. */
export function greatestCommonDivisor(a: number, b: number): number {
  while (b !== 0) [a, b] = [b, a % b];
  return a;
}
