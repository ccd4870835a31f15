/**
 * What stands behind the resampler's interface: one of these for each quality. The stream around it (stream.ts) keeps
 * count, cuts long input into pieces, and parts channels; a converter turns pieces of one channel into samples.
 */
export interface Converter {
  /** See `Resampler.latencySamples`. */
  readonly latencySamples: number;
  /** The most input samples of one `run`. */
  readonly pieceSamples: number;
  /** Outputs of a channel after `inputs` samples in all. From the latency on it repeats with the ratio's period. */
  outputsAfter(inputs: number): number;
  /** Where the rate can be steered; left out elsewhere. */
  readonly steering?: Steering;
  /** Byte address where samples for the next `run` may be put; they need not. It may be another one each time. */
  readonly inputAddress: number;
  /** `n` (1 to `pieceSamples`) samples of a channel at `src` into `dst`; returns how many came out. */
  run(channel: number, src: number, n: number, dst: number): number;
  /**
   * As `inputs` zeros on every channel of a new converter would leave it; returns the outputs of a channel. Undefined, and
   * nothing changed, where that must be done by `run`.
   */
  skipSilence?(inputs: number): number | undefined;
  /** As new. */
  reset(): void;
  /** Gives its memory back. Called once. */
  dispose(): void;
}

/** The rate of a converter, changed while it runs. */
export interface Steering {
  /** Has `setDrift` been called since the converter was as new? Then these count, in place of `outputsAfter`. */
  readonly isDrifting: boolean;
  /** See `Resampler.setDrift`; throws `ERR_ARENA_FULL`. */
  setDrift(ppm: number): void;
  /** Outputs of a channel that the next `inputs` samples give. */
  owed(inputs: number): number;
  /** Outputs of a channel, not given yet, that lie before the end of what was put in. */
  rest(): number;
}
