/** From a microphone's blocks to a link: mixed to mono, with the context's clock. Pure: the worklet calls it. */
import type { LinkProducer } from "./sample-link.ts";

/** The capturing end's `control`. */
export const CAPTURE = {
  /** The context's clock, in samples, at which the first sample was captured; moved on by samples that were lost. */
  firstFrame: 0,
  /** Samples lost: the worker did not take them, or the browser passed the worklet over while its threads started. */
  lost: 1,
} as const;

/** Samples to a message: half the messages at 2.7 ms more delay. Shared memory takes each block as it comes. */
const MESSAGE_SAMPLES = 256;

/** The capturing end of a link. */
export class CaptureBlocks {
  readonly #link: LinkProducer;
  readonly #atOnce: number;
  #gathered: Float32Array;
  #filled = 0;
  #hasBegun = false;
  /** Whether the consumer has still to be told of a loss. */
  #hasLost = false;
  /** The context's clock at the next block, if none is passed over. */
  #nextFrame = 0;

  constructor(link: LinkProducer) {
    this.#link = link;
    this.#atOnce = link.isShared ? 1 : MESSAGE_SAMPLES;
    this.#gathered = new Float32Array(2 * MESSAGE_SAMPLES);
  }

  /**
   * Adds a block.
   * @param channels arrays of `blockSamples`; none where nothing is connected, which is silence: time goes on
   * @param frame the context's clock at its first sample
   */
  push(channels: readonly Float32Array[], blockSamples: number, frame: number): void {
    const link = this.#link;
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      link.control[CAPTURE.firstFrame] = frame | 0;
      link.publish();
    } else if ((frame | 0) !== this.#nextFrame) this.#lose((frame - this.#nextFrame) | 0);
    this.#nextFrame = (frame + blockSamples) | 0;
    if (this.#filled + blockSamples > this.#gathered.length) {
      const longer = new Float32Array(2 * (this.#filled + blockSamples));
      longer.set(this.#gathered);
      this.#gathered = longer;
    }
    this.#mix(channels, blockSamples);
    this.#filled += blockSamples;
    if (this.#filled < this.#atOnce) return;
    const lost = this.#filled - link.write(this.#gathered, this.#filled);
    this.#filled = 0;
    if (lost > 0) this.#lose(lost);
    link.publish(this.#hasLost);
    this.#hasLost = false;
  }

  #lose(samples: number): void {
    this.#hasLost = true;
    const { control } = this.#link;
    control[CAPTURE.firstFrame] = (control[CAPTURE.firstFrame]! + samples) | 0;
    control[CAPTURE.lost] = (control[CAPTURE.lost]! + samples) | 0;
  }

  #mix(channels: readonly Float32Array[], n: number): void {
    const out = this.#gathered;
    const at = this.#filled;
    const scale = 1 / Math.max(1, channels.length);
    for (let i = 0; i < n; i++) {
      let sum = 0;
      for (let channel = 0; channel < channels.length; channel++) sum += channels[channel]![i]!;
      out[at + i] = sum * scale;
    }
  }
}
