/** Lengths and orders of a concealer, for its rate and frame. */
import type { PredictorShape } from "../../dsp/voice/predictor.ts";
import { ALIGNMENT_REACH_MS } from "./phase-alignment.ts";

const HISTORY_MS = 90;
const FIT_MS = 30;
/** What is made use of after a hole, at most. */
const FUTURE_MS = 20;
/** Orders at 8,000 Hz; almost half the samples that they are fitted to, so that harmonics ring on instead of fading. */
const ORDER = 112;
const BACKWARD_ORDER = 80;

/** Samples in `ms` at `sampleRate`. */
export function samplesIn(ms: number, sampleRate: number): number {
  return Math.round((ms * sampleRate) / 1000);
}

/** Of the filter that gives noise the spectrum of speech. */
export function envelopeOrder(sampleRate: number): number {
  return sampleRate > 8000 ? 32 : 16;
}

export function predictorShape(sampleRate: number, frameSamples: number): PredictorShape {
  const factor = sampleRate / 8000;
  const futureSamples = samplesIn(FUTURE_MS, sampleRate);
  return {
    historySamples: samplesIn(HISTORY_MS, sampleRate),
    fitSamples: samplesIn(FIT_MS, sampleRate),
    order: ORDER * factor,
    frameSamples,
    futureSamples,
    backwardOrder: BACKWARD_ORDER * factor,
    beyondSamples: samplesIn(ALIGNMENT_REACH_MS, sampleRate),
  };
}
