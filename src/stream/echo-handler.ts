/** Sends back what it hears, through a bounded queue. */
import { checkNumber } from "../core/check.ts";
import type { AudioFrame } from "../core/types.ts";
import { AudioQueue } from "./audio-queue.ts";
import { StreamHandler } from "./handler.ts";
import type { Session } from "./session-handle.ts";

/** What an echo is made for. */
export interface EchoOptions {
  /** Audio it holds at most; beyond it the oldest is dropped. Default 500 ms. */
  maxMs?: number;
}

const DEFAULT_MAX_MS = 500;
/** What a queue can hold at 192 kHz. */
const LONGEST_MS = 87_381;

/**
 * Echo at the wire's own rate: what comes back is what went in, sample for sample. Where the wire sends at another rate
 * than it receives, it is resampled, and lasts as long and sounds as high as before.
 */
export class EchoHandler extends StreamHandler {
  /** The last samples of a call come back too, whatever lengths the client sends. */
  override takesShortFrames = true;
  readonly #options: EchoOptions;
  #sampleRate = 0;
  /** What has been received last, where it has not been asked for yet: in a steady stream it is, at once. */
  #held = 0;
  /** Holds it, and every answer: the engine has copied the samples when `emit` is called again. */
  #buffer = new Int16Array(0);
  /** What came before it; made where the answer cannot keep up. */
  #queue: AudioQueue | undefined;
  readonly #answer = { samples: this.#buffer, sampleRate: 0 };

  constructor(options: EchoOptions = {}) {
    super();
    this.#options = options;
    // told here, and not in the middle of a call
    if (options.maxMs !== undefined) checkNumber("maxMs", options.maxMs, 1, LONGEST_MS);
  }

  copy(): EchoHandler {
    return new EchoHandler(this.#options);
  }

  override startUp(session: Session): void {
    this.#sampleRate = session.inputRate;
    this.#answer.sampleRate = session.inputRate;
  }

  receive({ samples }: AudioFrame): void {
    if (this.#held > 0) this.#enqueue();
    if (this.#buffer.length < samples.length) {
      this.#buffer = new Int16Array(samples.length);
      this.#answer.samples = this.#buffer;
    }
    this.#buffer.set(samples);
    this.#held = samples.length;
  }

  emit(): { samples: Int16Array; sampleRate: number } | null {
    if (this.#queue !== undefined && this.#queue.length > 0) {
      if (this.#held > 0) this.#enqueue();
      return this.#answerWith(this.#queue.read(this.#buffer));
    }
    const held = this.#held;
    this.#held = 0;
    return held > 0 ? this.#answerWith(held) : null;
  }

  override shutdown(): void {
    this.#held = 0;
    this.#queue?.end();
  }

  #answerWith(n: number): { samples: Int16Array; sampleRate: number } {
    if (this.#answer.samples.length !== n)
      this.#answer.samples = n === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, n);
    return this.#answer;
  }

  #enqueue(): void {
    this.#queue ??= createQueue(this.#options, this.#sampleRate);
    this.#queue.push(this.#buffer.subarray(0, this.#held));
    this.#held = 0;
  }
}

function createQueue({ maxMs }: EchoOptions, sampleRate: number): AudioQueue {
  return new AudioQueue({ sampleRate, maxMs: maxMs ?? DEFAULT_MAX_MS });
}
