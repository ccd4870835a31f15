/**
 * The `voice` quality: one sharp half-band at twice the lower rate, the same for every ratio, and one relaxed polyphase
 * bank between that rate and the higher one. A filter that passes 0.9 and stops 1.1 of the lower Nyquist frequency is
 * symmetrical about it, so at twice the lower rate it is a half-band: half its coefficients are 0 and the rest come in
 * pairs. The bank then has a whole lower rate to fall in, and is short.
 *
 * Equal rates go through untouched until the first `setDrift`.
 */
import { attachKernels } from "../attach.ts";
import { type Engine, SCRATCH_SAMPLES } from "../engine.ts";
import type { Converter, Steering } from "./converter.ts";
import { DriftSlew } from "./drift-slew.ts";
import type { ResamplerKernels } from "./kernels.ts";
import { MAX_DRIFT_PPM } from "./resampler.ts";
import { resamplerSource } from "./source.ts";
import {
  EVEN_SAMPLES,
  SIDE_SAMPLES,
  STATE_HISTORY,
  VOICE_PIECE_SAMPLES,
  WORK_INPUT,
} from "./voice-layout.ts";
import { acquirePlan, longestRow, releasePlan, type VoicePlan } from "./voice-plan.ts";
import { VoiceStates } from "./voice-states.ts";

/** How much longer a step can get. */
const LONGEST_STEP = 1 / (1 - MAX_DRIFT_PPM / 1e6);
/** Room for the shortest one. */
const MOST_OUTPUT = 1.01;

/** A converter of `inputs` samples into `outputs` (reduced) on `channels` channels; throws `ERR_ARENA_FULL`. */
export class VoiceConverter implements Converter, Steering {
  readonly pieceSamples: number;
  readonly inputAddress: number;
  readonly #engine: Engine;
  readonly #kernels: ResamplerKernels;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #isMinimum: boolean;
  /** None for equal rates. */
  readonly #plainPlan: VoicePlan | undefined;
  #driftPlan: VoicePlan | undefined;
  /** The one in use. */
  #plan: VoicePlan | undefined;
  readonly #states: VoiceStates;
  readonly #lastChannel: number;
  readonly #slew: DriftSlew;
  #isNew = true;
  #isDrifting = false;

  constructor(engine: Engine, inputs: number, outputs: number, channels: number, isMinimum: boolean) {
    this.#engine = engine;
    this.#kernels = attachKernels(engine, resamplerSource);
    this.#inputs = inputs;
    this.#outputs = outputs;
    this.#isMinimum = isMinimum;
    this.#lastChannel = channels - 1;
    this.#slew = new DriftSlew(inputs, outputs);
    this.#plainPlan = inputs === outputs ? undefined : acquirePlan(engine, this.#key(false));
    this.#plan = this.#plainPlan;
    const words = STATE_HISTORY + longestRow(inputs, outputs) + SIDE_SAMPLES + EVEN_SAMPLES;
    try {
      this.#states = new VoiceStates(engine, channels, words);
    } catch (cause) {
      if (this.#plainPlan !== undefined) releasePlan(engine, this.#key(false));
      throw cause;
    }
    const mostInput = ((SCRATCH_SAMPLES / MOST_OUTPUT - 4) * inputs) / outputs;
    this.pieceSamples = Math.max(1, Math.min(VOICE_PIECE_SAMPLES, Math.floor(mostInput)));
    this.inputAddress = engine.scratchIn + 4 * WORK_INPUT;
    this.reset();
  }

  get latencySamples(): number {
    if (this.#plan === undefined) return 0;
    const { lookAhead, isUp, ahead } = this.#plan;
    if (isUp) return ahead + lookAhead / 2;
    const half = ((ahead + 0.5) * this.#inputs) / this.#outputs;
    return (this.#isDrifting ? half * LONGEST_STEP : half) + lookAhead;
  }

  get steering(): Steering {
    return this;
  }

  get isDrifting(): boolean {
    return this.#isDrifting;
  }

  outputsAfter(inputs: number): number {
    if (this.#plan === undefined) return inputs;
    const { lookAhead, ahead } = this.#plan;
    const a = this.#inputs;
    const b = this.#outputs;
    // ceil((inputs - latencySamples) * b / a) in whole numbers
    const count =
      b > a
        ? Math.ceil((b * (2 * (inputs - ahead) - lookAhead)) / (2 * a))
        : Math.ceil((2 * b * (inputs - lookAhead) - (2 * ahead + 1) * a) / (2 * a));
    return Math.max(0, count);
  }

  owed(inputs: number): number {
    return this.#states.owed(this.#driftPlan!, inputs, this.#slew);
  }

  rest(): number {
    return this.#states.rest(this.#driftPlan!, this.#slew);
  }

  setDrift(ppm: number): void {
    const plan = this.#driftPlan ?? acquirePlan(this.#engine, this.#key(true));
    this.#driftPlan = plan;
    let first = ppm;
    if (this.#isNew || plan.isUp) this.#slew.set(ppm);
    else first = this.#slew.begin(ppm);
    if (this.#isNew) this.#states.begin(plan, first);
    else if (this.#isDrifting) this.#states.setDrift(plan, first);
    else this.#states.startDrifting(this.#plainPlan, plan, first);
    this.#plan = plan;
    this.#isDrifting = true;
  }

  run(channel: number, src: number, n: number, dst: number): number {
    this.#isNew = false;
    const state = this.#states.address(channel);
    if (this.#plan === undefined) {
      this.#states.pass(state, src, n, dst);
      return n;
    }
    if (this.#slew.isActive) return this.#runSlewing(this.#plan, channel, src, n, dst);
    return this.#kernels.voice(this.#plan.address, state, src, n, this.#engine.scratchIn, dst);
  }

  /** In pieces from one step of drift to the next, which every channel makes for itself. */
  #runSlewing(plan: VoicePlan, channel: number, src: number, n: number, dst: number): number {
    const slew = this.#slew;
    const state = this.#states.address(channel);
    let { made, left } = slew;
    let count = 0;
    for (let at = 0; at < n; ) {
      const piece = made < slew.steps ? Math.min(n - at, left) : n - at;
      const to = dst + 4 * count;
      count += this.#kernels.voice(plan.address, state, src + 4 * at, piece, this.#engine.scratchIn, to);
      at += piece;
      left -= piece;
      if (left > 0 || made >= slew.steps) continue;
      made++;
      left = slew.spacing;
      this.#states.step(plan, channel, slew.after(made));
    }
    if (channel === this.#lastChannel) slew.moveTo(made, left);
    return count;
  }

  skipSilence(inputs: number): number | undefined {
    if (!this.#isNew || this.#isDrifting) return undefined;
    this.#isNew = false;
    return this.#plan === undefined ? inputs : this.#states.skipSilence(this.#plan, inputs);
  }

  reset(): void {
    this.#isNew = true;
    this.#isDrifting = false;
    this.#plan = this.#plainPlan;
    this.#slew.set(0);
    this.#states.clear();
    if (this.#plan !== undefined) this.#states.begin(this.#plan);
  }

  dispose(): void {
    this.#states.dispose();
    if (this.#plainPlan !== undefined) releasePlan(this.#engine, this.#key(false));
    if (this.#driftPlan !== undefined) releasePlan(this.#engine, this.#key(true));
  }

  #key(isDrifting: boolean) {
    return { inputs: this.#inputs, outputs: this.#outputs, isDrifting, isMinimum: this.#isMinimum };
  }
}
