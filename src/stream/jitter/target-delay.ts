/**
 * The delay that costs least: the E-model's price (ITU-T G.107) of frames that come too late or not at all, and of delay
 * itself. Quick up, patient down: up at once, down only where it pays.
 */
import { type ArrivalHistory, BIN_MS } from "./arrival-history.ts";
import { jitterTuning as t } from "./tuning.ts";

const STEP_BINS = 2;
const MAX_IMPAIRMENT = 95;

/** Impairment of mouth-to-ear delay in points of R: Id of the E-model, as straight lines. */
function delayImpairment(delayMs: number): number {
  return 0.024 * delayMs + 0.11 * Math.max(0, delayMs - 177.3);
}

/** One stream's target. */
export class TargetDelay {
  readonly #frameMs: number;
  /** Delay outside the buffer. */
  networkMs: number;
  readonly #maxMs: number;
  #targetMs = t.startMs;

  /** @param networkMs delay outside the buffer: half the round trip and a frame */
  constructor(frameMs: number, networkMs: number, maxMs: number) {
    this.#frameMs = frameMs;
    this.networkMs = networkMs;
    this.#maxMs = maxMs;
  }

  /** Delay of playout above the fastest packet, in ms. */
  get targetMs(): number {
    return this.#targetMs;
  }

  /** Chooses anew. */
  update(history: ArrivalHistory): void {
    const { weights, total, lostShare } = history;
    const last = weights.length - 1;
    const all = total + t.priorPackets;
    const frameBins = Math.round(this.#frameMs / BIN_MS);
    const steps = Math.min(Math.floor(last / STEP_BINS), Math.floor(this.#maxMs / (BIN_MS * STEP_BINS)));
    const currentStep = Math.min(steps, Math.round(this.#targetMs / (BIN_MS * STEP_BINS)));
    let beyond = total;
    let beyondFrame = total;
    let bin = -1;
    let frameBin = -1 - frameBins;
    let best = Number.POSITIVE_INFINITY;
    let bestStep = 0;
    let currentCost = 0;
    for (let step = 0; step <= steps; step++) {
      const wanted = step * STEP_BINS;
      while (bin < wanted) beyond -= weights[++bin]!;
      while (frameBin < wanted - frameBins) {
        frameBin++;
        if (frameBin >= 0) beyondFrame -= weights[frameBin]!;
      }
      const delayMs = wanted * BIN_MS;
      const late = Math.max(0, beyond) / all;
      const alone = (Math.max(0, beyondFrame) + (delayMs < this.#frameMs ? t.priorPackets : 0)) / all;
      const missing = late + lostShare;
      const x = 100 * missing * ((1 - alone) / t.lossHalfBetween + alone / t.lossHalfAlone);
      const cost = (MAX_IMPAIRMENT * x) / (1 + x) + delayImpairment(delayMs + this.networkMs);
      if (cost < best) {
        best = cost;
        bestStep = step;
      }
      if (step === currentStep) currentCost = cost;
    }
    if (bestStep > currentStep || currentCost - best >= t.downGain) {
      this.#targetMs = bestStep * STEP_BINS * BIN_MS;
    }
  }
}
