/**
 * One client's connection, whatever its protocol, from the upgrade to the last timer.
 *
 * Waiting for `start` -> in session -> ending. Whoever ends it first gives the reason; the session's end and the
 * socket's close then both have to come before the connection is done.
 */
import type { Duplex } from "node:stream";
import type { EndReason } from "../stream/handler.ts";
import type { ClientInfo, ConnectionContext, HandlerMount } from "./connection-context.ts";
import {
  DEFECT,
  displacedStart,
  type Ending,
  idleEnding,
  missingStart,
  SLOW_READER,
  STARTED_ALREADY,
  timeLimitEnding,
  tooMuchEnding,
} from "./connection-endings.ts";
import { openWire } from "./connection-wire.ts";
import type { ConnectionRequests, MessageIntake } from "./message-intake.ts";
import { openSession, type Refusal } from "./open-session.ts";
import type { ResumeRequest, StartMessage } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";
import type { ResumeGap } from "./protocol/resume-message.ts";
import type { ServerDialect, ServerProtocol } from "./protocol/server-dialect.ts";
import { resumeSession } from "./resume-session.ts";
import type { ServerSocket } from "./server-socket.ts";
import { type SessionHolder, SessionKeeper } from "./session-keeper.ts";
import { MAX_MISSED_HEARTBEATS, SignsOfLife } from "./signs-of-life.ts";
import type { SocketWriter } from "./socket-writer.ts";
import type { Waiter } from "./waiting-room.ts";

/** What a connection is made of. */
export interface ConnectionParts {
  socket: ServerSocket;
  /** The upgraded socket below it. */
  stream: Duplex;
  client: ClientInfo;
  mount: HandlerMount;
  protocol: ServerProtocol;
  context: ConnectionContext;
}

/** Drives one socket and, once started, its session. */
export class Connection implements ConnectionRequests, SessionHolder, Waiter {
  /** Resolves when the socket has closed and the session has wholly ended. */
  readonly done: Promise<void>;
  readonly client: ClientInfo;
  readonly addressKey: string;
  readonly context: ConnectionContext;
  readonly mount: HandlerMount;
  readonly dialect: ServerDialect;
  readonly writer: SocketWriter;
  readonly #socket: ServerSocket;
  readonly #intake: MessageIntake;
  #endReason: EndReason | undefined;
  #keeper: SessionKeeper | undefined;
  #isSocketClosed = false;
  #isSessionGone = true;
  readonly #signs = new SignsOfLife();
  #messagesAtStart = 0;
  #startTimer: unknown;
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
    const wire = openWire({
      socket,
      stream,
      context,
      dialect: this.dialect,
      requests: this,
      onSlowReader: () => this.#endWithError(SLOW_READER),
    });
    this.writer = wire.writer;
    this.#intake = wire.intake;
    context.counters.connections++;
    context.counters.connectionsOpened++;
    this.#startTimer = context.clock.setTimer(() => this.#onStartTimeout(), context.bounds.startTimeoutMs);
    context.room.enter(this);
    wire.listen();
    socket.on("ping", (data) => this.#onPing(data));
    socket.on("pong", (data) => this.#onPong(data));
    socket.on("error", (error) => this.#onSocketError(error));
    socket.on("close", (code) => this.#onSocketClose(code));
  }

  /** Asks for a sign of life, or gives a silent peer up. Called at the server's heartbeat. */
  heartbeat(): void {
    if (this.#endReason !== undefined) return;
    if (this.#signs.isDead(this.#intake.messages)) {
      const message = `The client has not answered ${MAX_MISSED_HEARTBEATS} heartbeats.`;
      // a session that may wait for its client does so from when the socket has closed
      if (!this.#mayWait())
        this.#finish({ kind: "connection-lost", message }, CLOSE_CODES.goingAway, message);
      this.#socket.terminate();
      return;
    }
    this.#signs.pinged(this.context.clock.now());
    this.#socket.ping();
  }

  /** Ends a session whose client has sent nothing for too long. Called `LOOKS_PER_IDLE` times in `idleTimeoutMs`. */
  lookForIdle(): void {
    if (this.#signs.isIdle(this.#intake.messages) && this.#keeper !== undefined)
      this.#endWithError(idleEnding(this.context.bounds.idleTimeoutMs));
  }

  /** Newer sockets need the place of this one, which has not said `start`. */
  makeRoom(limit: string): void {
    this.#refuse(displacedStart(limit));
  }

  /** Lets queued audio leave, then says goodbye. */
  async drain(): Promise<void> {
    if (this.#endReason === undefined) await this.#keeper?.session.drain();
    this.leave();
  }

  /** Says goodbye at once: the server is going away. */
  leave(): void {
    const message = "The server is going away.";
    this.#endWithWord({ kind: "server-closing", message }, CLOSE_CODES.goingAway);
  }

  onDefect(error: unknown): void {
    this.context.logger.error(DEFECT.message, { session: this.#keeper?.id, error });
    this.#endWithError(DEFECT);
  }

  onStart(message: StartMessage): void {
    if (this.#keeper !== undefined) {
      this.#intake.fault(STARTED_ALREADY);
      return;
    }
    if (typeof message.resume === "object") {
      this.#resume(message, message.resume);
      return;
    }
    const opened = openSession(this, message, this);
    if (opened instanceof SessionKeeper) this.#begin(opened, message.resume === true);
    else if ("kind" in opened) this.#intake.fault(opened);
    else this.#refuse(opened);
  }

  onStop(): void {
    const message = "The client sent stop.";
    this.#finish({ kind: "client-left", message }, CLOSE_CODES.normal, "Stopped as asked.");
  }

  /** A mark of ours comes back, or a mark of the client's: all audio before it has been handed on, so it goes back. */
  onMark(name: string): void {
    if (this.#keeper === undefined) return;
    const { session, sink } = this.#keeper;
    if (sink.takeMark(name)) session.markReturned(name);
    else sink.returnMark(name);
  }

  onCleared(playedMs: number | undefined, interrupts: boolean): void {
    this.#keeper?.sink.clearAnswered(interrupts);
    this.#keeper?.session.cleared(playedMs, interrupts);
  }

  onTooMuch(code: string, closeCode: number, message: string, hint: string): void {
    this.#endWithError(tooMuchEnding(code, closeCode, message, hint));
  }

  #begin(keeper: SessionKeeper, mayResume: boolean): void {
    this.#take(keeper);
    keeper.begin();
    this.#sayStarted(keeper, mayResume, undefined);
    keeper.open();
  }

  /** Goes on with a session whose connection was lost. */
  #resume(message: StartMessage, request: ResumeRequest): void {
    const resumed = resumeSession(this, message, request);
    if (!(resumed instanceof SessionKeeper)) {
      this.#refuse(resumed);
      return;
    }
    const gap = resumed.gapOf(request);
    resumed.holder = this;
    this.#take(resumed);
    this.#sayStarted(resumed, true, gap);
    resumed.goOn(this.writer, this.dialect, this.client, request, gap);
  }

  #take(keeper: SessionKeeper): void {
    this.#waitNoMore();
    this.#keeper = keeper;
    this.#isSessionGone = false;
    this.#intake.begin(keeper.session, keeper.format.input.sample_rate);
    this.writer.maxBufferedBytes = keeper.maxBufferedBytes;
  }

  #sayStarted({ id, format }: SessionKeeper, mayResume: boolean, resumed: ResumeGap | undefined): void {
    const { resume: desk } = this.context;
    this.#messagesAtStart = this.#intake.messages;
    const token = mayResume && this.#keeper !== undefined ? desk.offer(this.#keeper) : undefined;
    const resume = token === undefined ? undefined : { token, windowMs: desk.windowMs, resumed };
    this.writer.send(this.dialect.write({ kind: "started", id, agreement: format, resume }));
  }

  #onStartTimeout(): void {
    this.#refuse(missingStart(this.context.bounds.startTimeoutMs));
  }

  onTimeLimit(limitMs: number): void {
    this.#endWithError(timeLimitEnding(limitMs));
  }

  onSessionClose(closeCode: number, message: string): void {
    const reason = this.#keeper?.session.endReason ?? { kind: "closed", message };
    if (closeCode === CLOSE_CODES.normal) this.#endWithWord(reason, closeCode);
    else this.#finish(reason, closeCode, message);
  }

  #refuse({ refusal, reply, closeCode, message }: Refusal): void {
    if (this.#endReason !== undefined) return;
    this.context.counters.countRefusal(refusal);
    this.context.logger.debug("A start was refused.", { refusal, remoteAddress: this.client.remoteAddress });
    this.writer.sendLast(this.dialect.write(reply));
    this.#finish({ kind: "protocol-error", message }, closeCode, message);
  }

  #endWithError({ kind, code, closeCode, message, hint }: Ending): void {
    if (this.#endReason !== undefined) return;
    this.context.logger.warn(message, { session: this.#keeper?.id, code });
    this.writer.sendLast(this.dialect.write({ kind: "error", code, message, hint }));
    this.#finish({ kind, message }, closeCode, message);
  }

  #endWithWord(reason: EndReason, closeCode: number): void {
    if (this.#endReason !== undefined) return;
    if (this.#keeper !== undefined)
      this.writer.sendLast(this.dialect.write({ kind: "end-stream", message: reason.message }));
    this.#finish(reason, closeCode, reason.message);
  }

  #finish(reason: EndReason, closeCode: number, message: string): void {
    if (this.#endReason !== undefined) return;
    this.#endReason = reason;
    this.#intake.stop();
    this.#waitNoMore();
    this.writer.close(closeCode, message);
    void this.#keeper?.end(reason).then(() => {
      this.#isSessionGone = true;
      this.#settle();
    });
  }

  /** The session goes on elsewhere: with the client on another connection, or without one. */
  release(): void {
    const message = "The session goes on elsewhere.";
    this.#endReason ??= { kind: "connection-lost", message };
    this.#intake.stop();
    this.#keeper = undefined;
    this.#isSessionGone = true;
    this.#socket.terminate();
    this.#settle();
  }

  get hasHeard(): boolean {
    return this.#intake.messages !== this.#messagesAtStart;
  }

  #mayWait(): boolean {
    return this.#keeper !== undefined && this.context.resume.mayWait(this.#keeper);
  }

  /** No `start` is waited for any more. */
  #waitNoMore(): void {
    this.context.clock.clearTimer(this.#startTimer);
    // its closure goes, too
    this.#startTimer = undefined;
    this.context.room.leave(this);
  }

  #onPing(data: Buffer): void {
    this.#signs.heard();
    if (this.#intake.takeControlFrame(data.length)) this.writer.pong(data);
  }

  #onPong(data: Buffer): void {
    const { clock, counters } = this.context;
    const roundTripMs = this.#signs.answered(clock.now());
    if (roundTripMs !== undefined) counters.countRoundTrip(roundTripMs);
    this.#intake.takeControlFrame(data.length);
  }

  /** `ws` has refused what came (a bad frame, text that is not UTF-8) and sent its close frame already. */
  #onSocketError(error: Error): void {
    const isLost = "code" in error && typeof error.code === "string" && !error.code.startsWith("WS_ERR");
    const kind = isLost ? "connection-lost" : "protocol-error";
    if (!isLost) this.context.counters.badMessages++;
    // its close follows
    else if (this.#mayWait()) return;
    this.#finish({ kind, message: error.message, error }, CLOSE_CODES.badPayload, error.message);
  }

  #onSocketClose(code: number): void {
    this.#isSocketClosed = true;
    this.context.counters.connections--;
    const isLost = code === 1006;
    const keeper = this.#keeper;
    if (isLost && keeper !== undefined && this.#endReason === undefined && this.#mayWait()) {
      const { hasHeard } = this;
      this.release();
      this.context.resume.wait(keeper, hasHeard);
    }
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
    if (!this.#isSocketClosed || !this.#isSessionGone) return;
    this.dialect.end?.();
    this.#resolveDone();
  }
}
