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
  /** The way for a stream of one channel, in and out of its own arrays; left out where there is none but `run`. */
  readonly direct?: DirectConverter | undefined;
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

/** One channel of float32 with the least ado: most of a live stream's calls only put samples by and hand others out. */
export interface DirectConverter {
  /**
   * `samples` (at most a piece) in; returns what came out, until the next call. It may be a view of `memory`, which is asked
   * for no more than comes out. Throws what that throws; then nothing has been consumed.
   */
  convert(samples: Float32Array, memory: ConverterMemory): Float32Array;
}

/** Where a direct converter puts what it has no better place for, in the engine's memory. */
export interface ConverterMemory {
  /** Byte address, once `view` has been called. */
  readonly address: number;
  /** The first `length` samples. */
  view(length: number): Float32Array;
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
