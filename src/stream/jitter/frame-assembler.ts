/**
 * From messages of any length to the frames that a jitter buffer takes. Messages of one frame go through with the sender's
 * own count; longer ones are cut into frames, each counted; what the sender does not count, or cuts otherwise, is one
 * stretch of sound that is cut anew, and counted here.
 */
import type { JitterBuffer } from "./create-jitter-buffer.ts";

/** What has waited longer than this for the rest of its frame is the end of a stretch. */
const REST_FRAMES = 2;

/** One stream's messages. Nothing is allocated per message of one frame. */
export class FrameAssembler {
  readonly #buffer: JitterBuffer;
  readonly #frameSamples: number;
  readonly #messageSamples: number;
  /** Frames in a message, where that is a whole number. */
  readonly #framesPerMessage: number;
  readonly #rest: Int16Array;
  #restSamples = 0;
  #restMs = 0;
  #sequence = 0;
  #timestamp = 0;
  #lastSequence = -1;

  /** @param messageSamples what a sender's message usually holds */
  constructor(buffer: JitterBuffer, messageSamples: number) {
    this.#buffer = buffer;
    this.#frameSamples = buffer.frameSamples;
    this.#messageSamples = messageSamples;
    const frames = messageSamples / buffer.frameSamples;
    this.#framesPerMessage = Number.isInteger(frames) ? frames : 0;
    this.#rest = new Int16Array(buffer.frameSamples);
  }

  /** Takes a message. @param sequence, timestamp -1 where the sender does not count */
  push(samples: Int16Array, sequence: number, timestamp: number, arrivalMs: number): void {
    const isCounted = sequence >= 0 && this.#framesPerMessage > 0 && samples.length <= this.#messageSamples;
    if (!isCounted) this.#pushStretch(samples, sequence, arrivalMs);
    else if (this.#framesPerMessage === 1) this.#buffer.pushSamples(samples, sequence, timestamp, arrivalMs);
    else this.#pushMany(samples, sequence, timestamp, arrivalMs);
  }

  /** Hands on what waits for the rest of a frame. */
  flush(arrivalMs: number): void {
    if (this.#restSamples > 0) this.#pushRest(arrivalMs);
  }

  /** Drops what waits for the rest of a frame. */
  clear(): void {
    this.#restSamples = 0;
  }

  #pushMany(samples: Int16Array, sequence: number, timestamp: number, arrivalMs: number): void {
    const n = this.#frameSamples;
    for (let i = 0; i < this.#framesPerMessage && i * n < samples.length; i++) {
      const part = samples.subarray(i * n, Math.min(samples.length, (i + 1) * n));
      this.#buffer.pushSamples(part, sequence * this.#framesPerMessage + i, timestamp + i * n, arrivalMs);
    }
  }

  #pushStretch(samples: Int16Array, sequence: number, arrivalMs: number): void {
    const n = this.#frameSamples;
    const isLate = arrivalMs - this.#restMs > (REST_FRAMES * n * 1000) / this.#buffer.sampleRate;
    const lost = sequence >= 0 && this.#lastSequence >= 0 ? sequence - this.#lastSequence - 1 : 0;
    if (this.#restSamples > 0 && (isLate || lost !== 0)) this.#pushRest(arrivalMs);
    if (lost > 0) this.#skip(Math.round((lost * this.#messageSamples) / n));
    if (sequence >= 0) this.#lastSequence = Math.max(sequence, this.#lastSequence);
    this.#restMs = arrivalMs;
    // one that was overtaken would be put in the wrong place
    if (lost < 0) return;
    for (let at = 0; at < samples.length; ) {
      const taken = Math.min(samples.length - at, n - this.#restSamples);
      for (let i = 0; i < taken; i++) this.#rest[this.#restSamples + i] = samples[at + i]!;
      this.#restSamples += taken;
      at += taken;
      if (this.#restSamples === n) this.#pushRest(arrivalMs);
    }
  }

  #pushRest(arrivalMs: number): void {
    const n = this.#restSamples;
    const frame = n === this.#frameSamples ? this.#rest : this.#rest.subarray(0, n);
    this.#restSamples = 0;
    this.#buffer.pushSamples(frame, this.#sequence, this.#timestamp, arrivalMs);
    this.#skip(1);
  }

  #skip(frames: number): void {
    this.#sequence += frames;
    this.#timestamp = (this.#timestamp + frames * this.#frameSamples) >>> 0;
  }
}
