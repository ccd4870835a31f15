/** What a server counts. All counters only grow, but for the two that say how many there are now. */
import type { EndReason } from "../stream/handler.ts";
import type { SessionStats } from "../stream/session-handle.ts";
import type { WorkerMetrics } from "./workers/worker-metrics.ts";

/** A snapshot of a server's counters. */
export interface ServerMetrics {
  /** Sockets open now, with and without a session. */
  connections: number;
  /** Sessions now, those that are ending included. */
  sessions: number;
  connectionsOpened: number;
  sessionsOpened: number;
  /** Sessions ended, by the kind of the reason. */
  sessionsEnded: Readonly<Partial<Record<EndReason["kind"], number>>>;
  /** Upgrades, starts and requests that were refused, by reason. */
  refused: Readonly<Record<RefusalKind, number>>;
  /** Media messages taken from clients, and given to sockets. */
  framesIn: number;
  framesOut: number;
  /** Bytes of messages, without WebSocket and TCP headers. */
  bytesIn: number;
  bytesOut: number;
  /**
   * Media dropped. `notStarted`, `slowReader`: messages. `tooFast`: messages of any kind. `busyHandler`: frames of the
   * handler's length.
   */
  dropped: Readonly<{ notStarted: number; slowReader: number; tooFast: number; busyHandler: number }>;
  /** Readers of outputs over HTTP that were dropped because they read too slowly. */
  slowOutputReaders: number;
  /** Times a client sent so much in one turn of the event loop that it was read on after all the others. */
  pausedReads: number;
  /** Messages answered with an error: malformed, wrong kind, too big. */
  badMessages: number;
  /** Events that this server does not know and left alone. */
  unknownMessages: number;
  /** Heartbeats there and back: how many, and ms in all and at most. */
  roundTrips: Readonly<{ count: number; totalMs: number; maxMs: number }>;
  /** Sessions whose connection was lost and that waited for their clients, those that went on, and those that wait now. */
  sessionsLost: number;
  sessionsResumed: number;
  sessionsWaiting: number;
  /** Audio that clients and handlers missed in between, in ms. */
  lostMs: Readonly<{ input: number; output: number }>;
  /** Recordings that are complete, and those that could not be written; audio in them that found no room, in ms. */
  recordings: number;
  recordingsFailed: number;
  recordingDroppedMs: number;
  /** Times the event loop stood still for a quarter of a second or more (a handler that computes), and the longest. */
  stalls: number;
  maxStallMs: number;
  /** The workers that handlers run in; none where they run in this thread. */
  workers: readonly WorkerMetrics[];
}

/** Why a client was not let in. */
export type RefusalKind =
  | "origin"
  | "host"
  | "closing"
  | "too-many-sockets"
  | "auth"
  | "signature"
  | "session-limit"
  | "address-limit"
  | "id-in-use"
  | "format"
  | "start-timeout"
  | "handler"
  | "resume"
  | "bad-request"
  | "handshake-timeout"
  | "no-session"
  | "too-fast"
  | "too-many-readers";

/** The counting side; one per server. */
export class Counters {
  connections = 0;
  connectionsOpened = 0;
  sessionsOpened = 0;
  framesIn = 0;
  framesOut = 0;
  bytesIn = 0;
  bytesOut = 0;
  notStarted = 0;
  slowReader = 0;
  slowOutputReader = 0;
  pausedReads = 0;
  tooFast = 0;
  badMessages = 0;
  unknownMessages = 0;
  /** Told of each round trip as well. */
  onRoundTrip: ((ms: number) => void) | undefined;
  #roundTrips = { count: 0, totalMs: 0, maxMs: 0 };
  sessionsLost = 0;
  sessionsResumed = 0;
  lostInputMs = 0;
  lostOutputMs = 0;
  recordings = 0;
  recordingsFailed = 0;
  recordingDroppedMs = 0;
  readonly #refused: Record<RefusalKind, number> = {
    origin: 0,
    host: 0,
    closing: 0,
    "too-many-sockets": 0,
    auth: 0,
    signature: 0,
    "session-limit": 0,
    "address-limit": 0,
    "id-in-use": 0,
    format: 0,
    "start-timeout": 0,
    handler: 0,
    resume: 0,
    "bad-request": 0,
    "handshake-timeout": 0,
    "no-session": 0,
    "too-fast": 0,
    "too-many-readers": 0,
  };
  readonly #ended: Partial<Record<EndReason["kind"], number>> = {};
  #busyHandler = 0;

  countRefusal(kind: RefusalKind): void {
    this.#refused[kind]++;
  }

  countRoundTrip(ms: number): void {
    const { count, totalMs, maxMs } = this.#roundTrips;
    this.#roundTrips = { count: count + 1, totalMs: totalMs + ms, maxMs: Math.max(maxMs, ms) };
    this.onRoundTrip?.(ms);
  }

  /** Counts a session's end, and takes over what the session itself has counted. */
  countEnd(kind: EndReason["kind"], stats: Readonly<SessionStats>): void {
    this.#ended[kind] = (this.#ended[kind] ?? 0) + 1;
    this.#busyHandler += stats.framesDropped;
  }

  /** The counters as they are now. @param live what the sessions still open count themselves */
  snapshot(
    live: Iterable<Readonly<SessionStats>>,
  ): Omit<ServerMetrics, "sessionsWaiting" | "stalls" | "maxStallMs" | "workers"> {
    let sessions = 0;
    let busyHandler = this.#busyHandler;
    for (const stats of live) {
      sessions++;
      busyHandler += stats.framesDropped;
    }
    return {
      connections: this.connections,
      sessions,
      connectionsOpened: this.connectionsOpened,
      sessionsOpened: this.sessionsOpened,
      sessionsEnded: { ...this.#ended },
      refused: { ...this.#refused },
      framesIn: this.framesIn,
      framesOut: this.framesOut,
      bytesIn: this.bytesIn,
      bytesOut: this.bytesOut,
      dropped: {
        notStarted: this.notStarted,
        slowReader: this.slowReader,
        tooFast: this.tooFast,
        busyHandler,
      },
      slowOutputReaders: this.slowOutputReader,
      pausedReads: this.pausedReads,
      badMessages: this.badMessages,
      unknownMessages: this.unknownMessages,
      roundTrips: this.#roundTrips,
      sessionsLost: this.sessionsLost,
      sessionsResumed: this.sessionsResumed,
      lostMs: { input: this.lostInputMs, output: this.lostOutputMs },
      recordings: this.recordings,
      recordingsFailed: this.recordingsFailed,
      recordingDroppedMs: this.recordingDroppedMs,
    };
  }
}
