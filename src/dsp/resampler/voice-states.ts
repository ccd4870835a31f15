/**
 * The states of a `voice` stream, one for each channel: how they begin, how drift enters them, and what they will give. All
 * channels stand at the same place, so the first one answers for all.
 */
import type { Engine } from "../engine.ts";
import type { DriftSlew } from "./drift-slew.ts";
import { Clock, outputsWithin, placeOn, startDown, startUp } from "./voice-clock.ts";
import {
  EVEN_BEFORE,
  EVEN_SAMPLES,
  SIDE_SAMPLES,
  STATE_HISTORY,
  STATE_IS_ODD_NEXT,
  STATE_MISSING,
  STATE_PHASE,
  STATE_PLACE,
  STATE_ROWS_PER_UNIT,
  STATE_SPAN,
  STATE_STEP_SAMPLES,
  STATE_STEP_UNITS,
  STATE_WINDOW,
} from "./voice-layout.ts";
import type { VoicePlan } from "./voice-plan.ts";

export class VoiceStates {
  readonly #engine: Engine;
  readonly #base: number;
  readonly #words: number;
  readonly #channels: number;
  readonly #f32: Float32Array;
  readonly #i32: Int32Array;
  readonly #f64: Float64Array;
  readonly #clock = new Clock();
  /** Of steps to come. */
  readonly #nextClock = new Clock();

  /** `words` 4-byte words a channel, a multiple of 4; throws `ERR_ARENA_FULL`. */
  constructor(engine: Engine, channels: number, words: number) {
    this.#engine = engine;
    this.#channels = channels;
    this.#words = words;
    this.#base = engine.arena.alloc(4 * words * channels);
    this.#f32 = engine.f32;
    this.#i32 = new Int32Array(engine.buffer);
    this.#f64 = new Float64Array(engine.buffer);
  }

  /** For the kernel. */
  address(channel: number): number {
    return this.#base + 4 * this.#words * channel;
  }

  clear(): void {
    const at = this.#at(0);
    this.#f32.fill(0, at, at + this.#words * this.#channels);
  }

  /** Cleared states, before the first sample; drifting from the start or without drift. */
  begin(plan: VoicePlan, driftPpm?: number): void {
    const { rowLength, isUp, phases, step } = plan;
    const clock = this.#clock;
    if (driftPpm === undefined) clock.setPlain(phases, step);
    else clock.setDrift(phases, step, driftPpm);
    const start = isUp ? startUp(plan) : startDown(rowLength === 0 ? undefined : clock, plan);
    for (let channel = 0; channel < this.#channels; channel++) {
      const at = this.#at(channel);
      this.#i32[at + STATE_WINDOW] = start.window;
      this.#i32[at + STATE_MISSING] = start.missing;
      this.#i32[at + STATE_IS_ODD_NEXT] = start.isOddNext ? 1 : 0;
      if (plan.grid === 0) this.#i32[at + STATE_PHASE] = start.place;
    }
    if (plan.grid !== 0) this.#writeClock(plan, start.place);
  }

  /** States that drift, from the bank's next output on. */
  setDrift(plan: VoicePlan, ppm: number): void {
    const { span } = this.#clock;
    this.#clock.setDrift(plan.phases, plan.step, ppm);
    this.#writeClock(plan, placeOn(this.#clock.span, this.#place, span));
  }

  /** The same for one channel, among the steps of a slew that all are to make. */
  step(plan: VoicePlan, channel: number, ppm: number): void {
    const at = this.#at(channel);
    this.#clock.setDrift(plan.phases, plan.step, ppm);
    const place = this.#f64[(at + STATE_PLACE) >> 1]!;
    const span = this.#f64[(at + STATE_SPAN) >> 1]!;
    this.#writeChannelClock(plan, at, placeOn(this.#clock.span, place, span));
  }

  /** States under `plain` (undefined: equal rates) go on under `plan`, whose next output is where theirs was. */
  startDrifting(plain: VoicePlan | undefined, plan: VoicePlan, ppm: number): void {
    this.#clock.setDrift(plan.phases, plan.step, ppm);
    if (plain !== undefined) {
      // its half-band looks further ahead
      const missing = this.#i32[this.#at(0) + STATE_MISSING]!;
      this.#writeInt(STATE_MISSING, missing + plan.ahead - plain.ahead);
    }
    if (plain !== undefined && plain.rowLength !== 0) {
      const place = plain.grid === 0 ? this.#i32[this.#at(0) + STATE_PHASE]! : this.#place;
      this.#writeClock(plan, placeOn(this.#clock.span, place, plain.phases));
      return;
    }
    for (let channel = 0; channel < this.#channels; channel++) this.#addBank(plain, plan, this.#at(channel));
    this.#writeClock(plan, 0);
  }

  /** Equal rates: `n` samples at `src` to `dst`, and the last ones kept for the half-band. */
  pass(state: number, src: number, n: number, dst: number): void {
    const f32 = this.#f32;
    const from = src >> 2;
    const kept = (state >> 2) + this.#words - EVEN_SAMPLES - SIDE_SAMPLES;
    f32.copyWithin(dst >> 2, from, from + n);
    const fresh = Math.min(n, SIDE_SAMPLES);
    f32.copyWithin(kept, kept + fresh, kept + SIDE_SAMPLES);
    f32.copyWithin(kept + SIDE_SAMPLES - fresh, from + n - fresh, from + n);
  }

  /** See `Steering.owed`. */
  owed(plan: VoicePlan, inputs: number, slew: DriftSlew): number {
    const at = this.#at(0);
    const missing = this.#i32[at + STATE_MISSING]!;
    const inside = this.#i32[at + STATE_WINDOW]! + plan.rowLength - 1;
    if (plan.isUp) {
      const pairs = Math.max(0, inputs - missing);
      return outputsWithin(this.#clock, this.#place, 2 * pairs - inside);
    }
    const made =
      slew.isActive && inputs > slew.left
        ? this.#madeSlewing(plan, slew, inputs, Number.POSITIVE_INFINITY)
        : outputsWithin(this.#clock, this.#place, inputs - inside);
    return Math.max(0, ((made + this.#i32[at + STATE_IS_ODD_NEXT]!) >> 1) - missing);
  }

  /** See `Steering.rest`. */
  rest(plan: VoicePlan, slew: DriftSlew): number {
    const at = this.#at(0);
    const missing = this.#i32[at + STATE_MISSING]!;
    // the sample at or before the bank's next output, counted from its next input
    const before = this.#i32[at + STATE_WINDOW]! + plan.rowLength - 1 - plan.lookAhead;
    if (plan.isUp) return outputsWithin(this.#clock, this.#place, 2 * (plan.ahead - missing) - before);
    const made = slew.isActive
      ? this.#madeSlewing(plan, slew, Number.POSITIVE_INFINITY, 0)
      : outputsWithin(this.#clock, this.#place, -before);
    return Math.ceil((made + this.#i32[at + STATE_IS_ODD_NEXT]!) / 2) + plan.ahead - missing;
  }

  /** What the bank makes of the next `inputs` samples, as far as it lies before the input `end`, the next one being 0. */
  #madeSlewing(plan: VoicePlan, slew: DriftSlew, inputs: number, end: number): number {
    const { rowLength, lookAhead, phases, step } = plan;
    const clock = this.#nextClock;
    clock.setDrift(phases, step, slew.after(slew.made));
    let window = this.#i32[this.#at(0) + STATE_WINDOW]!;
    let place = this.#place;
    let total = 0;
    for (let { made, left: until } = slew; ; until += slew.spacing) {
      const isLast = made >= slew.steps || until >= inputs;
      const fed = isLast ? inputs : until;
      const within = outputsWithin(clock, place, end - (window + rowLength - 1 - lookAhead));
      const ready = outputsWithin(clock, place, fed - (window + rowLength - 1));
      total += Math.min(within, ready);
      if (isLast || within <= ready) return total;
      for (let i = 0; i < ready; i++) {
        window += clock.stepSamples;
        place += clock.stepUnits;
        if (place < clock.span) continue;
        place -= clock.span;
        window++;
      }
      const { span } = clock;
      clock.setDrift(phases, step, slew.after(++made));
      place = placeOn(clock.span, place, span);
    }
  }

  /** What the kernel makes of `inputs` zeros in new states that do not drift: their samples stay zeros, their counts go on. */
  skipSilence(plan: VoicePlan, inputs: number): number {
    const first = this.#at(0);
    const missing = this.#i32[first + STATE_MISSING]!;
    const pairs = Math.max(0, inputs - missing);
    const fed = plan.isUp ? 2 * pairs : inputs;
    const made = plan.rowLength === 0 ? fed : this.#skipBank(plan, fed);
    if (plan.isUp) {
      this.#writeInt(STATE_MISSING, Math.max(0, missing - inputs));
      return made;
    }
    const doubled = made + this.#i32[first + STATE_IS_ODD_NEXT]!;
    this.#writeInt(STATE_IS_ODD_NEXT, doubled & 1);
    this.#writeInt(STATE_MISSING, Math.max(0, missing - (doubled >> 1)));
    return Math.max(0, (doubled >> 1) - missing);
  }

  /** The bank alone; returns its outputs. Without drift no product here passes 2^53. */
  #skipBank(plan: VoicePlan, fed: number): number {
    const { span } = this.#clock;
    const window = this.#i32[this.#at(0) + STATE_WINDOW]!;
    const place = plan.grid === 0 ? this.#i32[this.#at(0) + STATE_PHASE]! : this.#place;
    const made = outputsWithin(this.#clock, place, fed - (window + plan.rowLength - 1));
    const moved = place + made * plan.step;
    const samples = Math.floor(moved / span);
    this.#writeInt(STATE_WINDOW, window + samples - fed);
    if (plan.grid === 0) this.#writeInt(STATE_PHASE, moved - samples * span);
    else this.#writeClock(plan, moved - samples * span);
    return made;
  }

  #writeInt(word: number, value: number): void {
    for (let channel = 0; channel < this.#channels; channel++) this.#i32[this.#at(channel) + word] = value;
  }

  dispose(): void {
    this.#engine.arena.free(this.#base);
  }

  get #place(): number {
    return this.#f64[(this.#at(0) + STATE_PLACE) >> 1]!;
  }

  #at(channel: number): number {
    return this.address(channel) >> 2;
  }

  #writeClock(plan: VoicePlan, place: number): void {
    for (let channel = 0; channel < this.#channels; channel++) {
      this.#writeChannelClock(plan, this.#at(channel), place);
    }
  }

  #writeChannelClock(plan: VoicePlan, at: number, place: number): void {
    const clock = this.#clock;
    this.#f64[(at + STATE_PLACE) >> 1] = place;
    this.#f64[(at + STATE_SPAN) >> 1] = clock.span;
    this.#f64[(at + STATE_STEP_UNITS) >> 1] = clock.stepUnits;
    this.#f64[(at + STATE_ROWS_PER_UNIT) >> 1] = plan.grid / clock.span;
    this.#i32[at + STATE_STEP_SAMPLES] = clock.stepSamples;
  }

  /** A bank for a state that had none. Its next output is at the next sample of what was there: it needs the ones before. */
  #addBank(plain: VoicePlan | undefined, plan: VoicePlan, at: number): void {
    const f32 = this.#f32;
    const i32 = this.#i32;
    const { rowLength, lookAhead } = plan;
    const history = at + STATE_HISTORY;
    const before = rowLength - 1 - lookAhead;
    if (plain !== undefined) {
      f32.copyWithin(history + rowLength, history, history + SIDE_SAMPLES + EVEN_SAMPLES);
    }
    if (!plan.isUp) {
      let odd = history + rowLength + SIDE_SAMPLES;
      let even = odd + EVEN_BEFORE + i32[at + STATE_IS_ODD_NEXT]!;
      let isOdd = i32[at + STATE_IS_ODD_NEXT] === 0;
      for (let i = rowLength - 1; i >= 0; i--, isOdd = !isOdd)
        f32[history + i] = f32[isOdd ? --odd : --even]!;
      i32[at + STATE_WINDOW] = -before;
      return;
    }
    // the half-band makes them again
    const start = startUp(plan);
    const again = plan.ahead - start.missing;
    i32[at + STATE_WINDOW] = start.window;
    i32[at + STATE_MISSING] = (plain === undefined ? plan.ahead : i32[at + STATE_MISSING]!) - again;
  }
}
