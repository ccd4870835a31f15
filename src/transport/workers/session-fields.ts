/** Numbers of one session that both threads see: whether audio waits to be looked at, and the session's counters. */
import type { SessionStats } from "../../stream/session-handle.ts";

/** Set by the writer of a direction, cleared by its reader; on cache lines of their own. */
export const INPUT_PENDING = 0;
export const OUTPUT_PENDING = 16;
const STATS = 32;
const FIELDS = 48;

/** Durations cross in hundredths of a millisecond. */
const UNITS_PER_MS = 100;

/** Memory for one session's fields. */
export function createSessionFields(): SharedArrayBuffer {
  return new SharedArrayBuffer(FIELDS * 4);
}

/** Worker: shows the counters as they are now. @param skippedSamples those that it has seen to be missing */
export function publishStats(
  fields: Int32Array,
  stats: Readonly<SessionStats>,
  skippedSamples: number,
): void {
  fields[STATS] = stats.framesReceived;
  fields[STATS + 1] = stats.framesDropped;
  fields[STATS + 2] = stats.inputQueuedMs * UNITS_PER_MS;
  fields[STATS + 3] = stats.outputQueuedMs * UNITS_PER_MS;
  fields[STATS + 4] = stats.maxLateMs * UNITS_PER_MS;
  fields[STATS + 5] = skippedSamples;
}

/** What the socket's thread counts by itself. */
export interface LocalCounts {
  readonly receivedMs: number;
  readonly sentMs: number;
  readonly framesSent: number;
  readonly resumes: number;
  readonly lostInputMs: number;
  readonly lostOutputMs: number;
  /** Audio that was dropped before it reached the worker, in samples and in frames for each, and what waits. */
  readonly droppedSamples: number;
  readonly framesPerSample: number;
  readonly waitingMs: number;
}

/** Socket's thread: a session's counters, live to read. */
export function sharedStats(fields: Int32Array, local: LocalCounts): Readonly<SessionStats> {
  return {
    get framesReceived() {
      return fields[STATS]! >>> 0;
    },
    get framesDropped() {
      // what the worker has seen to be missing it has counted
      const unseen = (local.droppedSamples - fields[STATS + 5]!) | 0;
      return (fields[STATS + 1]! >>> 0) + Math.round(Math.max(0, unseen) * local.framesPerSample);
    },
    get framesSent() {
      return local.framesSent;
    },
    get receivedMs() {
      return local.receivedMs;
    },
    get sentMs() {
      return local.sentMs;
    },
    get resumes() {
      return local.resumes;
    },
    get lostInputMs() {
      return local.lostInputMs;
    },
    get lostOutputMs() {
      return local.lostOutputMs;
    },
    get inputQueuedMs() {
      return fields[STATS + 2]! / UNITS_PER_MS + local.waitingMs;
    },
    get outputQueuedMs() {
      return fields[STATS + 3]! / UNITS_PER_MS;
    },
    get maxLateMs() {
      return fields[STATS + 4]! / UNITS_PER_MS;
    },
  };
}
