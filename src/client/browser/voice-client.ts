/** A client whose socket, protocol and codecs run in a worker: the page's end of it. `connect` makes it. */
import { VoxwireError } from "../../core/errors.ts";
import type { CloseInfo, SessionInfo } from "../client-events.ts";
import { Emitter, type Listener } from "../emitter.ts";
import {
  ERROR_EVENTS,
  type FromWorker,
  type PlainError,
  plainError,
  type VoiceEvents,
  type VoiceStats,
  wholeError,
} from "./worker-messages.ts";
import type { ClientWorker } from "./worker-script.ts";

/** Events by name. */
export interface VoiceClientEvents extends VoiceEvents {
  /** The counters, several times a second. */
  stats: VoiceStats;
  /** The last event. */
  close: CloseInfo;
}

/** What a client is made of; for `connect`. */
export interface VoiceClientParts {
  /** Gives a token for each connection, where one is asked for. */
  readonly token: (() => string | Promise<string>) | undefined;
  /** Takes the worklets' nodes out and lets go of their links. */
  dispose(): void;
}

/** How long the worker may take to say goodbye beyond what its connection may. */
const GOODBYE_MS = 3500;

/** A session with a server, from a microphone and to a speaker. */
export class VoiceClient {
  readonly #parts: VoiceClientParts;
  readonly #emitter = new Emitter<VoiceClientEvents>();
  readonly #marks = new Map<number, { resolve(isBack: boolean): void; reject(error: unknown): void }>();
  readonly #closed: Promise<CloseInfo>;
  #resolveClosed: (info: CloseInfo) => void = () => {};
  #opening: { resolve(): void; reject(error: unknown): void } | undefined;
  #worker: ClientWorker | undefined;
  #session: SessionInfo | undefined;
  #stats: VoiceStats | undefined;
  #url = "";
  #nextMark = 0;
  #isPaused = false;

  constructor(parts: VoiceClientParts) {
    this.#parts = parts;
    this.#closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /** For `connect`: resolves when the session has started. */
  opened(worker: ClientWorker): Promise<void> {
    this.#worker = worker;
    return new Promise((resolve, reject) => {
      this.#opening = { resolve, reject };
    });
  }

  /** For `connect`: gives up what is being opened. */
  abandon(error: unknown): void {
    const opening = this.#opening;
    if (opening === undefined) return;
    this.#opening = undefined;
    this.#end(lostInfo(error instanceof VoxwireError ? error : undefined));
    opening.reject(error);
  }

  /** For `connect`: the worker's messages. */
  take(message: FromWorker): void {
    switch (message.type) {
      case "opened":
        this.#session = message.session;
        this.#url = message.url;
        this.#opening?.resolve();
        this.#opening = undefined;
        break;
      case "failed":
        this.abandon(wholeError(message.error));
        break;
      case "token":
        void this.#giveToken();
        break;
      case "event":
        this.#emit(message.name, message.value);
        break;
      case "marked":
        this.#onMarked(message);
        break;
      case "stats":
        this.#stats = message.stats;
        this.#emitter.emit("stats", message.stats);
        break;
      case "closed": {
        const { error, ...info } = message.info;
        this.#end({ ...info, error: error && wholeError(error) });
        break;
      }
    }
  }

  /** For `connect`: the worker has broken. */
  fail(error: VoxwireError): void {
    if (this.#opening !== undefined) this.abandon(error);
    else this.#end(lostInfo(error));
  }

  /** The URL that is connected to. */
  get url(): string {
    return this.#url;
  }

  /** What has been agreed on with the server. */
  get session(): SessionInfo {
    if (this.#session === undefined)
      throw new VoxwireError("ERR_NOT_STARTED", "The session has not started.");
    return this.#session;
  }

  /** The session's id. */
  get id(): string {
    return this.session.id;
  }

  get isClosed(): boolean {
    return this.#worker === undefined;
  }

  /** The latest counters; undefined in the first quarter of a second. */
  get stats(): VoiceStats | undefined {
    return this.#stats;
  }

  /** Resolves when the connection is closed, whoever closed it; never rejects. */
  get closed(): Promise<CloseInfo> {
    return this.#closed;
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof VoiceClientEvents>(name: K, listener: Listener<VoiceClientEvents[K]>): () => void {
    return this.#emitter.on(name, listener);
  }

  /** As `on`, for the next event only. */
  once<K extends keyof VoiceClientEvents>(name: K, listener: Listener<VoiceClientEvents[K]>): () => void {
    return this.#emitter.once(name, listener);
  }

  /** Takes a listener off. */
  off<K extends keyof VoiceClientEvents>(name: K, listener: Listener<VoiceClientEvents[K]>): void {
    this.#emitter.off(name, listener);
  }

  /** Whether nothing is sent. */
  get isPaused(): boolean {
    return this.#isPaused;
  }

  /** Sends nothing until `resume`; what the microphone hears meanwhile is dropped. Unlike `isMuted`, which sends silence. */
  pause(): void {
    this.#isPaused = true;
    this.#worker?.post({ type: "pause" });
  }

  /** Goes on after `pause`. */
  resume(): void {
    this.#isPaused = false;
    this.#worker?.post({ type: "resume" });
  }

  /**
   * Interrupts: drops what has been received and not been played, what is under way, and what the server has queued, which
   * learns how far it was heard. Silent within 50 ms, by a fade of 10 ms, until the server's handler says something new. A
   * `clear` event says how much was played and dropped.
   */
  clear(): void {
    this.#worker?.post({ type: "clear" });
  }

  /**
   * Asks the server to say when the audio sent before has been taken in or dropped.
   * @param name 1 to 256 characters
   * @returns true when it came back, false when the session ended first
   * @throws VoxwireError `ERR_FORMAT_UNSUPPORTED` where the server has no marks
   */
  mark(name: string): Promise<boolean> {
    const worker = this.#worker;
    if (worker === undefined) return Promise.resolve(false);
    const id = this.#nextMark++;
    return new Promise((resolve, reject) => {
      this.#marks.set(id, { resolve, reject });
      worker.post({ type: "mark", id, name });
    });
  }

  /** Ends the session, the worker and the worklets' nodes; microphone and speaker stay open. Never rejects. */
  async close(): Promise<CloseInfo> {
    if (this.#worker !== undefined) {
      this.#worker.post({ type: "close" });
      const timer = setTimeout(() => this.#end(lostInfo(undefined)), GOODBYE_MS);
      await this.#closed;
      clearTimeout(timer);
    }
    return await this.#closed;
  }

  async #giveToken(): Promise<void> {
    try {
      const token = (await this.#parts.token?.()) ?? "";
      this.#worker?.post({ type: "token", token, error: undefined });
    } catch (error) {
      this.#worker?.post({ type: "token", token: "", error: plainError(error) });
    }
  }

  #emit(name: keyof VoiceEvents, value: unknown): void {
    const isError = ERROR_EVENTS.has(name);
    this.#emitter.emit(name, (isError ? wholeError(value as PlainError) : value) as never);
  }

  #onMarked({ id, isBack, error }: FromWorker & { type: "marked" }): void {
    const waiting = this.#marks.get(id);
    this.#marks.delete(id);
    if (error === undefined) waiting?.resolve(isBack);
    else waiting?.reject(wholeError(error));
  }

  #end(info: CloseInfo): void {
    const worker = this.#worker;
    if (worker === undefined) return;
    this.#worker = undefined;
    worker.terminate();
    try {
      this.#parts.dispose();
    } finally {
      for (const { resolve } of this.#marks.values()) resolve(false);
      this.#marks.clear();
      this.#emitter.emit("close", info);
      this.#emitter.clear();
      this.#resolveClosed(info);
    }
  }
}

function lostInfo(error: VoxwireError | undefined): CloseInfo {
  const description = "The connection was lost without a goodbye.";
  return { code: 1006, reason: "", description, isExpected: error === undefined, error };
}
