/**
 * One client's connection, whatever its protocol, from the upgrade to the last timer.
 *
 * Waiting for `start` -> in session -> ending. Whoever ends it first gives the reason; the session's end and the
 * socket's close then both have to come before the connection is done.
 */
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { EndReason } from "../stream/handler.ts";
import type { StreamSession } from "../stream/stream-session.ts";
import type { ClientInfo, ConnectionContext, HandlerMount } from "./connection-context.ts";
import type { ConnectionSink } from "./connection-sink.ts";
import type { RefusalKind } from "./counters.ts";
import { type ConnectionRequests, MessageIntake } from "./message-intake.ts";
import { type OpenedSession, openSession } from "./open-session.ts";
import { fault, type StartMessage } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { ServerDialect, ServerProtocol, ServerReply } from "./protocol/server-dialect.ts";
import type { LiveSession } from "./session-registry.ts";
import { SocketWriter } from "./socket-writer.ts";
import type { Waiter } from "./waiting-room.ts";

/** Heartbeats without a sign of life after which a peer is taken for dead. */
const MAX_MISSED_HEARTBEATS = 2;
/** Looks without a message by which a client is idle: the more, the closer to the time that is set. */
export const LOOKS_PER_IDLE = 4;

/** What a connection is made of. */
export interface ConnectionParts {
  socket: WebSocket;
  /** The upgraded socket below it. */
  stream: Duplex;
  client: ClientInfo;
  mount: HandlerMount;
  protocol: ServerProtocol;
  context: ConnectionContext;
}

/** Drives one socket and, once started, its session. */
export class Connection implements ConnectionRequests, Waiter {
  /** Resolves when the socket has closed and the session has wholly ended. */
  readonly done: Promise<void>;
  readonly client: ClientInfo;
  readonly addressKey: string;
  readonly context: ConnectionContext;
  readonly mount: HandlerMount;
  readonly dialect: ServerDialect;
  readonly writer: SocketWriter;
  readonly #socket: WebSocket;
  readonly #intake: MessageIntake;
  #session: StreamSession | undefined;
  #sink: ConnectionSink | undefined;
  #live: LiveSession | undefined;
  #endReason: EndReason | undefined;
  #isSocketClosed = false;
  #isSessionGone = true;
  #missedHeartbeats = 0;
  #silentLooks = 0;
  #startTimer: unknown;
  #limitTimer: unknown;
  #resolveDone: () => void = () => {};

  constructor({ socket, stream, client, mount, protocol, context }: ConnectionParts) {
    this.#socket = socket;
    this.client = client;
    this.addressKey = client.addressKey;
    this.context = context;
    this.mount = mount;
    this.dialect = protocol.openDialect(context.codecs);
    this.done = new Promise((resolve) => {
      this.#resolveDone = resolve;
    });
    this.writer = new SocketWriter({
      socket,
      stream,
      clock: context.clock,
      counters: context.counters,
      slots: context.slots,
      slowReaderMs: context.bounds.slowReaderMs,
      closeGraceMs: context.closeGraceMs,
      onSlowReader: () => this.#onSlowReader(),
    });
    this.#intake = new MessageIntake({
      requests: this,
      writer: this.writer,
      counters: context.counters,
      clock: context.clock,
      bounds: context.bounds,
      dialect: this.dialect,
    });
    context.counters.connections++;
    context.counters.connectionsOpened++;
    this.#startTimer = context.clock.setTimer(() => this.#onStartTimeout(), context.bounds.startTimeoutMs);
    context.room.enter(this);
    socket.on("message", (data, isBinary) => this.#onMessage(data as Buffer, isBinary));
    socket.on("ping", (data) => this.#onPing(data));
    socket.on("pong", () => this.#onAlive());
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", (code) => this.#onSocketClose(code));
  }

  /** Asks for a sign of life, or gives a silent peer up. Called at the server's heartbeat. */
  heartbeat(): void {
    if (this.#endReason !== undefined) return;
    if (this.#missedHeartbeats >= MAX_MISSED_HEARTBEATS) {
      const message = `The client has not answered ${MAX_MISSED_HEARTBEATS} heartbeats.`;
      this.#finish({ kind: "connection-lost", message }, CLOSE_CODES.goingAway, message);
      this.#socket.terminate();
      return;
    }
    this.#missedHeartbeats++;
    this.#socket.ping();
  }

  /** Ends a session whose client has sent nothing for too long. Called `LOOKS_PER_IDLE` times in `idleTimeoutMs`. */
  lookForIdle(): void {
    if (this.#session === undefined || ++this.#silentLooks <= LOOKS_PER_IDLE) return;
    const message = `Nothing has come for ${this.context.bounds.idleTimeoutMs} ms.`;
    const hint = 'Send audio, or {"event":"ping"} while there is none.';
    this.#endWithError("idle", "ERR_IDLE", CLOSE_CODES.startTimeout, message, hint);
  }

  /** Newer sockets need the place of this one, which has not said `start`. */
  makeRoom(): void {
    this.#refuseLate("too-many-sockets", "No start came, and newer sockets needed the place.");
  }

  /** Lets queued audio leave, then says goodbye. */
  async drain(): Promise<void> {
    if (this.#endReason === undefined) await this.#session?.drain();
    this.leave();
  }

  /** Says goodbye at once: the server is going away. */
  leave(): void {
    const message = "The server is going away.";
    this.#endWithWord({ kind: "server-closing", message }, CLOSE_CODES.goingAway);
  }

  #onMessage(data: Buffer, isBinary: boolean): void {
    this.#missedHeartbeats = 0;
    this.#silentLooks = 0;
    if (this.#endReason === undefined) this.#intake.take(data, isBinary);
  }

  onStart(message: StartMessage): void {
    if (this.#session !== undefined) {
      this.#intake.fault(STARTED_ALREADY);
      return;
    }
    const opened = openSession(this, message, {
      onClose: (code, reason) => this.#onSessionClose(code, reason),
      // in a turn of its own: the session is in the middle of sending
      onUnsentMark: (name) => this.context.clock.setImmediate(() => this.#session?.markReturned(name)),
      onUnansweredClear: () => this.context.clock.setImmediate(() => this.#session?.cleared(undefined)),
      onOutput: (json) => this.#publish(json),
    });
    if ("kind" in opened) this.#intake.fault(opened);
    else if ("refusal" in opened)
      this.#refuse(opened.refusal, opened.reply, opened.closeCode, opened.message);
    else this.#begin(opened);
  }

  onStop(): void {
    const message = "The client sent stop.";
    this.#finish({ kind: "client-left", message }, CLOSE_CODES.normal, "Stopped as asked.");
  }

  /** A mark of ours comes back, or a mark of the client's: all audio before it has been handed on, so it goes back. */
  onMark(name: string): void {
    if (this.#session === undefined) return;
    if (this.#sink?.takeMark(name) === true) this.#session.markReturned(name);
    else this.#sink?.returnMark(name);
  }

  #publish(json: string): void {
    if (this.#live !== undefined) this.context.outputs.publish(this.#live.id, json);
  }

  onTooMuch(code: string, closeCode: number, message: string, hint: string): void {
    const kind = code === "ERR_TOO_FAST" ? "too-fast" : "protocol-error";
    this.#endWithError(kind, code, closeCode, message, hint);
  }

  #begin({ session, sink, live, maxBufferedBytes, format, inputRate }: OpenedSession): void {
    const { clock, counters, registry, room } = this.context;
    const { timeLimitMs } = this.context.bounds;
    clock.clearTimer(this.#startTimer);
    room.leave(this);
    this.#session = session;
    this.#isSessionGone = false;
    this.#sink = sink;
    this.#live = live;
    this.#intake.begin(session, inputRate);
    this.writer.maxBufferedBytes = maxBufferedBytes;
    registry.add(live);
    this.context.outputs.open(live.id);
    counters.sessionsOpened++;
    this.writer.send(this.dialect.write({ kind: "started", id: live.id, agreement: format }));
    if (timeLimitMs !== Number.POSITIVE_INFINITY) {
      this.#limitTimer = clock.setTimer(() => this.#onTimeLimit(timeLimitMs), timeLimitMs);
    }
    this.#tell("onSession", () => this.context.events.onSession?.(live));
    void session.open();
  }

  #onStartTimeout(): void {
    this.#refuseLate("start-timeout", `No start came within ${this.context.bounds.startTimeoutMs} ms.`);
  }

  #refuseLate(kind: RefusalKind, message: string): void {
    const hint = 'Send {"event":"start","websocket_id":"<id>"} once the socket is open.';
    this.#refuse(
      kind,
      { kind: "error", code: "ERR_START_TIMEOUT", message, hint },
      CLOSE_CODES.startTimeout,
      message,
    );
  }

  #onTimeLimit(limitMs: number): void {
    const message = `The session has reached its time limit of ${limitMs} ms.`;
    this.#endWithError("limit", "ERR_TIME_LIMIT", CLOSE_CODES.timeLimit, message, "Start a new session.");
  }

  #onSlowReader(): void {
    const message = "The client reads more slowly than the audio comes.";
    this.#endWithError(
      "slow-reader",
      "ERR_SLOW_READER",
      CLOSE_CODES.slowReader,
      message,
      "Read messages as they come, or ask for a smaller format.",
    );
  }

  /** The session has ended itself, or wants to. */
  #onSessionClose(closeCode: number, message: string): void {
    const reason = this.#session?.endReason ?? { kind: "closed", message };
    if (closeCode === CLOSE_CODES.normal) this.#endWithWord(reason, closeCode);
    else this.#finish(reason, closeCode, message);
  }

  #refuse(kind: RefusalKind, reply: ServerReply, closeCode: number, message: string): void {
    if (this.#endReason !== undefined) return;
    this.context.counters.countRefusal(kind);
    this.writer.sendLast(this.dialect.write(reply));
    this.#finish({ kind: "protocol-error", message }, closeCode, message);
  }

  #endWithError(
    kind: EndReason["kind"],
    code: string,
    closeCode: number,
    message: string,
    hint: string,
  ): void {
    if (this.#endReason !== undefined) return;
    this.context.logger.warn(message, { session: this.#session?.session.id, code });
    this.writer.sendLast(this.dialect.write({ kind: "error", code, message, hint }));
    this.#finish({ kind, message }, closeCode, message);
  }

  #endWithWord(reason: EndReason, closeCode: number): void {
    if (this.#endReason !== undefined) return;
    if (this.#session !== undefined)
      this.writer.sendLast(this.dialect.write({ kind: "end-stream", message: reason.message }));
    this.#finish(reason, closeCode, reason.message);
  }

  #finish(reason: EndReason, closeCode: number, message: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    const { clock, room } = this.context;
    clock.clearTimer(this.#startTimer);
    clock.clearTimer(this.#limitTimer);
    room.leave(this);
    this.writer.close(closeCode, message);
    const session = this.#session;
    if (session !== undefined) void session.end(reason).then(() => this.#onSessionGone(session));
  }

  #onSessionGone(session: StreamSession): void {
    const { counters, registry, events } = this.context;
    const reason = session.endReason ?? this.#endReason;
    registry.release(session.session.id);
    this.context.outputs.close(session.session.id);
    this.#isSessionGone = true;
    const live = this.#live;
    if (reason !== undefined && live !== undefined) {
      counters.countEnd(reason.kind, session.counters);
      this.#tell("onEnd", () => events.onEnd?.(live, reason));
    }
    this.#settle();
  }

  #onPing(data: Buffer): void {
    this.#onAlive();
    this.writer.pong(data);
  }

  #onAlive(): void {
    this.#missedHeartbeats = 0;
  }

  /** `ws` has refused what came (a bad frame, text that is not UTF-8) and sent its close frame already. */
  #onSocketError(error: Error): void {
    const isLost = "code" in error && typeof error.code === "string" && !error.code.startsWith("WS_ERR");
    const kind = isLost ? "connection-lost" : "protocol-error";
    if (!isLost) this.context.counters.badMessages++;
    this.#finish({ kind, message: error.message, error }, CLOSE_CODES.badPayload, error.message);
  }

  #onSocketClose(code: number): void {
    this.#isSocketClosed = true;
    this.context.counters.connections--;
    const isLost = code === 1006;
    this.#finish(
      isLost
        ? { kind: "connection-lost", message: "The connection was lost without a goodbye." }
        : { kind: "client-left", message: `The client closed the connection (${code}).` },
      CLOSE_CODES.normal,
      "",
    );
    this.writer.dispose();
    this.#settle();
  }

  #settle(): void {
    if (this.#isSocketClosed && this.#isSessionGone) this.#resolveDone();
  }

  #tell(event: string, call: () => void): void {
    try {
      call();
    } catch (error) {
      this.context.logger.error(`The server's ${event} callback failed.`, { error });
    }
  }
}

const STARTED_ALREADY = fault(
  "ERR_START_TWICE",
  CLOSE_CODES.badPayload,
  "A second start came on a connection whose session has started; the session goes on.",
  "Open one connection per session.",
);
