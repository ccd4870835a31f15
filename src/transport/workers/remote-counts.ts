/** What the socket's thread counts of a session whose handler runs in a worker. */
import type { WireFormat } from "../../stream/stream-session.ts";
import type { LocalCounts } from "./session-fields.ts";

/** One per session; all but `waitingMs` are written by the session. */
export class RemoteCounts implements LocalCounts {
  receivedMs = 0;
  sentMs = 0;
  framesSent = 0;
  resumes = 0;
  lostInputMs = 0;
  lostOutputMs = 0;
  droppedSamples = 0;
  readonly framesPerSample: number;
  readonly #waitingSamples: () => number;
  readonly #msPerSample: number;

  /** @param waitingSamples how much waits for the worker now */
  constructor({ sampleRate, frameMs }: WireFormat, waitingSamples: () => number) {
    this.#msPerSample = 1000 / sampleRate;
    this.framesPerSample = this.#msPerSample / frameMs;
    this.#waitingSamples = waitingSamples;
  }

  get waitingMs(): number {
    return this.#waitingSamples() * this.#msPerSample;
  }
}
