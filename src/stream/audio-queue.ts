/** A bounded queue of audio over a ring, with a promise for "there is some": what a handler puts between receive and emit. */
import { checkNumber } from "../core/check.ts";
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray, SampleFormat } from "../core/types.ts";
import { expectFloat32, expectInt16 } from "../dsp/arguments.ts";
import { SampleRing } from "./sample-ring.ts";

/** What its ring can hold. */
const MAX_SAMPLES = 2 ** 24;

/** What a queue is made for. */
export interface AudioQueueOptions {
  /** Hz; it only turns `maxMs` into samples. */
  sampleRate: number;
  /** Audio it holds at most, 1 ms to 2^24 samples; beyond it the oldest is dropped and counted. Default 500. */
  maxMs?: number;
  /** Default `"int16"`. */
  sampleFormat?: SampleFormat;
}

const QUEUE_OPTIONS: NamesOf<AudioQueueOptions> = { sampleRate: 1, maxMs: 1, sampleFormat: 1 };

/** First in, first out, bounded in milliseconds. Producer and consumer share a thread. */
export class AudioQueue<S extends SampleArray = Int16Array> {
  readonly #ring: SampleRing<S>;
  readonly #maxSamples: number;
  #droppedSamples = 0;
  #isEnded = false;
  #waiters: ((isThere: boolean) => void)[] = [];

  constructor(given: AudioQueueOptions) {
    const options = expectOptions("AudioQueue", given, QUEUE_OPTIONS);
    const sampleRate = checkSampleRate("sampleRate", options.sampleRate);
    const longestMs = Math.floor((MAX_SAMPLES * 1000) / sampleRate);
    const maxMs = checkNumber("maxMs", options.maxMs ?? 500, 1, longestMs);
    this.#maxSamples = Math.max(1, Math.ceil((maxMs * sampleRate) / 1000));
    const sampleFormat = options.sampleFormat ?? "int16";
    this.#ring = new SampleRing<S>({ capacity: this.#maxSamples, sampleFormat });
  }

  /** Samples that wait. */
  get length(): number {
    return this.#ring.available;
  }

  /** Samples dropped so far because the queue was full. */
  get droppedSamples(): number {
    return this.#droppedSamples;
  }

  /**
   * Adds samples (copied); where they do not fit the oldest are dropped. After `end` they are ignored.
   * @throws ConfigError `ERR_CONFIG` for samples of another format: copied as they are they would be noise, or silence
   */
  push(samples: S): void {
    if (this.#ring.sampleFormat === "int16") expectInt16(samples, "samples");
    else expectFloat32(samples, "samples");
    if (this.#isEnded || samples.length === 0) return;
    const tooMany = Math.max(0, samples.length - this.#maxSamples);
    const excess = Math.max(0, this.#ring.available + samples.length - tooMany - this.#maxSamples);
    if (excess > 0) this.#ring.skip(excess);
    this.#droppedSamples += excess + tooMany;
    this.#ring.write(tooMany > 0 ? (samples.subarray(tooMany) as S) : samples);
    this.#wake(true);
  }

  /** Takes up to `out.length` samples; returns how many, 0 where there are none. */
  read(out: S): number {
    return this.#ring.read(out);
  }

  /** Resolves with true once there is something to read, with false once the queue has ended and is empty. */
  ready(): Promise<boolean> {
    if (this.#ring.available > 0) return Promise.resolve(true);
    if (this.#isEnded) return Promise.resolve(false);
    return new Promise((resolve) => this.#waiters.push(resolve));
  }

  /** Drops what waits (not counted as dropped); returns how many samples that were. */
  clear(): number {
    return this.#ring.skip(this.#ring.available);
  }

  /** Takes no more; those who wait in `ready` are told. What waits can still be read. */
  end(): void {
    this.#isEnded = true;
    this.#wake(false);
  }

  #wake(isThere: boolean): void {
    if (this.#waiters.length === 0) return;
    const waiters = this.#waiters;
    this.#waiters = [];
    for (const resolve of waiters) resolve(isThere);
  }
}
