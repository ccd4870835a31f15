/** One source on its way to the wire, each frame at its time. Steered from outside; one timer at a time. */
import type { Clock } from "../core/clock.ts";
import { Deadline } from "./deadline.ts";
import { type PacingReport, SendSchedule } from "./send-schedule.ts";
import type { WireFrames } from "./wire-frames.ts";

/** What became of a stream that ran to its end. */
export interface StreamSummary {
  framesSent: number;
  /** At the wire's rate, without the silence that fills up the last frame. */
  samplesSent: number;
  /** Of the source. */
  durationMs: number;
  pacing: PacingReport;
}

/** What a stream is made of. */
export interface PacedStreamParts {
  clock: Clock;
  frames: WireFrames;
  frameSamples: number;
  /** Hz of the wire. */
  sampleRate: number;
  /** False: as fast as the socket takes it. */
  isRealtime: boolean;
  catchUpMs: number;
  /** Sends one frame, a view. */
  send(frame: Int16Array): void;
  /** Whether the socket holds as much as it may. */
  isBlocked(): boolean;
}

/** A WebSocket does not say when its buffer has room again, so it is asked this often, and only while it is full. */
const ROOM_POLL_MS = 5;
/** Frames that leave in one turn of the event loop when nothing holds them back. */
const FRAMES_PER_TURN = 16;

/** A running stream. */
export class PacedStream {
  /** Resolves at the end, rejects when stopped or when the source fails. */
  readonly done: Promise<StreamSummary>;
  readonly #parts: PacedStreamParts;
  readonly #schedule: SendSchedule;
  readonly #timer: Deadline;
  readonly #step = () => {
    this.#burst = 0;
    this.#run();
  };
  #resolve: (summary: StreamSummary) => void = () => {};
  #reject: (error: unknown) => void = () => {};
  #frame: Int16Array | undefined;
  #readyMs = 0;
  /** Frames sent since the last timer: a source that never waits must not keep the event loop for itself. */
  #burst = 0;
  #isFilling = false;
  #isSettled = false;
  #pausedAtMs: number | undefined;

  constructor(parts: PacedStreamParts) {
    this.#parts = parts;
    this.#timer = new Deadline(parts.clock);
    this.#schedule = new SendSchedule((parts.frameSamples * 1000) / parts.sampleRate, parts.catchUpMs);
    this.done = new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
    });
  }

  /** Sends the first frame as soon as it is there. */
  start(): void {
    this.#run();
  }

  /** How well it has kept its times so far. */
  get pacing(): PacingReport {
    return this.#schedule.report();
  }

  /** Stands still; the time until `resume` does not count, and nothing is lost. */
  pause(): void {
    if (this.#pausedAtMs !== undefined) return;
    this.#pausedAtMs = this.#parts.clock.now();
    this.#timer.clear();
  }

  /** Goes on where it stood. */
  resume(): void {
    if (this.#pausedAtMs === undefined) return;
    this.#schedule.paused(this.#parts.clock.now() - this.#pausedAtMs);
    this.#pausedAtMs = undefined;
    this.#run();
  }

  /** Ends it before its end; `done` rejects with `error`. */
  stop(error: unknown): void {
    if (this.#isSettled) return;
    this.#settle();
    this.#reject(error);
    // The source may hold a file open. What it says at this point concerns nobody: the stream's fate is `error`.
    this.#parts.frames.stop().catch(() => {});
  }

  #run(): void {
    const { clock, frames, isRealtime, isBlocked, send } = this.#parts;
    while (!this.#isSettled && this.#pausedAtMs === undefined && !this.#isFilling) {
      const nowMs = clock.now();
      if (this.#frame === undefined && !this.#prepare(frames, nowMs)) return;
      const waitMs = isRealtime ? this.#schedule.dueMs(nowMs) - nowMs : 0;
      if (waitMs > 0) {
        // Timers count whole milliseconds: rounded up, so that one wake-up is enough and none is early.
        this.#timer.set(Math.ceil(waitMs), this.#step);
        return;
      }
      if (isBlocked()) {
        this.#timer.set(ROOM_POLL_MS, this.#step);
        return;
      }
      if (this.#burst === FRAMES_PER_TURN) {
        this.#timer.set(0, this.#step);
        return;
      }
      const frame = this.#frame!;
      this.#frame = undefined;
      this.#burst++;
      this.#schedule.sent(nowMs, this.#readyMs);
      send(frame);
    }
  }

  /** Has the next frame ready; false where it has to be waited for, or there is none. */
  #prepare(frames: WireFrames, nowMs: number): boolean {
    try {
      this.#frame = frames.take();
    } catch (error) {
      this.stop(error);
      return false;
    }
    this.#readyMs = nowMs;
    if (this.#frame !== undefined) return true;
    if (frames.isDone) this.#complete();
    else this.#fill(frames);
    return false;
  }

  #fill(frames: WireFrames): void {
    this.#isFilling = true;
    frames.fill().then(
      () => {
        this.#isFilling = false;
        this.#run();
      },
      (error) => this.stop(error),
    );
  }

  #complete(): void {
    const { frames, sampleRate } = this.#parts;
    this.#settle();
    this.#resolve({
      framesSent: this.#schedule.frames,
      samplesSent: frames.samplesTaken,
      durationMs: (frames.samplesTaken * 1000) / sampleRate,
      pacing: this.pacing,
    });
  }

  #settle(): void {
    this.#isSettled = true;
    this.#timer.clear();
  }
}
