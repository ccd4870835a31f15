/** What a concealer does for those who use it: the jitter buffer, a mixer, a recorder. */

/** What a concealer is made for. */
export interface ConcealerOptions {
  /** Hz: 8000, 16000, 24000 or 48000. */
  sampleRate: 8000 | 16000 | 24000 | 48000;
  /** Length of a frame, 10 to 60 ms in whole samples. */
  frameMs: number;
}

/** Counts since the start; `totalSamples` includes the concealed ones. Names as in WebRTC's getStats. */
export interface ConcealerStats {
  /** Samples given out. */
  totalSamples: number;
  /** Samples that were made up. */
  concealedSamples: number;
  /** Of these, silent: the hole was too long to go on with speech. */
  silentConcealedSamples: number;
  /** Holes, of whatever length. */
  concealmentEvents: number;
  /** Frames that were interpolated, what follows being known. */
  interpolatedFrames: number;
}

/**
 * Fills holes in one stream of speech, frame by frame. One call a frame, in order of time: `good`, `conceal` or
 * `concealBetween`. None of them allocates or throws on any samples; after `dispose` they throw `ERR_DISPOSED`.
 */
export interface Concealer {
  readonly sampleRate: number;
  readonly frameSamples: number;
  /** Counters; the same object always. */
  readonly stats: Readonly<ConcealerStats>;
  /** Whether the newest 20 ms are voiced speech. */
  readonly isVoiced: boolean;
  /** The newest pitch period in samples, 0 where there is none (2.5 to 17 ms). */
  readonly pitchPeriodSamples: number;
  /** Level of the newest frame, dB relative to full scale (a square wave has 0); -100 at the least. */
  readonly levelDb: number;
  /** Level of the background noise, followed through the pauses, in the same dB. */
  readonly noiseDb: number;
  /** Level of active speech, in the same dB. */
  readonly speechDb: number;
  /**
   * A frame that has arrived, copied to `out` (which may be `frame`). After a hole its first 2.5 ms are cross-faded with
   * the continuation of what was made up.
   */
  good(frame: Int16Array, out: Int16Array): void;
  /** A frame that is not there, nor what follows it: continues what came before. */
  conceal(out: Int16Array): void;
  /**
   * A frame that is not there, while what follows the hole is. `next` is the start of what follows, a frame or more of it
   * (20 ms are made use of); it is only looked at: pass it to `good` when its turn comes. `missing` is the number of
   * frames of the hole from this one on (default 1); where it is more than 1, this is `conceal`.
   */
  concealBetween(out: Int16Array, next: Int16Array, missing?: number): void;
  /**
   * The newest `before` samples, and what would go on from them, without anything being heard of it: for decoders whose
   * state is to follow. `out` may reach 2.5 ms beyond a frame.
   */
  continueInto(out: Int16Array, before: number): void;
  /** Forgets the stream, as if newly made; the counters go on. */
  reset(): void;
  /** Gives the memory back; twice is no error. Only `stats` may be used afterwards. */
  dispose(): void;
}
