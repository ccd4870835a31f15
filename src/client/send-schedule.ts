/**
 * When each frame of a stream is to leave: frame n at anchor + n * its duration, whatever the timers do in between. Pure.
 *
 * After a stall (of this process, or a full socket) what is overdue leaves at once, up to `catchUpMs` of it; the rest of
 * the stall moves the anchor and is lost time (`slippedMs`). When it was the source that had nothing for longer than
 * `catchUpMs`, there is nothing to catch up with, and the anchor moves by all of it.
 */
import { DurationHistogram, type DurationSummary } from "./histogram.ts";

/** How well a stream kept its times. All in ms. */
export interface PacingReport {
  /** Actual minus intended time of leaving, for each frame. */
  jitter: DurationSummary;
  /** How much later the last frame left than the first frame's time and its number say, pauses excepted. */
  driftMs: number;
  /** By how much the schedule was moved after stalls. */
  slippedMs: number;
  /** Time in pauses. */
  pausedMs: number;
}

/** The schedule of one stream. */
export class SendSchedule {
  readonly #frameMs: number;
  readonly #catchUpMs: number;
  readonly #jitter = new DurationHistogram();
  #frames = 0;
  #anchorMs = 0;
  #firstMs = 0;
  #lastMs = 0;
  #pausedMs = 0;
  #slippedMs = 0;

  /** @param frameMs duration of a frame, exact */
  constructor(frameMs: number, catchUpMs: number) {
    this.#frameMs = frameMs;
    this.#catchUpMs = catchUpMs;
  }

  /** Frames sent. */
  get frames(): number {
    return this.#frames;
  }

  /** When the next frame is due; the first is due when it is there. */
  dueMs(nowMs: number): number {
    return this.#frames === 0 ? nowMs : this.#anchorMs + this.#frames * this.#frameMs;
  }

  /** A frame leaves at `nowMs`, having been there since `readyMs`. No allocation. */
  sent(nowMs: number, readyMs: number): void {
    if (this.#frames === 0) {
      this.#anchorMs = nowMs;
      this.#firstMs = nowMs;
    }
    const dueMs = this.dueMs(nowMs);
    const lateMs = nowMs - dueMs;
    this.#jitter.record(nowMs - Math.max(dueMs, readyMs));
    if (lateMs > this.#catchUpMs) {
      const isStarved = readyMs - dueMs > this.#catchUpMs;
      this.#shift(isStarved ? lateMs : lateMs - this.#catchUpMs);
    }
    this.#frames++;
    this.#lastMs = nowMs;
  }

  /** The stream stood still on purpose: everything after moves by as much, nothing is caught up with. */
  paused(durationMs: number): void {
    if (this.#frames === 0) return;
    this.#anchorMs += durationMs;
    this.#pausedMs += durationMs;
  }

  report(): PacingReport {
    const intendedMs = this.#firstMs + Math.max(0, this.#frames - 1) * this.#frameMs + this.#pausedMs;
    return {
      jitter: this.#jitter.summary(),
      driftMs: this.#lastMs - intendedMs,
      slippedMs: this.#slippedMs,
      pausedMs: this.#pausedMs,
    };
  }

  #shift(byMs: number): void {
    this.#anchorMs += byMs;
    this.#slippedMs += byMs;
  }
}
