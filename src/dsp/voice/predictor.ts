/**
 * Linear prediction around a hole in a signal: continues what comes before it, continues what comes after it backwards,
 * and interpolates between both sides.
 *
 * Samples are float32 in units of int16. The arrays belong to the predictor and lie in the engine's memory; nothing is
 * allocated after construction.
 */
import { attachKernels } from "../attach.ts";
import type { Engine } from "../engine.ts";
import { engineOf, type Formats } from "../formats.ts";
import type { VoiceKernels } from "./kernels.ts";
import { allocateRegions, type Region } from "./regions.ts";
import { voiceSource } from "./source.ts";

/** What a predictor is made for; all in samples. */
export interface PredictorShape {
  /** Samples before the hole that are kept. */
  readonly historySamples: number;
  /** The newest of these, which the forward filter is fitted to. */
  readonly fitSamples: number;
  /** Order of the forward filter: a multiple of 16, less than `fitSamples`. */
  readonly order: number;
  /** The longest part of a hole that is filled at once. */
  readonly frameSamples: number;
  /** Samples after the hole that are made use of, at most. */
  readonly futureSamples: number;
  /** Order of the backward filter: a multiple of 16. */
  readonly backwardOrder: number;
  /** How far beyond the hole a continuation may be wanted. */
  readonly beyondSamples: number;
}

/** Each filter's poles are drawn in by this: what rings must die out. */
const DAMPING = 0.9993;
/**
 * What rings never passes this, in units of int16. It is far above all that can be heard: a limit that is reached inside the
 * recursion excites the filter anew with every clipped sample.
 */
const RUNAWAY = 2 ** 20;
/** White noise added to the interpolation's equations, against the signal without any: they stay solvable. */
const RIDGE = 1e-6;

const REGIONS = [
  "history",
  "ahead",
  "behind",
  "weights",
  "first",
  "second",
  "forward",
  "forwardTurned",
  "backward",
  "backwardTurned",
  "line",
  "gram",
  "symmetric",
  "matches",
  "work",
  "solution",
] as const;

/**
 * A predictor in the memory that `dsp` works in.
 * @throws WasmError `ERR_ARENA_FULL`
 */
export function createPredictor(dsp: Formats, shape: PredictorShape): Predictor {
  return new Predictor(engineOf(dsp), shape);
}

/** The surroundings of a hole. */
export class Predictor {
  /** What came before, newest last. */
  readonly history: Float32Array;
  /** What comes after the hole, oldest first. */
  readonly future: Float32Array;
  /** The continuation of `history`. */
  readonly ahead: Float32Array;
  /** The continuation of `future` backwards: index 0 lies just before it. */
  readonly behind: Float32Array;
  readonly #engine: Engine;
  readonly #kernels: VoiceKernels;
  readonly #shape: PredictorShape;
  readonly #slot: number;
  readonly #regions: Readonly<Record<(typeof REGIONS)[number], Region>>;
  readonly #rising: Float32Array;
  #aheadSamples = 0;
  #isDisposed = false;

  constructor(engine: Engine, shape: PredictorShape) {
    const { historySamples, fitSamples, order, frameSamples, futureSamples, backwardOrder } = shape;
    const reach = frameSamples + shape.beyondSamples + 8;
    const { slot, regions } = allocateRegions(engine, {
      history: historySamples,
      ahead: order + reach + frameSamples,
      behind: futureSamples + reach,
      weights: fitSamples + futureSamples,
      first: fitSamples + futureSamples,
      second: fitSamples + futureSamples,
      forward: 2 * order + 16,
      forwardTurned: order + 1,
      backward: 2 * backwardOrder + 16,
      backwardTurned: backwardOrder + 1,
      line: 2 * order + frameSamples,
      gram: Math.max(frameSamples, order + 4),
      symmetric: 2 * order + 1,
      matches: frameSamples,
      work: 3 * frameSamples + 24,
      solution: frameSamples + 4,
    });
    this.#engine = engine;
    this.#kernels = attachKernels(engine, voiceSource);
    this.#shape = shape;
    this.#slot = slot;
    this.#regions = regions;
    this.history = regions.history.samples.subarray(0, historySamples);
    this.future = new Float32Array(futureSamples);
    this.ahead = regions.ahead.samples.subarray(order);
    this.behind = regions.behind.samples.subarray(futureSamples);
    this.#rising = Float32Array.from(
      { length: fitSamples },
      (_, i) => Math.sin((Math.PI * (i + 0.5)) / fitSamples / 2) ** 2,
    );
  }

  /** Samples of `ahead` that are there. */
  get aheadSamples(): number {
    return this.#aheadSamples;
  }

  /** Moves `history` on by the first `n` samples of `samples`. */
  keep(samples: ArrayLike<number>, n: number): void {
    const { history } = this;
    history.copyWithin(0, n);
    for (let i = 0, at = history.length - n; i < n; i++) history[at + i] = samples[i]!;
  }

  /** Fits the forward filter to the newest history, the newest weighing most; `ahead` is empty then. */
  fitForward(): void {
    const { fitSamples, order, historySamples } = this.#shape;
    const { first, weights, forward, forwardTurned } = this.#regions;
    first.samples.set(this.history.subarray(historySamples - fitSamples));
    weights.samples.fill(0);
    weights.samples.set(this.#rising);
    this.#burg(fitSamples, 0, order, forward, forwardTurned);
    this.#regions.ahead.samples.set(this.history.subarray(historySamples - order), 0);
    this.#aheadSamples = 0;
  }

  /**
   * The envelope of the newest history: a short prediction error filter, `order` and one coefficients, the first being 1.
   * @param order a multiple of 16, at most `backwardOrder`
   * @param out takes them
   */
  fitEnvelope(order: number, out: Float32Array): void {
    const { fitSamples, historySamples } = this.#shape;
    const { first, weights, backward, backwardTurned } = this.#regions;
    first.samples.set(this.history.subarray(historySamples - fitSamples));
    weights.samples.fill(0);
    weights.samples.set(this.#rising);
    this.#burg(fitSamples, 0, order, backward, backwardTurned);
    for (let i = 0; i <= order; i++) out[i] = backward.samples[i]!;
  }

  /** Continues `history` until `n` samples of `ahead` are there. */
  extendAhead(n: number): void {
    const more = n - this.#aheadSamples;
    if (more <= 0) return;
    const { order } = this.#shape;
    const { ahead, forwardTurned } = this.#regions;
    const from = ahead.address + 4 * (order + this.#aheadSamples);
    this.#kernels.extrapolate(forwardTurned.address + 4 * (order + 1), order, from, more, RUNAWAY);
    this.#aheadSamples = n;
  }

  /** Forgets the first `n` samples of `ahead`: the hole has been filled so far. */
  advanceAhead(n: number): void {
    this.#regions.ahead.samples.copyWithin(0, n);
    this.#aheadSamples -= n;
  }

  /** Fits the backward filter to the first `n` samples of `future`, the earliest weighing most, and continues them by `samples`. */
  continueBehind(n: number, samples: number): void {
    const { futureSamples, backwardOrder } = this.#shape;
    const { first, weights, backward, backwardTurned, behind } = this.#regions;
    const order = Math.min(backwardOrder, Math.floor(n / 32) * 16);
    behind.samples.fill(0, 0, futureSamples);
    for (let i = 0; i < n; i++) {
      const x = this.future[i]!;
      first.samples[n - 1 - i] = x;
      behind.samples[futureSamples - 1 - i] = x;
    }
    weights.samples.fill(0);
    for (let i = 0; i < n; i++) weights.samples[i] = Math.sin((Math.PI * (i + 0.5)) / n / 2) ** 2;
    this.#burg(n, 0, order, backward, backwardTurned);
    this.#kernels.extrapolate(
      backwardTurned.address + 4 * (order + 1),
      order,
      behind.address + 4 * futureSamples,
      samples,
      RUNAWAY,
    );
  }

  /**
   * Refines `samples`, `n` that lie between `history` and the first `known` of `future`: those that leave the least
   * prediction error on both sides, held to what is there by `weight`.
   */
  interpolate(samples: Float32Array, n: number, known: number, weight: number): void {
    const { fitSamples, order: most, historySamples } = this.#shape;
    const { first, weights, forward, forwardTurned, line, gram, symmetric, matches, work, solution } =
      this.#regions;
    const order = Math.min(most, known & ~15);
    first.samples.set(this.history.subarray(historySamples - fitSamples));
    for (let i = 0; i < known; i++) first.samples[fitSamples + i] = this.future[i]!;
    weights.samples.fill(0);
    weights.samples.set(this.#rising);
    weights.samples.fill(1, fitSamples, fitSamples + known);
    forward.samples.fill(0);
    this.#burg(fitSamples + known, fitSamples, order, forward, forwardTurned);

    const lags = (order + 4) & ~3;
    this.#kernels.correlate(forward.address, forward.address, lags, gram.address, lags);
    const g = gram.samples;
    const power = g[0]!;
    symmetric.samples.fill(0);
    for (let i = 0; i <= order; i++) {
      symmetric.samples[order - i] = g[i]!;
      symmetric.samples[order + i] = g[i]!;
    }
    line.samples.fill(0);
    line.samples.set(this.history.subarray(historySamples - order));
    for (let i = 0; i < order; i++) line.samples[order + n + i] = this.future[i]!;
    const taps = (2 * order + 4) & ~3;
    this.#kernels.correlate(line.address, symmetric.address, taps, matches.address, (n + 3) & ~3);
    for (let i = 0; i < n; i++) {
      matches.samples[i] = weight * power * samples[i]! - matches.samples[i]!;
    }
    g.fill(0, order + 1);
    g[0] = power * (1 + RIDGE + weight) + 1e-3;
    this.#kernels.solveToeplitz(gram.address, matches.address, n, work.address, solution.address);
    for (let i = 0; i < n; i++) samples[i] = solution.samples[i]!;
  }

  /** Forgets everything. */
  reset(): void {
    this.history.fill(0);
    this.#aheadSamples = 0;
  }

  /** Gives the memory back; nothing here may be used any more. Twice is no error: the slot may be another's by then. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#engine.arena.free(this.#slot);
  }

  #burg(n: number, second: number, order: number, a: Region, turned: Region): void {
    const { first, second: b, weights } = this.#regions;
    const end = turned.address + 4 * (order + 1);
    this.#kernels.burg(
      first.address,
      weights.address,
      n,
      second,
      order,
      first.address,
      b.address,
      a.address,
      end,
    );
    let factor = 1;
    for (let i = 0; i <= order; i++) {
      a.samples[i] = a.samples[i]! * factor;
      turned.samples[order - i] = turned.samples[order - i]! * factor;
      factor *= DAMPING;
    }
  }
}
