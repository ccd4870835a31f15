/** What a load generator is asked to do, and what it answers; ours and `wsload` alike. */

/** The wire's form: the JSON protocol with a plain start or with a format, or binary packets. */
export type LoadProtocol = "json" | "json-format" | "binary";

export interface LoadPlan {
  /** Host and port. */
  readonly host: string;
  readonly port: number;
  /** Of the request. */
  readonly path: string;
  readonly protocol: LoadProtocol;
  readonly streams: number;
  /** How long is measured, after the warm-up. */
  readonly seconds: number;
  readonly warmUpSeconds: number;
  /** True: each stream sends its next frame when the last has come back, and not every 20 ms. */
  readonly isClosedLoop: boolean;
  /** Whether what comes back must be what was sent; else frames are counted alone. */
  readonly isVerified: boolean;
  /** The server's process, whose CPU time and memory are taken. */
  readonly serverPid: number;
}

export interface LoadResult {
  /** Frames that came back while it was measured. */
  readonly frames: number;
  readonly framesPerSecond: number;
  /** The server's CPU time for each of them. */
  readonly cpuUsPerFrame: number;
  /** The server's share of a core. */
  readonly cpuPercent: number;
  /** From when a frame should have been sent to when it was back: a generator or server that is late hides nothing. */
  readonly latencyMs: { readonly p50: number; readonly p99: number; readonly p999: number };
  /** Sent and not back a second after the end. */
  readonly lost: number;
  /** Back, but not what was sent: another stream's audio, or spoilt. */
  readonly wrong: number;
  /** How late the generator itself was, 99 of 100 times; a run in which that is over `MAX_LATE_MS` is not valid. */
  readonly generatorLateMs: number;
  /** Memory of the server with all streams open, and before the first. */
  readonly rssKib: number;
  readonly idleRssKib: number;
}

/** A generator later than this measures itself. */
const MAX_LATE_MS = 3;

/** Whether a run says something about the server. */
export function isValid(result: LoadResult): boolean {
  return result.generatorLateMs <= MAX_LATE_MS && result.frames > 0;
}

export const FRAME_MS = 20;
/** mu-law at 8 kHz. */
export const FRAME_BYTES = 160;
