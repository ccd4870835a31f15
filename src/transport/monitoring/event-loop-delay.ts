/** How late the event loop is, measured by Node in the background: nothing of ours runs for it. */
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";

/** Node looks so often; what it records is from one look to the next, and so longer than the delay by this. */
const RESOLUTION_MS = 20;
const NS_PER_MS = 1_000_000;

/** Those that nobody measures with: each holds half a megabyte that V8 knows nothing of, and so is in no hurry to free. */
const idle: IntervalHistogram[] = [];

/** Delays since the measuring began, in ms. */
export interface LoopDelay {
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly maxMs: number;
}

/** One measuring of the thread's event loop. */
export class EventLoopDelay {
  #histogram: IntervalHistogram | undefined;

  constructor() {
    this.#histogram = idle.pop() ?? monitorEventLoopDelay({ resolution: RESOLUTION_MS });
    this.#histogram.reset();
    this.#histogram.enable();
  }

  /** What has been measured; begins anew. Zeros where there is nothing yet, and once it has been stopped. */
  take(): LoopDelay {
    const histogram = this.#histogram;
    if (histogram === undefined) return { p50Ms: 0, p99Ms: 0, maxMs: 0 };
    const delay = {
      p50Ms: delayMs(histogram.percentile(50)),
      p99Ms: delayMs(histogram.percentile(99)),
      maxMs: delayMs(histogram.max),
    };
    histogram.reset();
    return delay;
  }

  /** Measures no more. Idempotent. */
  stop(): void {
    if (this.#histogram === undefined) return;
    this.#histogram.disable();
    idle.push(this.#histogram);
    this.#histogram = undefined;
  }
}

function delayMs(ns: number): number {
  const ms = ns / NS_PER_MS - RESOLUTION_MS;
  return ms > 0 ? ms : 0;
}
