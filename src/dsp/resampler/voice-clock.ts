/**
 * Where a stream's outputs lie between its inputs, exactly.
 *
 * The bank's next output is `place` units past an input, `span` units to an input; from one output to the next it is
 * `stepSamples` inputs and `stepUnits` units. Without drift a unit is a phase of the ratio. With drift of d parts in 1e9
 * (whole: a thousandth of a ppm), p phases and a step of s inputs in p outputs, `span` is p (1e9 + d) and a step s * 1e9
 * units: whole numbers below 2^50, exact in float64, so that outputs are counted without error however long a stream lasts.
 * A change of drift rounds the next output's place to a unit, 1e-9 of a sample or less.
 */

/** Steps of drift in a ppm, and parts in one. */
const STEPS_PER_PPM = 1000;
const PARTS = 1e9;

/** The rate of a stream's bank. One is kept for a stream's life: setting it allocates nothing. */
export class Clock {
  span = 1;
  stepSamples = 1;
  stepUnits = 0.5;

  /** For a bank that makes `phases` outputs of `step` inputs: without drift, in phases. */
  setPlain(phases: number, step: number): void {
    this.#set(phases, step);
  }

  /** The same with drift; positive gives more output. */
  setDrift(phases: number, step: number, ppm: number): void {
    this.#set(phases * (PARTS + Math.round(ppm * STEPS_PER_PPM)), step * PARTS);
  }

  #set(span: number, stepInUnits: number): void {
    this.span = span;
    this.stepSamples = wholeQuotient(stepInUnits, span);
    this.stepUnits = stepInUnits - this.stepSamples * span;
  }
}

/** floor(a / b), also where the quotient rounds up to a whole number. */
function wholeQuotient(a: number, b: number): number {
  const quotient = Math.floor(a / b);
  return quotient * b > a ? quotient - 1 : quotient;
}

/** A place on a clock of `from` units to an input, on one of `to`. */
export function placeOn(to: number, place: number, from: number): number {
  return Math.min(to - 1, Math.round(place * (to / from)));
}

/** How many outputs lie within the next `samples` inputs, the first one at `place`. */
export function outputsWithin(
  { span, stepSamples, stepUnits }: Clock,
  place: number,
  samples: number,
): number {
  if (samples <= 0) return 0;
  if (samples === Number.POSITIVE_INFINITY) return samples;
  const step = stepSamples * span + stepUnits;
  // right but for rounding: then the neighbours are tried exactly
  let count = Math.max(0, Math.ceil((samples * span - place) / step));
  while (count > 0 && !isWithin(span, step, place, samples, count - 1)) count--;
  while (isWithin(span, step, place, samples, count)) count++;
  return count;
}

/** Is place + count * step < samples * span? The products pass 2^53, so in two halves. */
function isWithin(span: number, step: number, place: number, samples: number, count: number): boolean {
  const half = 2 ** 24;
  const spanHigh = Math.floor(span / half);
  const stepHigh = Math.floor(step / half);
  const high = samples * spanHigh - count * stepHigh;
  const low = samples * (span - spanHigh * half) - count * (step - stepHigh * half);
  return high * half + (low - place) > 0;
}

/** What of a plan says how a state begins: see there. */
interface Bank {
  readonly rowLength: number;
  readonly lookAhead: number;
  readonly ahead: number;
}

/** How a stream's state begins: see voice-layout.ts. */
export interface Start {
  readonly window: number;
  readonly place: number;
  readonly missing: number;
  readonly isOddNext: boolean;
}

/**
 * Down, the half-band needs what the bank makes of the first samples before their own time: the bank begins with the first
 * of its outputs that sees any of them. `clock` is undefined without a bank.
 */
export function startDown(clock: Clock | undefined, { rowLength, lookAhead, ahead }: Bank): Start {
  if (clock === undefined) return { window: 0, place: 0, missing: ahead, isOddNext: false };
  const step = clock.stepSamples * clock.span + clock.stepUnits;
  const first = -Math.floor((lookAhead * clock.span) / step);
  const sample = wholeQuotient(first * step, clock.span);
  const pair = Math.floor(first / 2);
  return {
    window: sample + lookAhead - rowLength + 1,
    place: first * step - sample * clock.span,
    missing: ahead - pair,
    isOddNext: first !== 2 * pair,
  };
}

/** Up, the bank needs what the half-band makes of the first samples before their own time. */
export function startUp({ rowLength, lookAhead, ahead }: Bank): Start {
  const before = rowLength === 0 ? 0 : rowLength - 1 - lookAhead;
  const pairs = Math.ceil(before / 2);
  return { window: 2 * pairs - before, place: 0, missing: ahead - pairs, isOddNext: false };
}
