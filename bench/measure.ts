/** Times cases with the `benchmark` package, in rounds that take every case in turn, so that drift meets all alike. */
import { createRequire } from "node:module";

// By require: to import a CommonJS package, Node parses it with WebAssembly whose memory grows, and from then on every
// typed array of the process is slower to reach. The JavaScript table takes twice as long after that.
const Benchmark = createRequire(import.meta.url)("benchmark") as typeof import("benchmark");

/** One thing to time. */
export interface Case {
  readonly name: string;
  /** Does the work once; leaves its result where it can be seen. */
  readonly run: () => void;
}

/** Nanoseconds a call, over all rounds. */
export interface Timing {
  readonly name: string;
  readonly minNs: number;
  readonly medianNs: number;
  /** `"this process"`, or `"fresh process"`: one that never loads our WebAssembly. */
  readonly where: Where;
}

export type Where = "this process" | "fresh process";

/** How long to measure. */
export interface Effort {
  readonly rounds: number;
  /** Seconds a case and round. */
  readonly seconds: number;
}

/** Shorter than a time slice, so that on a busy machine some samples are still undisturbed. */
const SAMPLE_SECONDS = 0.002;

/** Calls that the benchmark package counts as one take at least about this long: its own 20 ns a call are then little. */
const CALL_NS = 2000;
const MAX_CALLS = 64;

/** Nanoseconds a call, one number a sample of the benchmark package. */
export function sampleNs(run: () => void, seconds: number): number[] {
  const samples: number[] = [];
  const calls = callsAtOnce(run);
  const runAll = (): void => {
    for (let i = 0; i < calls; i++) run();
  };
  const bench = new Benchmark({
    // bound, so that its source cannot be taken apart and compiled anew without its scope
    fn: runAll.bind(undefined),
    minTime: SAMPLE_SECONDS,
    maxTime: seconds,
    minSamples: 3,
    onError: (event: { target: unknown }) => {
      throw (event.target as { error?: unknown }).error;
    },
  });
  bench.run({ async: false });
  for (const period of bench.stats.sample as number[]) samples.push((period * 1e9) / calls);
  if (samples.length === 0) throw new Error("The benchmark package returned no sample.");
  return samples;
}

function callsAtOnce(run: () => void): number {
  run();
  let bestNs = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 5; i++) {
    const startMs = performance.now();
    run();
    bestNs = Math.min(bestNs, (performance.now() - startMs) * 1e6);
  }
  return Math.max(1, Math.min(MAX_CALLS, Math.floor(CALL_NS / Math.max(1, bestNs))));
}

/** Minimum and median of all samples of one case. */
export function timingOf(name: string, where: Where, samples: readonly number[]): Timing {
  const sorted = [...samples].sort((a, b) => a - b);
  return { name, where, minNs: sorted[0]!, medianNs: sorted[sorted.length >> 1]! };
}
