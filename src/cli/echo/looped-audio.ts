/** A clip said over and over until a given length is reached: what a long run streams. */

/** Sample frames handed out at a time. */
const BLOCK_SAMPLES = 4800;

/** A source for `client.stream`; can be read any number of times, each from the beginning. */
export class LoopedAudio implements AsyncIterable<{ readonly samples: Float32Array }> {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels = 1;
  /** How many samples come in all. */
  readonly totalSamples: number;
  readonly #clip: Float32Array;

  /** @param clip mono, not empty; blocks are views of it */
  constructor(clip: Float32Array, sampleRate: number, totalSamples: number) {
    this.#clip = clip;
    this.sampleRate = sampleRate;
    this.totalSamples = totalSamples;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<{ samples: Float32Array }, void, undefined> {
    const clip = this.#clip;
    for (let at = 0; at < this.totalSamples; ) {
      const from = at % clip.length;
      const n = Math.min(BLOCK_SAMPLES, clip.length - from, this.totalSamples - at);
      yield { samples: clip.subarray(from, from + n) };
      at += n;
    }
  }
}
