/** Sends back what it hears, through a bounded queue. */
import type { AudioFrame } from "../core/types.ts";
import { AudioQueue } from "./audio-queue.ts";
import { StreamHandler } from "./handler.ts";
import type { Session } from "./session-handle.ts";

/** What an echo is made for. */
export interface EchoOptions {
  /** Audio it holds at most; beyond it the oldest is dropped. Default 500 ms. */
  maxMs?: number;
}

/**
 * Echo at the wire's own rate: what comes back is what went in, sample for sample. Where the wire sends at another rate
 * than it receives, it is resampled, and lasts as long and sounds as high as before.
 */
export class EchoHandler extends StreamHandler {
  /** The last samples of a call come back too, whatever lengths the client sends. */
  override takesShortFrames = true;
  readonly #options: EchoOptions;
  #queue: AudioQueue | undefined;
  /** Reused for every answer, both: the engine has copied the samples when `emit` is called again. */
  #buffer = new Int16Array(0);
  readonly #answer = { samples: this.#buffer, sampleRate: 0 };

  constructor(options: EchoOptions = {}) {
    super();
    this.#options = options;
  }

  copy(): EchoHandler {
    return new EchoHandler(this.#options);
  }

  override startUp(session: Session): void {
    this.#answer.sampleRate = session.inputRate;
    this.#queue = new AudioQueue({ sampleRate: session.inputRate, maxMs: this.#options.maxMs ?? 500 });
  }

  receive(frame: AudioFrame): void {
    if (this.#buffer.length < frame.samples.length) this.#buffer = new Int16Array(frame.samples.length);
    this.#queue?.push(frame.samples);
  }

  emit(): { samples: Int16Array; sampleRate: number } | null {
    const n = this.#queue?.read(this.#buffer) ?? 0;
    if (n === 0) return null;
    this.#answer.samples = n === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, n);
    return this.#answer;
  }

  override shutdown(): void {
    this.#queue?.end();
  }
}
