/**
 * The last stage before the clock: turns frames into as many samples as the difference of the clocks asks for. Untouched
 * until there is a difference; from then on through the voice resampler, which delays by `latencySamples` (39 at 8 kHz).
 * So many samples are missing when that begins: playout says when they are there, or can be made without being heard.
 */
import type { Dsp } from "../../dsp/dsp.ts";
import type { Resampler } from "../../dsp/resampler/resampler.ts";
import type { SampleFifo } from "./sample-fifo.ts";

/** Room that a frame may grow by: 5,000 ppm, and what the filter gives back at once. */
const SPARE_SAMPLES = 64;

/** One stream's stage. All memory is made at construction. */
export class DriftStage {
  readonly #fifo: SampleFifo;
  readonly #last: Int16Array;
  readonly #out: Int16Array;
  readonly #resampler: Resampler;
  #isSteering = false;
  #skip = 0;
  #ppm = 0;

  /** @param frameSamples of the frames that `push` gets at most */
  constructor(dsp: Dsp, sampleRate: number, frameSamples: number, fifo: SampleFifo) {
    this.#fifo = fifo;
    this.#last = new Int16Array(frameSamples);
    this.#resampler = dsp.createResampler({ inputRate: sampleRate, outputRate: sampleRate });
    this.#resampler.setDrift(0);
    this.#out = new Int16Array(this.#resampler.maxOutput(2 * frameSamples) + SPARE_SAMPLES);
  }

  /** Steering now, in parts per million; positive makes more samples. */
  get ppm(): number {
    return this.#ppm;
  }

  /** Samples that the first frame through the filter must be longer. */
  get latencySamples(): number {
    return this.#resampler.latencySamples;
  }

  /** Whether there is a difference to be steered against, and `begin` is waited for. */
  get isWaiting(): boolean {
    return !this.#isSteering && this.#ppm !== 0;
  }

  /** Steers from the next frame on, once it has begun. */
  steer(ppm: number): void {
    const wanted = Math.round(ppm);
    if (wanted === this.#ppm) return;
    this.#ppm = wanted;
    if (this.#isSteering) this.#resampler.setDrift(wanted);
  }

  /** Begins: the next frames go through the filter, which is given what was played last, so that there is no step. */
  begin(): void {
    const made = this.#resampler.processInto(this.#last, this.#out);
    this.#skip = this.#last.length - made;
    this.#isSteering = true;
    this.#resampler.setDrift(this.#ppm);
  }

  /** Takes the first `n` samples of `frame`; what comes of them goes to the queue. */
  push(frame: Int16Array, n: number): void {
    if (!this.#isSteering) {
      this.#fifo.push(frame, n);
      if (n === this.#last.length && frame.length === n) this.#last.set(frame);
      return;
    }
    const input = frame.length === n ? frame : frame.subarray(0, n);
    const made = this.#resampler.processInto(input, this.#out);
    const skipped = Math.min(this.#skip, made);
    this.#skip -= skipped;
    if (skipped > 0) this.#out.copyWithin(0, skipped, made);
    this.#fifo.push(this.#out, made - skipped);
  }

  dispose(): void {
    this.#resampler.dispose();
  }
}
