/**
 * A client's way to the server that outlives a connection: where one is lost without a goodbye and the server has given a
 * token, others are tried, with waits that double and are drawn by lot, until the server's window is over. What is said
 * in between waits, bounded; what the server has had already is not sent again.
 */
import { ProtocolError, VoxwireError } from "../core/errors.ts";
import type { ClientDialect } from "../transport/protocol/client-dialect.ts";
import type { ResumeState } from "../transport/protocol/client-resume.ts";
import type { Attempt } from "./attempts.ts";
import type { CloseInfo, SessionInfo } from "./client-events.ts";
import type { ClientLink } from "./client-link.ts";
import type { ClientState } from "./client-state.ts";
import { Connection, type ConnectionListener, type ConnectionParts } from "./connection.ts";
import { Deadline } from "./deadline.ts";
import type { Heartbeat } from "./heartbeat.ts";
import { HeldMessages } from "./held-messages.ts";
import type { ReconnectSettings } from "./options.ts";

/** The close code of a connection that went without a goodbye. */
const LOST = 1006;
/** One attempt may take this part of the window, so that one that hangs leaves time for others. */
const ATTEMPTS_PER_WINDOW = 4;
/** After these another attempt may find the way; what else a server says holds for every attempt. */
const WORTH_ANOTHER = new Set<string>(["ERR_CONNECT", "ERR_TIMEOUT"]);

/** What a link tells its client, beside what a connection does. */
export interface LinkListener extends ConnectionListener {
  /** The connection is lost; others are tried. */
  onLost(error: VoxwireError): void;
  /** The session goes on; what waits has not been sent yet. */
  onResumed(session: SessionInfo, attempts: number, gapMs: number): void;
}

/** What a link is made of. */
export interface LinkParts extends Omit<ConnectionParts, "listener" | "resume"> {
  listener: LinkListener;
  /** What this client has had and sent so far. */
  resumeState(): Omit<ResumeState, "token">;
  /** Draws a number from 0 up to 1; default `Math.random`. */
  random?: () => number;
}

/** One client's connections, one at a time. */
export class ReconnectingLink implements ClientLink {
  readonly closed: Promise<CloseInfo>;
  readonly #parts: LinkParts;
  readonly #settings: ReconnectSettings | undefined;
  readonly #held: HeldMessages;
  readonly #timer: Deadline;
  #connection: Connection;
  #trial: Connection | undefined;
  #session: SessionInfo | undefined;
  /** How the connection was lost that is to be replaced; undefined while there is one. */
  #loss: CloseInfo | undefined;
  #lostAtMs = 0;
  #attempts = 0;
  #isDraining = false;
  #resolveClosed: (info: CloseInfo) => void = () => {};

  constructor(parts: LinkParts) {
    const { settings } = parts;
    this.#parts = parts;
    this.#settings = settings.reconnect;
    this.#held = new HeldMessages(settings.maxBufferedMs);
    this.#timer = new Deadline(settings.clock);
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
    const isAsked = this.#settings !== undefined;
    this.#connection = new Connection({ ...parts, resume: () => isAsked, listener: this.#listen() });
  }

  get attempt(): Attempt {
    return this.#connection.attempt;
  }

  get dialect(): ClientDialect {
    return this.#connection.dialect;
  }

  get state(): ClientState {
    return this.#loss === undefined ? this.#connection.state : "reconnecting";
  }

  get heartbeat(): Heartbeat | undefined {
    return this.#connection.heartbeat;
  }

  get bufferedBytes(): number {
    return this.#connection.bufferedBytes + this.#held.bytes;
  }

  get heldMs(): number {
    return this.#held.heldMs;
  }

  /** See `Connection.open`. */
  open(): Promise<void> {
    return this.#connection.open();
  }

  /** See `Connection.abandon`. */
  abandon(error: unknown): void {
    this.#connection.abandon(error);
  }

  send(message: string | Uint8Array): void {
    if (this.#loss === undefined) this.#connection.send(message);
    else this.#held.push(message, 0);
  }

  sendAudio(message: string | Uint8Array, durationMs: number): void {
    if (this.#loss === undefined) this.#connection.send(message);
    else this.#held.push(message, durationMs);
  }

  /** See `Connection.beginDrain`. */
  beginDrain(): void {
    this.#isDraining = true;
    this.#connection.beginDrain();
  }

  /** See `Connection.close`; a connection that is lost is not looked for any longer. */
  close(): Promise<CloseInfo> {
    if (this.#loss === undefined) void this.#connection.close();
    else this.#finish({ ...this.#loss, isExpected: true, error: undefined });
    return this.closed;
  }

  #listen(): ConnectionListener {
    const { listener } = this.#parts;
    return {
      onStarted: (session) => {
        this.#session = session;
        listener.onStarted(session);
      },
      onMessage: (message) => listener.onMessage(message),
      onRoundTrip: (ms) => listener.onRoundTrip(ms),
      onError: (error) => listener.onError(error),
      onClosed: (info) => this.#onClosed(info),
    };
  }

  #onClosed(info: CloseInfo): void {
    const hasToken = this.#settings !== undefined && this.#session?.resumeToken !== undefined;
    // what a server reports before it hangs up is no loss
    if (info.code !== LOST || info.error === undefined || !WORTH_ANOTHER.has(info.error.code) || !hasToken) {
      this.#finish(info);
      return;
    }
    this.#loss = info;
    this.#lostAtMs = this.#parts.settings.clock.now();
    this.#attempts = 0;
    this.#parts.listener.onLost(info.error);
    // a listener may have closed the client
    if (this.#loss !== undefined) this.#wait();
  }

  get #windowMs(): number {
    const ofServer = this.#session?.resumeWindowMs ?? Number.POSITIVE_INFINITY;
    return Math.min(ofServer, this.#settings?.windowMs ?? 0);
  }

  /** Full jitter: thousands that were lost together do not come back together. */
  #wait(): void {
    const { firstDelayMs, maxDelayMs } = this.#settings as ReconnectSettings;
    const { clock } = this.#parts.settings;
    const mostMs = Math.min(maxDelayMs, firstDelayMs * 2 ** this.#attempts);
    const delayMs = (this.#parts.random ?? Math.random)() * mostMs;
    const leftMs = this.#lostAtMs + this.#windowMs - clock.now();
    this.#timer.set(Math.min(delayMs, leftMs), () => {
      if (delayMs < leftMs) this.#try();
      else this.#giveUp(this.#loss?.error);
    });
  }

  #try(): void {
    const { settings } = this.#parts;
    const token = this.#session?.resumeToken ?? "";
    const mostMs = Math.max(1, this.#windowMs / ATTEMPTS_PER_WINDOW);
    this.#attempts++;
    const trial: Connection = new Connection({
      ...this.#parts,
      attempts: [this.#connection.attempt],
      settings: {
        ...settings,
        connectTimeoutMs: Math.min(settings.connectTimeoutMs, mostMs),
        startedTimeoutMs: Math.min(settings.startedTimeoutMs, mostMs),
      },
      resume: () => ({ token, ...this.#parts.resumeState() }),
      listener: {
        ...this.#listen(),
        onStarted: (session) => this.#onStarted(trial, session),
        // why an attempt fails is told when there are no more
        onError: (error) => {
          if (this.#trial !== trial) this.#parts.listener.onError(error);
        },
        onClosed: (info) => {
          // one that never was the connection ends with its `open`
          if (this.#connection === trial) this.#onClosed(info);
        },
      },
    });
    this.#trial = trial;
    trial.open().catch((error: VoxwireError) => {
      if (this.#trial !== trial) return;
      this.#trial = undefined;
      if (WORTH_ANOTHER.has(error.code)) this.#wait();
      else this.#giveUp(error);
    });
  }

  #onStarted(trial: Connection, session: SessionInfo): void {
    const { clock } = this.#parts.settings;
    if (session.resumed === undefined) {
      // another session under the same id, which is none of ours
      trial.abandon(new VoxwireError("ERR_RESUME", "The server began a new session."));
      return;
    }
    this.#trial = undefined;
    this.#connection = trial;
    this.#session = session;
    this.#loss = undefined;
    if (this.#isDraining) trial.beginDrain();
    this.#parts.listener.onResumed(session, this.#attempts, clock.now() - this.#lostAtMs);
    this.#held.release((message) => trial.send(message));
  }

  #giveUp(last: VoxwireError | undefined): void {
    const loss = this.#loss;
    if (loss === undefined) return;
    const why = loss.error?.message ?? "The connection was lost.";
    const tried = `${this.#attempts} ${this.#attempts === 1 ? "attempt" : "attempts"} to come back failed`;
    const error = new ProtocolError(
      last?.code ?? "ERR_CONNECT",
      LOST,
      `${why} ${tried}${last === undefined || last === loss.error ? "." : `: ${last.message}`}`,
      { hint: "Call connect() again for a new session.", cause: last ?? loss.error },
    );
    this.#finish({ ...loss, error });
  }

  #finish(info: CloseInfo): void {
    this.#loss = undefined;
    this.#timer.clear();
    this.#held.clear();
    const trial = this.#trial;
    this.#trial = undefined;
    trial?.abandon(info.error);
    this.#parts.listener.onClosed(info);
    this.#resolveClosed(info);
  }
}
