/** The session as a handler sees it. */
import type { SampleArray } from "../core/types.ts";
import type { SessionEvents } from "./session-events.ts";

/** Counters of a session. All durations in ms of media or of the monotonic clock. */
export interface SessionStats {
  /** Frames handed to `receive`. */
  framesReceived: number;
  /** Frames that waited too long for a busy handler and were dropped, oldest first. */
  framesDropped: number;
  /** Frames sent. */
  framesSent: number;
  receivedMs: number;
  sentMs: number;
  /** Audio waiting for the handler. */
  inputQueuedMs: number;
  /** Audio waiting for its time to be sent. */
  outputQueuedMs: number;
  /** The worst lateness of a frame against the pacer's plan. */
  maxLateMs: number;
  /** Times that a lost client came back. */
  resumes: number;
  /** Audio of the client's that its lost connections swallowed, and audio for it. */
  lostInputMs: number;
  lostOutputMs: number;
}

/** What a handler may do with its session. Any method may be called at any time; after the end they do nothing. */
export interface Session {
  /** The client's id. */
  readonly id: string;
  /** Aborted when the session ends: pass it to fetch and the like. */
  readonly signal: AbortSignal;
  /** What the client sent along with its start (custom parameters), and the query of its URL. */
  readonly params: Readonly<Record<string, string>>;
  /** Hz that `receive` gets. */
  readonly inputRate: number;
  /** Hz that `send` and `emit` are taken to be at. */
  readonly outputRate: number;
  readonly stats: Readonly<SessionStats>;
  /**
   * Queues audio for the client; copied before it returns.
   * @param samples mono int16 or float32, any length
   * @param sampleRate Hz; default `outputRate`
   * @returns false when more than the lead is queued: go on after `drained()`. The audio has been taken all the same.
   */
  send(samples: SampleArray, sampleRate?: number): boolean;
  /** Resolves when less than the lead is queued, and when the session ends. */
  drained(): Promise<void>;
  /**
   * Drops what is queued and what `emit` has begun, and tells the client to drop what it has not played. What a generator
   * yields after a `clear()` of its own is heard.
   */
  clear(): void;
  /**
   * Asks to be told (`handler.onMark`) when the client has played, or dropped, the audio queued before.
   * @param name 1 to 256 characters; `ERR_CONFIG` for others, which no client could give back
   */
  mark(name: string): void;
  /** How much of what was sent the client has played: measured by clients that say so, else reckoned by the clock. */
  readonly playedMs: number;
  /** What `setInput` was last given; empty before. */
  readonly input: readonly unknown[];
  /**
   * Gives the handler values beside audio: `onInput`, the `input` event and `waitForInput` get them. The client calls it
   * over its connection; whoever knows the id over HTTP. What comes that way is whatever was sent: check it.
   */
  setInput(...values: unknown[]): void;
  /** Asks the client for input (`send_input`); resolves with the next, or with the latest where the session ends first. */
  waitForInput(): Promise<readonly unknown[]>;
  /**
   * Sends a value beside audio: as an event to the client, and to those who read the outputs of this id over HTTP.
   * @param value whatever JSON can write, 64 Ki characters of it at most
   * @throws ConfigError `ERR_CONFIG`, VoxwireError `ERR_TOO_BIG`
   */
  output(value: unknown): void;
  /** Calls `listener` on each event of this session; returns a function that takes it off. One that throws ends the session. */
  on<K extends keyof SessionEvents>(event: K, listener: SessionEvents[K]): () => void;
  /** Sends a line for the client's log. */
  log(message: string): void;
  /** Sends a warning for the person at the client. */
  warn(message: string): void;
  /** Ends the session after what is queued has been sent; what an `emit` that awaits has begun is discarded. */
  close(reason?: string): void;
  /** Makes the engine call `emit` again. */
  wake(): void;
}
