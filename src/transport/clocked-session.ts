/** A session whose handler hears its client by a clock, through a jitter buffer; in all else the session it is made of. */
import type { EndReason } from "../stream/handler.ts";
import type { JitterStats } from "../stream/jitter/jitter-stats.ts";
import { PacedPlayout, type PacedPlayoutOptions } from "../stream/jitter/paced-playout.ts";
import type { SessionGap } from "../stream/session-events.ts";
import type { SessionStats } from "../stream/session-handle.ts";
import type { SessionControl, StreamSession } from "../stream/stream-session.ts";

/** One per session. */
export class ClockedSession implements StreamSession {
  readonly #session: StreamSession;
  readonly #playout: PacedPlayout;

  /** May throw `ERR_ARENA_FULL`: `session` is then the caller's to end. */
  constructor(session: StreamSession, playout: Omit<PacedPlayoutOptions, "onFrame">) {
    this.#session = session;
    this.#playout = new PacedPlayout({ ...playout, onFrame: (samples) => session.receive(samples) });
  }

  get session(): SessionControl {
    return this.#session.session;
  }

  get counters(): Readonly<SessionStats> {
    return this.#session.counters;
  }

  get takesPayloads(): boolean {
    return this.#playout.takesPayloads;
  }

  get jitter(): JitterStats {
    return this.#playout.stats;
  }

  get endReason(): EndReason | undefined {
    return this.#session.endReason;
  }

  open(): Promise<void> {
    return this.#session.open();
  }

  receive(samples: Int16Array, sequence = -1, timestamp = -1, payload?: Uint8Array): void {
    this.#playout.push(samples, sequence, timestamp, payload);
  }

  markReturned(name: string): void {
    this.#session.markReturned(name);
  }

  cleared(playedMs: number | undefined, interrupts?: boolean): void {
    this.#session.cleared(playedMs, interrupts);
  }

  dtmf(digit: string): void {
    this.#session.dtmf(digit);
  }

  lost(): void {
    this.#session.lost();
  }

  resumed(gap: SessionGap): void {
    this.#session.resumed(gap);
  }

  drain(): Promise<void> {
    this.#playout.end();
    return this.#session.drain();
  }

  end(reason: EndReason): Promise<void> {
    this.#playout.dispose();
    return this.#session.end(reason);
  }
}
