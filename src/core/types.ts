/** Types that more than one layer speaks of. */

/** Samples of one frame: int16 as on the wire, or float32 in [-1, 1). */
export type SampleArray = Int16Array | Float32Array;

/** What a handler or a client wants its samples as. */
export type SampleFormat = "int16" | "float32";

/** A stretch of audio of fixed duration. */
export interface AudioFrame<S extends SampleArray = Int16Array> {
  /** `frameMs * sampleRate / 1000` samples per channel, interleaved. */
  samples: S;
  /** Hz. */
  sampleRate: number;
  channels: number;
  /** Samples per channel since the session started, at `sampleRate`. */
  timestamp: number;
  /** Counts frames from 0. */
  sequence: number;
}
