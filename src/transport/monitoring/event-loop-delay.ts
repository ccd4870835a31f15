/** How late the event loop is, measured by Node in the background: nothing of ours runs for it. */
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";

/** Node looks so often; what it records is from one look to the next, and so longer than the delay by this. */
const RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

/** Delays since the measuring began, in ms. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One measuring of the thread's event loop. */
export class EventLoopDelay {
  readonly #histogram: IntervalHistogram;

  constructor() {
    this.#histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.enable();
  }

  /** What has been measured; begins anew. Zeros where there is nothing yet. */
  take(): LoopDelay {
    const histogram = this.#histogram;
    const delay = {
      p50Ms: delayMs(histogram.percentile(50)),
      p99Ms: delayMs(histogram.percentile(99)),
      maxMs: delayMs(histogram.max),
    };
    histogram.reset();
    return delay;
  }

  /** Measures no more. */
  stop(): void {
    this.#histogram.disable();
  }
}

function delayMs(ns: number): number {
  const ms = ns / NS_PER_MS - RESOLUTION_MS;
  return ms > 0 ? ms : 0;
}
