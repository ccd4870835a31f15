/** What the parts of the benchmark that measure in a way of their own are told. */
import type { Effort } from "./measure.ts";

export interface ReportOptions {
  readonly effort: Effort;
  /** Where figures go, where figures are wanted. */
  readonly plotFolder?: string;
  /** Length of the file to convert. */
  readonly minutes: number;
  readonly server: ServerBenchOptions;
  readonly onRound: (what: string, round: number) => void;
}

/** What `server` runs, and with what. */
export interface ServerBenchOptions {
  readonly isQuick: boolean;
  /** The program of `wsload`. */
  readonly wsload?: string;
  /** A Python interpreter with FastRTC. */
  readonly fastrtc?: string;
  /** Servers in other languages. */
  readonly peers: readonly string[];
  /** Part of the names of the faults to run; undefined: all. */
  readonly fault?: string;
  /** Numbers of paced streams; empty: the most are looked for. */
  readonly streams: readonly number[];
}
