/**
 * One connection, from the first byte to the last: opens the socket, says `start`, waits for the answer, hands on what
 * comes, keeps alive, says goodbye. Knows nothing of audio but which format it has.
 */
import type { Clock } from "../core/clock.ts";
import { VoxwireError } from "../core/errors.ts";
import type { ClientDialect } from "../transport/protocol/client-dialect.ts";
import type { ResumeState } from "../transport/protocol/client-resume.ts";
import { describeCloseCode } from "../transport/protocol/close-codes.ts";
import type { ServerMessage } from "../transport/protocol/fastrtc-client.ts";
import type { PayloadReader } from "../transport/protocol/fastrtc-client-media.ts";
import { type Attempt, isUnknownRoute } from "./attempts.ts";
import type { CloseInfo, SessionInfo } from "./client-events.ts";
import type { ClientSocket, SocketFactory, SocketFailure, SocketListener } from "./client-socket.ts";
import { type ClientStep, type ConnectionState, nextState } from "./client-state.ts";
import { closeError, connectError, connectTimeout, startedTimeout } from "./connect-errors.ts";
import { Deadline } from "./deadline.ts";
import { Heartbeat } from "./heartbeat.ts";
import { type ClientSettings, isToken } from "./options.ts";
import { serverError } from "./server-error.ts";
import { unspeakable } from "./wire-codecs.ts";

/** How long the closing handshake may take once the server has ignored `stop`. */
const HANDSHAKE_MS = 500;
/** A close this soon after a reported error is taken to be its consequence. */
const REPORT_MS = 1_000;

/** What a connection tells its client. */
export interface ConnectionListener {
  /** The format is agreed on (again, where the server's answer came late). */
  onStarted(session: SessionInfo): void;
  /** Any message but `started`, `pong` and errors. Samples are in the reader. */
  onMessage(message: ServerMessage): void;
  /** A ping has come back. */
  onRoundTrip(ms: number): void;
  /** The server reported an error. */
  onError(error: VoxwireError): void;
  /** Once, last. */
  onClosed(info: CloseInfo): void;
}

/** What a connection is made of. */
export interface ConnectionParts {
  /** What to try, in this order; at least one. */
  attempts: readonly Attempt[];
  settings: ClientSettings;
  socketFactory: SocketFactory;
  /** Reads payloads in the encoding that holds now. */
  reader(): PayloadReader;
  listener: ConnectionListener;
  /** Asked when `start` is written: whether the session is to outlive this connection, or which one goes on. */
  resume(): boolean | ResumeState;
}

/** The connection's end of the client's state machine. */
export class Connection {
  readonly #parts: ConnectionParts;
  readonly #clock: Clock;
  readonly #deadline: Deadline;
  readonly #closed: Promise<CloseInfo>;
  #resolveClosed: (info: CloseInfo) => void = () => {};
  #opening: { resolve(): void; reject(error: unknown): void } | undefined;
  #state: ConnectionState = "connecting";
  #token: string | undefined;
  #attempt: Attempt;
  #dialect: ClientDialect;
  #attemptsMade = 1;
  #heartbeat: Heartbeat | undefined;
  #socket: ClientSocket | undefined;
  #isLegacyGuess = false;
  #isResuming = false;
  /** What the socket said of its end, or the heartbeat. */
  #failure: VoxwireError | SocketFailure | undefined;
  /** What the server reported last, and when. */
  #reported: VoxwireError | undefined;
  #reportedMs = 0;

  constructor(parts: ConnectionParts) {
    this.#parts = parts;
    this.#clock = parts.settings.clock;
    this.#attempt = parts.attempts[0]!;
    this.#dialect = this.#attempt.createDialect();
    this.#deadline = new Deadline(this.#clock);
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** What is spoken, and where. */
  get attempt(): Attempt {
    return this.#attempt;
  }

  /** What this client says, in its protocol's words. */
  get dialect(): ClientDialect {
    return this.#dialect;
  }

  get state(): ConnectionState {
    return this.#state;
  }

  /** Resolves when the connection is closed; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closed;
  }

  /** The ping's way there and back. */
  get heartbeat(): Heartbeat | undefined {
    return this.#heartbeat;
  }

  get bufferedBytes(): number {
    return this.#socket?.bufferedBytes ?? 0;
  }

  /** Opens the socket and the session; resolves once audio may flow. */
  open(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
      const { connectTimeoutMs } = this.#parts.settings;
      this.#deadline.set(connectTimeoutMs, () =>
        this.#giveUp(connectTimeout(this.#attempt.url, connectTimeoutMs)),
      );
      this.#openFirst();
    });
  }

  /** Lets go of a connection that is being opened: `open` rejects with `error`. */
  abandon(error: unknown): void {
    if (this.#opening !== undefined) this.#giveUp(error);
  }

  /** Sends a message, where the socket is open. */
  send(message: string | Uint8Array): void {
    this.#socket?.send(message, this.#dialect.isBinary);
  }

  /** Takes no new audio from here on; `close` follows. */
  beginDrain(): void {
    this.#step("drain");
  }

  /** Says `stop`, waits for the server to close, and does so itself when it will not. Resolves when closed. */
  close(): Promise<CloseInfo> {
    if (this.#step("close")) {
      this.#heartbeat?.stop();
      this.send(this.#dialect.stop());
      this.#deadline.set(this.#parts.settings.closeTimeoutMs, () => {
        this.#socket?.close(1000, "");
        this.#deadline.set(HANDSHAKE_MS, () => this.#terminate());
      });
    }
    return this.#closed;
  }

  #openFirst(): void {
    const { token } = this.#parts.settings;
    if (typeof token !== "function") {
      this.#token = token;
      this.#openSocket();
      return;
    }
    Promise.resolve()
      .then(token)
      .then((made) => {
        if (!isToken(made)) throw new TypeError("It gave no text that a header and a subprotocol can carry.");
        this.#token = made;
        if (this.#opening !== undefined) this.#openSocket();
      })
      .catch((cause: unknown) => this.#giveUp(tokenError(cause)));
  }

  #openSocket(): void {
    const { url } = this.#attempt;
    try {
      this.#socket = this.#parts.socketFactory(
        url,
        this.#socketListener(),
        this.#dialect.subprotocol,
        this.#token,
      );
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      this.#giveUp(connectError(url, { message, code: "", cause }));
    }
  }

  /** Goes on with the next attempt where the server does not know the route of this one; false where there is none. */
  #tryNext(): boolean {
    const next = this.#parts.attempts[this.#attemptsMade];
    if (next === undefined || this.#state !== "connecting" || !isUnknownRoute(this.#failure)) return false;
    this.#attemptsMade++;
    this.#attempt = next;
    this.#dialect = next.createDialect();
    this.#failure = undefined;
    this.#openSocket();
    return true;
  }

  #socketListener(): SocketListener {
    return {
      onOpen: () => this.#onOpen(),
      onText: (message) => this.#onMessage(message, false),
      onBinary: (message) => this.#onMessage(message, true),
      onError: (failure) => {
        this.#failure ??= failure;
      },
      onClose: (code, reason) => this.#onClose(code, reason),
    };
  }

  #onOpen(): void {
    if (!this.#step("opened")) return;
    const { id, format, params, startedTimeoutMs } = this.#parts.settings;
    const resume = this.#parts.resume();
    for (const message of this.#dialect.open(id, format, params, resume)) this.send(message);
    this.#isResuming = typeof resume === "object";
    if (!this.#dialect.mayBeLegacy || this.#isResuming) {
      const { url } = this.#attempt;
      this.#deadline.set(startedTimeoutMs, () => this.#giveUp(startedTimeout(url, startedTimeoutMs)));
    } else if (format === undefined) this.#startLegacy();
    else this.#deadline.set(startedTimeoutMs, () => this.#startLegacy());
  }

  #onMessage(message: string | Uint8Array, isBinary: boolean): void {
    if (this.#state === "closed") return;
    this.#heartbeat?.heard();
    const decoded = this.#dialect.decode(message, isBinary, this.#parts.reader());
    switch (decoded.kind) {
      case "pong":
        this.#onPong();
        return;
      case "started":
        this.#onStarted(decoded);
        return;
      case "error":
        this.#reported = serverError(decoded);
        this.#reportedMs = this.#clock.now();
        this.#parts.listener.onError(this.#reported);
        return;
      case "media":
        // Audio without `started` before it: an original FastRTC server, whose handler speaks first.
        if (this.#state === "open" && this.#dialect.mayBeLegacy && !this.#isResuming) this.#startLegacy();
        break;
    }
    this.#parts.listener.onMessage(decoded);
  }

  #onStarted(started: ServerMessage & { kind: "started" }): void {
    if (this.#state !== "open" && !this.#isLegacyGuess) {
      this.#parts.listener.onMessage({ kind: "unknown", type: "started" });
      return;
    }
    const { codecs } = this.#parts.settings;
    const { isBinary } = this.#dialect;
    const problem =
      unspeakable(codecs, started.input, isBinary) ?? unspeakable(codecs, started.output, isBinary);
    if (problem !== undefined) {
      this.#giveUp(problem);
      return;
    }
    this.#isLegacyGuess = false;
    const { protocol } = this.#attempt;
    const { kind: _kind, ...agreed } = started;
    this.#begin({ id: this.#parts.settings.id, protocol, isLegacy: false, ...agreed });
  }

  #startLegacy(): void {
    const { id, format, legacyInput: input, legacyOutput: output } = this.#parts.settings;
    this.#isLegacyGuess = format !== undefined;
    const { protocol } = this.#attempt;
    this.#begin({ id, protocol, isLegacy: true, input, output, ...NO_WAY_BACK });
  }

  #begin(session: SessionInfo): void {
    this.#deadline.clear();
    const isFirst = this.#step("started");
    this.#parts.listener.onStarted(session);
    // what was told may have ended it
    if (!isFirst || this.#state === "closed") return;
    this.#startHeartbeat();
    this.#opening?.resolve();
    this.#opening = undefined;
  }

  #startHeartbeat(): void {
    const { heartbeat } = this.#parts.settings;
    const { ping } = this.#dialect;
    if (heartbeat === undefined || ping === undefined) return;
    this.#heartbeat = new Heartbeat({
      clock: this.#clock,
      ...heartbeat,
      sendPing: () => this.send(ping),
      onSilence: () => this.#onSilence(),
    });
    this.#heartbeat.start();
  }

  #onPong(): void {
    const ms = this.#heartbeat?.pong() ?? -1;
    if (ms >= 0) this.#parts.listener.onRoundTrip(ms);
  }

  #onSilence(): void {
    const { timeoutMs } = this.#parts.settings.heartbeat ?? { timeoutMs: 0 };
    this.#failure = new VoxwireError(
      "ERR_TIMEOUT",
      `Nothing has come from the server for ${timeoutMs} ms, nor an answer to a ping.`,
      { hint: "The server hangs or the network is gone. heartbeat.timeoutMs sets the wait." },
    );
    this.#terminate();
  }

  #terminate(): void {
    this.#socket?.terminate();
    this.#onClose(1006, "");
  }

  #onClose(code: number, reason: string): void {
    if (this.#opening === undefined) {
      this.#finish(code, reason, this.#state === "closing" ? undefined : this.#explain(code, reason));
      return;
    }
    if (this.#tryNext()) return;
    const { url } = this.#attempt;
    const failure = this.#failure;
    const isRefused =
      this.#state === "connecting" && failure !== undefined && !(failure instanceof VoxwireError);
    this.#giveUp(isRefused ? connectError(url, failure) : (this.#explain(code, reason) ?? closedEarly(url)));
  }

  /** Why the connection ended; undefined for an ordinary end. */
  #explain(code: number, reason: string): VoxwireError | undefined {
    // What the server said right before it closed explains the close better than its code.
    const isRecent = this.#clock.now() - this.#reportedMs < REPORT_MS;
    if (this.#reported !== undefined && isRecent) return this.#reported;
    return closeError(this.#attempt.url, code, reason, this.#failure);
  }

  /** The session never started. */
  #giveUp(error: unknown): void {
    const opening = this.#opening;
    this.#opening = undefined;
    this.#socket?.terminate();
    this.#finish(1006, "", error instanceof VoxwireError ? error : undefined);
    opening?.reject(error);
  }

  #finish(code: number, reason: string, error: VoxwireError | undefined): void {
    if (!this.#step("lost")) return;
    this.#deadline.clear();
    this.#heartbeat?.stop();
    const isExpected = error === undefined;
    const info = { code, reason, description: describeCloseCode(code), isExpected, error };
    this.#parts.listener.onClosed(info);
    this.#resolveClosed(info);
  }

  #step(step: ClientStep): boolean {
    const next = nextState(this.#state, step);
    if (next === undefined) return false;
    this.#state = next;
    return true;
  }
}

/** An original FastRTC server keeps no session without its connection. */
const NO_WAY_BACK = { resumeToken: undefined, resumeWindowMs: undefined, resumed: undefined };

function tokenError(cause: unknown): VoxwireError {
  return new VoxwireError("ERR_AUTH", "The function that was to give a token failed.", {
    hint: "See cause: it is what the option `token` threw.",
    cause,
  });
}

function closedEarly(url: string): VoxwireError {
  return new VoxwireError(
    "ERR_CONNECT",
    `${new URL(url).host} closed the connection before the session started.`,
    {
      hint: "The server's log says why.",
    },
  );
}
