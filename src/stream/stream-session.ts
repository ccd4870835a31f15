/** One client's session as the transport sees and drives it. */
import type { Clock } from "../core/clock.ts";
import type { SessionLimits } from "../core/limits.ts";
import type { Logger } from "../core/logger.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { AnyHandler, EndReason } from "./handler.ts";
import type { SessionGap } from "./session-events.ts";
import type { Session, SessionStats } from "./session-handle.ts";
import type { SessionSink } from "./session-sink.ts";

/** What the wire carries in one direction. */
export interface WireFormat {
  /** Hz. */
  sampleRate: number;
  /** Duration of the frames that are sent; received ones may have any length. */
  frameMs: number;
}

/** Everything a session needs. */
export interface StreamSessionOptions {
  dsp: Dsp;
  clock: Clock;
  limits: SessionLimits;
  logger: Logger;
  id: string;
  params: Readonly<Record<string, string>>;
  /** Already this client's own copy. */
  handler: AnyHandler;
  /** What the client sends. */
  wireInput: WireFormat;
  /** What the client gets. */
  wireOutput: WireFormat;
  sink: SessionSink;
}

/** What the transport may do with a session of a handler's: it may run in another thread. */
export type SessionControl = Pick<Session, "id" | "params" | "stats" | "setInput" | "close">;

/** The engine's side of a session. No method throws or rejects. */
export interface StreamSession {
  readonly session: SessionControl;
  /** The engine's own counters: not for user code, which gets `session.stats`. */
  readonly counters: Readonly<SessionStats>;
  /** Set from the first reason to end on. */
  readonly endReason: EndReason | undefined;
  /** Whether payloads of a codec that keeps state are decoded here, when their turn comes. Default false. */
  readonly takesPayloads?: boolean;
  /** Runs `startUp`; input that arrives meanwhile is held (500 ms at most, counted beyond). */
  open(): Promise<void>;
  /**
   * Audio from the client at the wire's input rate, any length; copied before this returns.
   * @param sequence, timestamp -1 where the client does not count; of use where a clock plays
   * @param payload what stands for `samples`, which are silent then: the codec's, where `takesPayloads`; else comfort noise,
   * where that was agreed on
   */
  receive(samples: Int16Array, sequence?: number, timestamp?: number, payload?: Uint8Array): void;
  /** The client has played or dropped what came before a mark. */
  markReturned(name: string): void;
  /**
   * The client has dropped what it had not played; undefined: it does not say after how much.
   * @param interrupts by itself, and what is still to be sent is not wanted either: the session clears too
   */
  cleared(playedMs: number | undefined, interrupts?: boolean): void;
  /** A key of the caller's telephone. */
  dtmf(digit: string): void;
  /** The connection is lost; the session waits for its client. What is sent meanwhile comes to nothing. */
  lost(): void;
  /** The client is back. */
  resumed(gap: SessionGap): void;
  /** Takes no more input, lets queued audio leave (`drainTimeoutMs` at most), resolves then. */
  drain(): Promise<void>;
  /** Ends the session: `shutdown` runs (once), everything is given back. Resolves when that is done. */
  end(reason: EndReason): Promise<void>;
}

/** A session whose engine runs in this thread. */
export interface EngineSession extends StreamSession {
  readonly session: Session;
  /** So many samples from the client were dropped on their way here: counted, and what follows is stamped accordingly. */
  skip(samples: number): void;
}
