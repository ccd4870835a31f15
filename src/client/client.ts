/** A client: one session with a server. `connect` makes it. */
import { VoxwireError } from "../core/errors.ts";
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { ClientDsp } from "../dsp/client-dsp.ts";
import type { ServerMessage } from "../transport/protocol/fastrtc-client.ts";
import type { Attempt } from "./attempts.ts";
import type { AudioSource, OpenSource } from "./audio-source.ts";
import type { ClientEvents, CloseInfo, SessionInfo } from "./client-events.ts";
import type { SocketFactory } from "./client-socket.ts";
import type { ClientState } from "./client-state.ts";
import type { ClientStats } from "./client-stats.ts";
import type { ClockedPlayback } from "./clocked-audio.ts";
import { Emitter, type Listener } from "./emitter.ts";
import type { CreateSink } from "./frame-sink.ts";
import { DurationHistogram } from "./histogram.ts";
import { Marks } from "./marks.ts";
import type { ClientSettings } from "./options.ts";
import { OutgoingAudio, type StreamOptions } from "./outgoing-audio.ts";
import type { StreamSummary } from "./paced-stream.ts";
import type { CreateQueue } from "./receive-queue.ts";
import { ReceivedAudio } from "./received-audio.ts";
import { ReconnectingLink } from "./reconnecting-link.ts";
import { RoundTrip } from "./round-trip.ts";
import type { SampleBlock } from "./wire-converter.ts";

/** What a client is made of; for `connect`. */
export interface ClientParts<S extends SampleArray = SampleArray> {
  /** What to try, in this order; at least one. */
  attempts: readonly Attempt[];
  settings: ClientSettings;
  dsp: ClientDsp;
  socketFactory: SocketFactory;
  openSource: OpenSource | undefined;
  createSink: CreateSink<S> | undefined;
  createQueue: CreateQueue | undefined;
  clocked: ClockedPlayback | undefined;
  /** Throws for events that there are not. */
  checkEvent: ((name: PropertyKey) => void) | undefined;
}

/** How long a server may take to answer `clear` before it is heard again all the same. */
const INTERRUPTION_MS = 2000;
const NOTHING = new DurationHistogram().summary();

/**
 * A session with a server. Sends with `send` or `stream`; received frames come by `for await (const frame of client)` or
 * by the `audio` event.
 *
 * A lost connection is replaced where the server keeps the session (`reconnecting`, `resumed`): streams and iterators go
 * on. Where that is not to be, there is a `close` event with an error, streams reject, iterators throw after the frames
 * that have come, and the caller calls `connect` again.
 */
export class Client<S extends SampleArray = Int16Array> implements AsyncIterable<AudioFrame<S>> {
  readonly #settings: ClientSettings;
  readonly #connection: ReconnectingLink;
  readonly #emitter: Emitter<ClientEvents<S>>;
  readonly #received: ReceivedAudio<S>;
  readonly #marks: Marks;
  readonly #outgoing: OutgoingAudio;
  readonly #roundTrip: RoundTrip | undefined;
  #session: SessionInfo | undefined;
  #lastError: VoxwireError | undefined;
  #malformed = 0;
  #unknown = 0;
  /** The server's marks whose audio has not been played, and those that were played while the connection was lost. */
  #heldMarks: string[] = [];
  #marksReceived = 0;
  #playedMarks: string[] = [];
  #reconnects = 0;
  #lostSentMs = 0;
  #lostReceivedMs = 0;
  /** Own clears that the server has not answered with its own. */
  #interruptions = 0;

  constructor(parts: ClientParts<S>) {
    const { attempts, settings, dsp, socketFactory, openSource, createSink, createQueue, clocked } = parts;
    this.#settings = settings;
    this.#emitter = new Emitter(parts.checkEvent);
    this.#roundTrip = settings.measureRoundTrip ? new RoundTrip() : undefined;
    this.#connection = new ReconnectingLink({
      attempts,
      settings,
      socketFactory,
      reader: () => this.#received.reader,
      listener: {
        onStarted: (session) => this.#onStarted(session),
        onMessage: (message) => this.#onMessage(message),
        onRoundTrip: (ms) => this.#received.measured(ms),
        onError: (error) => this.#onError(error),
        onClosed: (info) => this.#onClosed(info),
        onLost: (error) => this.#onLost(error),
        onResumed: (session, tries, gapMs) => this.#onResumed(session, tries, gapMs),
      },
      resumeState: () => ({
        receivedMs: this.#received.stats.receivedMs,
        sentMs: this.#outgoing.stats.sentMs - this.#connection.heldMs,
        marks: this.#heldMarks,
        nextSequence: this.#received.nextSequence,
        marksReceived: this.#marksReceived,
      }),
    });
    this.#marks = new Marks((name) => this.#connection.send(this.#connection.dialect.mark(name)));
    this.#received = new ReceivedAudio({
      dsp,
      settings,
      roundTrip: this.#roundTrip,
      emitter: this.#emitter,
      createSink,
      createQueue,
      clocked,
      onProblem: (error) => this.#emitter.emit("warning", error),
      onMark: (name) => {
        this.#giveBack(name);
        this.#emitter.emit("mark", { name, isOwn: false });
      },
    });
    this.#outgoing = new OutgoingAudio({
      dsp,
      settings,
      connection: this.#connection,
      roundTrip: this.#roundTrip,
      openSource,
    });
  }

  /** Opens the session; for `connect`. */
  open(): Promise<void> {
    return this.#connection.open();
  }

  /** Lets go of a session that is being opened; for `connect`. */
  abandon(error: unknown): void {
    this.#connection.abandon(error);
  }

  /** The URL that is connected to. */
  get url(): string {
    return this.#connection.attempt.url;
  }

  /** The session's id. */
  get id(): string {
    return this.#settings.id;
  }

  get state(): ClientState {
    return this.#connection.state;
  }

  /** What has been agreed on with the server. */
  get session(): SessionInfo {
    if (this.#session === undefined)
      throw new VoxwireError("ERR_NOT_STARTED", "The session has not started.");
    return this.#session;
  }

  /** Counters and times so far. */
  get stats(): ClientStats {
    return {
      ...this.#outgoing.stats,
      ...this.#received.stats,
      malformedMessages: this.#malformed,
      unknownMessages: this.#unknown,
      reconnects: this.#reconnects,
      lostSentMs: this.#lostSentMs,
      lostReceivedMs: this.#lostReceivedMs,
      bufferedBytes: this.#connection.bufferedBytes,
      ping: this.#connection.heartbeat?.rtt.summary() ?? NOTHING,
      roundTrip: this.#roundTrip?.histogram.summary() ?? NOTHING,
    };
  }

  /** Resolves when the connection is closed, whoever closed it; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#connection.closed;
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof ClientEvents<S>>(name: K, listener: Listener<ClientEvents<S>[K]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /** As `on`, for the next event only. */
  once<K extends keyof ClientEvents<S>>(name: K, listener: Listener<ClientEvents<S>[K]>): () => void {
    return this.#emitter.once(name, listener);
  }

  /** Takes a listener off. */
  off<K extends keyof ClientEvents<S>>(name: K, listener: Listener<ClientEvents<S>[K]>): void {
    this.#emitter.off(name, listener);
  }

  /**
   * Sends live audio now: converted, resampled, cut into the wire's frames; what does not fill one waits for more.
   * Not paced: the caller's source keeps the time. Copied before it returns.
   * @param audio mono samples at the wire's input rate, or samples with rate and channels, such as a frame
   * @returns false where the socket is full and frames were dropped (and counted), or the client is closed
   * @throws ConfigError `ERR_CONFIG` for what is no audio, and while a `stream` runs
   */
  send(audio: SampleArray | SampleBlock): boolean {
    return this.#outgoing.send(audio);
  }

  /** Sends what `send` has kept back for want of a whole frame, filled up with silence. */
  flush(): void {
    this.#outgoing.flush();
  }

  /**
   * Sends a source at the pace of its own duration: brought to mono, resampled, cut into frames. One at a time.
   * @param source a path (in Node), `{ samples, sampleRate, channels }`, an opened file, or an iterable of blocks
   * @returns once the last frame has been handed to the socket
   * @throws ConfigError for a source that is none; the reason of `signal`; what the source throws; `ERR_SESSION_CLOSED`,
   *   or the connection's error, when the client closes before the end
   */
  stream(source: AudioSource, options: StreamOptions = {}): Promise<StreamSummary> {
    return this.#outgoing.stream(source, options);
  }

  /** Holds the stream that runs, and any that is started, until `resume`: its clock stands still, nothing is lost. */
  pause(): void {
    this.#outgoing.pause();
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#outgoing.resume();
  }

  /** Resolves when no stream runs and the socket's buffer is empty. @throws `ERR_SESSION_CLOSED` when the client closes first */
  drain(): Promise<void> {
    return this.#outgoing.drain();
  }

  /**
   * Interrupts: drops received audio that has not been consumed, what is under way, and what the server has queued, which
   * learns how far it was played. What the server's handler sends when it has heard of it is received again.
   */
  clear(): { playedMs: number; droppedMs: number } {
    return this.#clear(true);
  }

  /**
   * Asks the server to say when the audio sent before has been taken in or dropped.
   * @param name 1 to 256 characters
   * @returns true when it came back, false when the session ended first
   * @throws VoxwireError `ERR_FORMAT_UNSUPPORTED` where the server is an original FastRTC one, which has no marks
   */
  async mark(name: string): Promise<boolean> {
    return await this.#marks.ask(name, this.session.isLegacy);
  }

  /**
   * Gives the handler values beside audio (its `session.input`, `onInput`): also the answer to the `notice` `send_input`.
   * @param values whatever JSON can write, 64 at most
   * @throws VoxwireError `ERR_FORMAT_UNSUPPORTED` where the server is an original FastRTC one (it takes them over HTTP)
   *   or a call
   */
  setInput(...values: unknown[]): void {
    const message = this.session.isLegacy ? undefined : this.#connection.dialect.input(values);
    if (message === undefined) {
      throw new VoxwireError("ERR_FORMAT_UNSUPPORTED", "This server takes no inputs over its socket.", {
        hint: "Post them with the session's id to the HTTP route that the server has for it.",
      });
    }
    this.#connection.send(message);
  }

  /**
   * Ends the session: says `stop`, and closes by itself where the server does not. Twice is no error; never rejects.
   * @param options `drain`: only after the running stream has ended (a paused one has to be resumed for that) and
   *   everything has been sent
   */
  async close(options: { drain?: boolean } = {}): Promise<CloseInfo> {
    if (options?.drain === true && (this.state === "started" || this.state === "reconnecting")) {
      this.#outgoing.flush();
      this.#connection.beginDrain();
      await this.#outgoing.settled();
    }
    return await this.#connection.close();
  }

  /** Received frames in their order; ends with the session, and throws its error where it ended badly. */
  [Symbol.asyncIterator](): AsyncIterator<AudioFrame<S>, undefined> {
    return this.#received.iterate();
  }

  #onStarted(session: SessionInfo): void {
    const isLate = this.#session !== undefined;
    this.#session = session;
    this.#received.useFormat(session.output);
    this.#outgoing.useFormat(session.input);
    if (isLate) {
      this.#warn(
        "ERR_START_TIMEOUT",
        "The server's started came after it had been taken for an original FastRTC server.",
        "Audio sent before may have been misread: raise startedTimeoutMs.",
      );
    }
  }

  #onMessage(message: ServerMessage): void {
    switch (message.kind) {
      case "media":
        this.#received.accept(message.sequence, message.timestamp);
        break;
      case "clear":
        // what it has dropped came before it; what comes now is new
        if (this.#interruptions === 0) this.#emitter.emit("clear", this.#clear());
        else if (--this.#interruptions === 0) this.#received.muteFor(0);
        break;
      case "mark":
        if (this.#marks.cameBack(message.name))
          this.#emitter.emit("mark", { name: message.name, isOwn: true });
        else {
          this.#marksReceived++;
          this.#heldMarks.push(message.name);
          this.#received.mark(message.name);
        }
        break;
      case "warning":
        this.#warn("ERR_HANDLER", message.message, "");
        break;
      case "output":
        this.#emitter.emit("output", message.value);
        break;
      case "log":
        this.#emitter.emit("log", message.message);
        break;
      case "notice":
        this.#emitter.emit("notice", { type: message.type, data: message.data });
        break;
      case "unknown":
        this.#unknown++;
        break;
      case "malformed":
        this.#malformed++;
        this.#warn(message.code, message.message, "The message was left out.");
        break;
    }
  }

  #clear(interrupts?: true): { playedMs: number; droppedMs: number } {
    const cleared = this.#received.clear();
    const message =
      this.#session?.isLegacy === false && this.#connection.dialect.cleared(cleared.playedMs, interrupts);
    if (message) {
      this.#connection.send(message);
      if (interrupts) {
        this.#interruptions++;
        this.#received.muteFor(INTERRUPTION_MS);
      }
    }
    return cleared;
  }

  /** What came before one of the server's marks has been played or dropped. */
  #giveBack(name: string): void {
    if (this.state === "reconnecting") {
      this.#playedMarks.push(name);
      return;
    }
    const at = this.#heldMarks.indexOf(name);
    if (at >= 0) this.#heldMarks.splice(at, 1);
    this.#marks.giveBack(name);
  }

  #onLost(error: VoxwireError): void {
    this.#marks.lost();
    if (this.#interruptions > 0) {
      // the question is lost, or the answer: it is asked again by the connection that comes
      this.#interruptions = 0;
      this.clear();
    }
    this.#emitter.emit("reconnecting", error);
  }

  #onResumed(session: SessionInfo, attempts: number, gapMs: number): void {
    const sentMs = this.#outgoing.stats.sentMs - this.#connection.heldMs;
    const { receivedMs, lostOutputMs, replayedMs } = session.resumed ?? {
      receivedMs: sentMs,
      lostOutputMs: 0,
      replayedMs: 0,
    };
    const lostSentMs = Math.max(0, sentMs - receivedMs - this.#lostSentMs);
    this.#session = session;
    this.#reconnects++;
    this.#lostSentMs += lostSentMs;
    this.#lostReceivedMs += lostOutputMs;
    this.#roundTrip?.skip(lostSentMs + lostOutputMs);
    this.#marks.resumed();
    if (this.#interruptions > 0) this.#received.muteFor(INTERRUPTION_MS);
    for (const name of this.#playedMarks.splice(0)) this.#giveBack(name);
    this.#emitter.emit("resumed", { gapMs, lostSentMs, lostReceivedMs: lostOutputMs, replayedMs, attempts });
  }

  #onError(error: VoxwireError): void {
    this.#lastError = error;
    this.#emitter.emit("error", error);
  }

  #warn(code: VoxwireError["code"], message: string, hint: string): void {
    this.#emitter.emit("warning", new VoxwireError(code, message, { hint }));
  }

  #onClosed(info: CloseInfo): void {
    this.#outgoing.end(info.error);
    this.#marks.end();
    this.#received.end(info.error);
    if (info.error !== undefined && info.error !== this.#lastError) this.#onError(info.error);
    this.#emitter.emit("close", info);
    this.#emitter.clear();
  }
}
