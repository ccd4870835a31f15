/** A session's counters, read from the parts that count: nothing is written for them while frames pass. */
import type { ReceivePump } from "./receive-pump.ts";
import type { SessionStats } from "./session-handle.ts";
import type { SessionInput } from "./session-input.ts";
import type { SessionOutput } from "./session-output.ts";

/** What user code sees of them. */
export const SESSION_STATS: readonly (keyof SessionStats)[] = [
  "framesReceived",
  "framesDropped",
  "framesSent",
  "receivedMs",
  "sentMs",
  "inputQueuedMs",
  "outputQueuedMs",
  "maxLateMs",
  "resumes",
  "lostInputMs",
  "lostOutputMs",
];

/** The counters of one session; live. */
export class SessionCounters implements SessionStats {
  resumes = 0;
  lostInputMs = 0;
  lostOutputMs = 0;
  readonly #input: SessionInput;
  readonly #receive: ReceivePump;
  readonly #output: SessionOutput;

  constructor(input: SessionInput, receive: ReceivePump, output: SessionOutput) {
    this.#input = input;
    this.#receive = receive;
    this.#output = output;
  }

  get framesReceived(): number {
    return this.#receive.frames;
  }

  get framesDropped(): number {
    return this.#input.framesDropped;
  }

  get framesSent(): number {
    return this.#output.frames;
  }

  get receivedMs(): number {
    return this.#input.receivedMs;
  }

  get sentMs(): number {
    return this.#output.sentMs;
  }

  get inputQueuedMs(): number {
    return this.#input.queuedMs;
  }

  get outputQueuedMs(): number {
    return this.#output.queuedMs;
  }

  get maxLateMs(): number {
    return this.#output.maxLateMs;
  }
}
