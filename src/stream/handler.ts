/**
 * Stream handlers: what a person writes. One handler object serves one client; the engine makes a copy for each.
 */
import type { AudioFrame, SampleArray, SampleFormat } from "../core/types.ts";
import type { SessionGap } from "./session-events.ts";
import type { Session } from "./session-handle.ts";

/** Why a session ended. `closed`: asked for by either side. */
export interface EndReason {
  readonly kind:
    | "client-left"
    | "connection-lost"
    | "closed"
    | "handler-error"
    | "handler-timeout"
    | "handler-flood"
    | "idle"
    | "limit"
    | "protocol-error"
    | "server-closing"
    | "slow-reader"
    | "too-fast"
    | "worker-died";
  /** One sentence, for logs. */
  readonly message: string;
  /** The error behind, where there is one. */
  readonly error?: unknown;
}

/** What `emit` may give: samples at the handler's output rate, samples with a rate of their own, or nothing now. */
export type Emitted = SampleArray | { samples: SampleArray; sampleRate: number } | null | undefined;

/** A value or a promise of it: every method of a handler may be either. */
export type MaybePromise<T> = T | Promise<T>;

/**
 * Receives the frames of one client and emits the answer.
 *
 * Order: `startUp` has finished before the first `receive`; `receive` is never called twice at once, nor is `emit`;
 * `shutdown` runs exactly once, and neither is called after it (one that still awaits then is left to settle; its
 * result is discarded). A method that throws ends this session and no other.
 */
export abstract class StreamHandler<S extends SampleArray = Int16Array> {
  /** Hz of the frames that `receive` gets; undefined: as the wire carries them. The engine resamples. */
  inputRate: number | undefined;
  /** Hz of what `emit` and `session.send` give unless they say otherwise; undefined: as the wire carries it. */
  outputRate: number | undefined;
  /** Duration of the frames that `receive` gets, 5 to 500 ms; undefined: as the server is set (20). */
  frameMs: number | undefined;
  /** `"int16"` (default) or `"float32"` frames. */
  sampleFormat: SampleFormat = "int16";
  /**
   * False (default): a frame's samples may be overwritten once `receive` has returned (or its promise has settled); copy
   * what you keep. True: every frame is an array of its own that you may keep.
   */
  keepsFrames = false;
  /**
   * False (default): every frame has exactly `frameMs`; what is over at the end of a message waits for the next one. True:
   * it is delivered at once, as a shorter frame. For handlers that do not care for lengths, such as an echo.
   */
  takesShortFrames = false;
  /** True: the promise of `receive` may stay open as long as it likes (frames wait, bounded); no time-out applies. */
  receiveMayWait = false;

  /** A handler for one more client. */
  abstract copy(): StreamHandler<S>;

  /** Runs once before the first frame: load, connect, greet. */
  startUp?(session: Session): MaybePromise<void>;

  /** Takes one frame of exactly `frameMs` at `inputRate`. */
  abstract receive(frame: AudioFrame<S>, session: Session): MaybePromise<void>;

  /**
   * Gives audio of any length, or `null` for "nothing now": it is then called again after the next `receive` or
   * `session.wake()`. Called only while less than the lead is queued. May await as long as it likes.
   */
  abstract emit(session: Session): MaybePromise<Emitted>;

  /** The client has played, or dropped, what was sent before `session.mark(name)`. */
  onMark?(name: string, session: Session): void;

  /**
   * The client has dropped what it had not played, after it had played `playedMs` in all: measured by clients that say so,
   * reckoned by the clock for the others. Where it did so by itself (`client.clear()`) what was queued is dropped, as by
   * `session.clear()`; what is sent from here on is heard.
   */
  onCleared?(playedMs: number, session: Session): void;

  /** The caller has pressed a key of the telephone: `0` to `9`, `*`, `#`, `A` to `D`. */
  onDtmf?(digit: string, session: Session): void;

  /** Values have been set by `session.setInput`, by the client, or over HTTP by whoever knows the id. */
  onInput?(values: readonly unknown[], session: Session): void;

  /** The connection is lost; the session waits for its client. What is sent meanwhile is not heard. */
  onLost?(session: Session): void;

  /** The client is back on another connection; `gap` says what both sides have missed. */
  onResumed?(gap: SessionGap, session: Session): void;

  /** Runs once at the end, however it came. */
  shutdown?(reason: EndReason): MaybePromise<void>;
}

/** A handler of either sample format. */
export type AnyHandler = StreamHandler<Int16Array> | StreamHandler<Float32Array>;
