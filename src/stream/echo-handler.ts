/** Sends back what it hears, through a bounded queue. */
import { checkNumber } from "../core/check.ts";
import { expectOptions, type NamesOf } from "../core/option-names.ts";
import type { AudioFrame } from "../core/types.ts";
import { AudioQueue } from "./audio-queue.ts";
import { StreamHandler } from "./handler.ts";
import type { Session } from "./session-handle.ts";

/** What an echo is made for. */
export interface EchoOptions {
  /** Audio it holds at most; beyond it the oldest is dropped. Default 500 ms. */
  maxMs?: number;
}

const ECHO_OPTIONS: NamesOf<EchoOptions> = { maxMs: 1 };

const NOTHING = new Int16Array(0);
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
  /** Less than the lead is queued in the session, and nothing waits here: what comes goes straight out. */
  #isDirect = true;
  /** What came while the session had enough; made where the answer cannot keep up. */
  #queue: AudioQueue | undefined;
  /** Holds what is taken from the queue: the engine has copied it when `emit` is called again. */
  #buffer = NOTHING;

  constructor(options: EchoOptions = {}) {
    super();
    this.#options = expectOptions("EchoHandler", options, ECHO_OPTIONS);
    // told here, and not in the middle of a call
    if (options.maxMs !== undefined) checkNumber("maxMs", options.maxMs, 1, LONGEST_MS);
  }

  copy(): EchoHandler {
    return new EchoHandler(this.#options);
  }

  override startUp(session: Session): void {
    this.#sampleRate = session.inputRate;
  }

  receive({ samples }: AudioFrame, session: Session): void {
    if (this.#isDirect) {
      this.#isDirect = session.send(samples, this.#sampleRate);
      return;
    }
    this.#queue ??= createQueue(this.#options, this.#sampleRate);
    this.#queue.push(samples);
    if (this.#buffer.length < samples.length) this.#buffer = new Int16Array(samples.length);
  }

  emit(): { samples: Int16Array; sampleRate: number } | null {
    if (this.#queue === undefined || this.#queue.length === 0) {
      this.#isDirect = true;
      return null;
    }
    const n = this.#queue.read(this.#buffer);
    const samples = n === this.#buffer.length ? this.#buffer : this.#buffer.subarray(0, n);
    return { samples, sampleRate: this.#sampleRate };
  }

  override shutdown(): void {
    this.#queue?.end();
  }
}

function createQueue({ maxMs }: EchoOptions, sampleRate: number): AudioQueue {
  return new AudioQueue({ sampleRate, maxMs: maxMs ?? DEFAULT_MAX_MS });
}
