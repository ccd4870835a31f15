/** What all connections of one server share. */
import type { Clock } from "../core/clock.ts";
import type { SessionLimits } from "../core/limits.ts";
import type { Logger } from "../core/logger.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { Network } from "../network/network.ts";
import type { AnyHandler } from "../stream/handler.ts";
import type { JitterSettings } from "../stream/jitter/jitter-settings.ts";
import type { StreamSession, StreamSessionOptions } from "../stream/stream-session.ts";
import type { Grant } from "./auth.ts";
import type { SharedCodecs } from "./codec-pool.ts";
import type { Counters } from "./counters.ts";
import type { FrameSlots } from "./frame-slots.ts";
import type { OutputHub } from "./output-hub.ts";
import type { Recordings } from "./recording/recordings.ts";
import type { ResumeDesk } from "./resume-desk.ts";
import type { ServerLimits } from "./server-limits.ts";
import type { ServerEvents, SessionRegistry } from "./session-registry.ts";
import type { WaitingRoom } from "./waiting-room.ts";

/** Makes a session; the engine's own, or a test's. */
export type SessionFactory = (options: StreamSessionOptions) => StreamSession;

/** What one connection needs beside its socket. */
export interface ConnectionContext {
  readonly dsp: Dsp;
  readonly clock: Clock;
  readonly logger: Required<Logger>;
  /** Bounds of a session's queues and waits. */
  readonly limits: SessionLimits;
  /** Bounds of what a client may send and take. */
  readonly bounds: ServerLimits;
  readonly room: WaitingRoom;
  readonly codecs: SharedCodecs;
  readonly slots: FrameSlots;
  readonly registry: SessionRegistry;
  readonly outputs: OutputHub;
  readonly resume: ResumeDesk;
  /** Undefined where nothing is recorded. */
  readonly recordings: Recordings | undefined;
  readonly counters: Counters;
  readonly events: ServerEvents;
  readonly createSession: SessionFactory;
  readonly closeGraceMs: number;
  /** What connections go through beside the real one. */
  readonly network: Network | undefined;
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
  /** There where the handler hears by a clock. */
  readonly jitter: JitterSettings | undefined;
}

/** What the upgrade said about the client. */
export interface ClientInfo {
  /** The URL's query. */
  readonly params: Readonly<Record<string, string>>;
  /** Behind proxies that are trusted, the client's own. */
  readonly remoteAddress: string;
  /** What limits by address count by. */
  readonly addressKey: string;
  /** What the `auth` hook has said. */
  readonly grant: Grant;
}
