/** What all connections of one server share. */
import type { Clock } from "../core/clock.ts";
import type { SessionLimits } from "../core/limits.ts";
import type { Logger } from "../core/logger.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { AnyHandler } from "../stream/handler.ts";
import type { StreamSession, StreamSessionOptions } from "../stream/stream-session.ts";
import type { SharedCodecs } from "./codec-pool.ts";
import type { Counters } from "./counters.ts";
import type { OutputHub } from "./output-hub.ts";
import type { ServerEvents, SessionRegistry } from "./session-registry.ts";

/** Makes a session; the engine's own, or a test's. */
export type SessionFactory = (options: StreamSessionOptions) => StreamSession;

/** What one connection needs beside its socket. */
export interface ConnectionContext {
  readonly dsp: Dsp;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly limits: SessionLimits;
  readonly codecs: SharedCodecs;
  readonly registry: SessionRegistry;
  readonly outputs: OutputHub;
  readonly counters: Counters;
  readonly events: ServerEvents;
  readonly createSession: SessionFactory;
  readonly startTimeoutMs: number;
  readonly timeLimitMs: number | undefined;
  readonly maxUnsentMs: number;
  readonly slowReaderMs: number;
  readonly closeGraceMs: number;
}

/** A handler on its path. */
export interface HandlerMount {
  /** Goes before the protocols' routes. */
  readonly path: string;
  /** A handler for one more client. May throw: it is user code. */
  readonly makeHandler: () => AnyHandler;
  /** The wire's rates where neither the client nor the handler names one. */
  readonly inputRate: number;
  readonly outputRate: number;
  readonly frameMs: number;
}

/** What the upgrade said about the client. */
export interface ClientInfo {
  /** The URL's query. */
  readonly params: Readonly<Record<string, string>>;
  readonly remoteAddress: string;
}
