/** Frames on a plan that no lateness moves: stream after stream, each a frame of its own time, spread over one frame. */
import { setImmediate as nextTurn, setTimeout as pause } from "node:timers/promises";
import { FRAME_MS } from "./load-plan.ts";
import type { LoadStream } from "./load-stream.ts";

/** What is sent. */
export interface PacedSending {
  readonly streams: readonly LoadStream[];
  /** When the first frame falls due, by `performance.now()`. */
  readonly startMs: number;
  isSending(): boolean;
  /** Told of each frame, before it goes, how late it does. */
  onLate(lateMs: number): void;
}

/** Sends until `isSending` says no. */
export async function sendPaced({ streams, startMs, isSending, onLate }: PacedSending): Promise<void> {
  // in the order in which they fall due, round after round
  let next = 0;
  while (isSending()) {
    const nowMs = performance.now() - startMs;
    for (;;) {
      const index = next % streams.length;
      const dueMs = dueMsOf(Math.floor(next / streams.length), index, streams.length);
      if (dueMs > nowMs) break;
      onLate(performance.now() - startMs - dueMs);
      streams[index]!.send(nowMs);
      next++;
      // what has come back is read between two bursts, or a late generator would find its own lateness in the echo
      if (next % 64 === 0) break;
    }
    await (nowMs < (next / streams.length) * FRAME_MS ? pause(1) : nextTurn());
  }
}

/** When a stream's frame falls due, from the start on. */
export function dueMsOf(frame: number, stream: number, streams: number): number {
  return (frame + stream / streams) * FRAME_MS;
}
