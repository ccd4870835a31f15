/** A session that can be recorded: hands everything on, and what is heard on either side to its recorder as well. */
import type { EndReason } from "../../stream/handler.ts";
import type { SessionGap } from "../../stream/session-events.ts";
import type { SessionSink } from "../../stream/session-sink.ts";
import type { SessionControl, StreamSession } from "../../stream/stream-session.ts";
import type { Recorder } from "./recorder.ts";

/** Holds the recorder from when the client has consented. */
export interface RecordingTap {
  recorder: Recorder | undefined;
  /** Ends the recording, where there is one, within bounds. */
  end(): Promise<void>;
}

/** The way in. */
export class RecordedSession implements StreamSession {
  readonly session: SessionControl;
  readonly #inner: StreamSession;
  readonly #tap: RecordingTap;
  readonly #onOpen: () => void;
  #ended: Promise<void> | undefined;

  /** @param onOpen called when the session begins */
  constructor(inner: StreamSession, tap: RecordingTap, onOpen: () => void) {
    this.session = inner.session;
    this.#onOpen = onOpen;
    this.#inner = inner;
    this.#tap = tap;
  }

  get counters(): StreamSession["counters"] {
    return this.#inner.counters;
  }

  get endReason(): EndReason | undefined {
    return this.#inner.endReason;
  }

  open(): Promise<void> {
    this.#onOpen();
    return this.#inner.open();
  }

  receive(samples: Int16Array, sequence?: number, timestamp?: number): void {
    this.#tap.recorder?.input(samples, sequence, timestamp);
    this.#inner.receive(samples, sequence, timestamp);
  }

  markReturned(name: string): void {
    this.#inner.markReturned(name);
  }

  cleared(playedMs: number | undefined, interrupts?: boolean): void {
    this.#inner.cleared(playedMs, interrupts);
  }

  dtmf(digit: string): void {
    this.#inner.dtmf(digit);
  }

  lost(): void {
    this.#inner.lost();
  }

  resumed(gap: SessionGap): void {
    this.#inner.resumed(gap);
  }

  drain(): Promise<void> {
    return this.#inner.drain();
  }

  end(reason: EndReason): Promise<void> {
    this.#ended ??= this.#end(reason);
    return this.#ended;
  }

  async #end(reason: EndReason): Promise<void> {
    const ended = this.#inner.end(reason);
    await this.#tap.end();
    await ended;
  }
}

/** The way out. */
export class RecordedSink implements SessionSink {
  readonly #inner: SessionSink;
  readonly #tap: RecordingTap;

  constructor(inner: SessionSink, tap: RecordingTap) {
    this.#inner = inner;
    this.#tap = tap;
  }

  get canClear(): boolean {
    return this.#inner.canClear;
  }

  sendAudio(samples: Int16Array, sequence: number, timestamp: number): void {
    this.#tap.recorder?.output(samples);
    this.#inner.sendAudio(samples, sequence, timestamp);
  }

  sendClear(): void {
    if (this.canClear) this.#tap.recorder?.clear();
    this.#inner.sendClear();
  }

  sendMark(name: string): void {
    this.#inner.sendMark(name);
  }

  sendLog(message: string): void {
    this.#inner.sendLog(message);
  }

  sendWarning(message: string): void {
    this.#inner.sendWarning(message);
  }

  sendInputRequest(): void {
    this.#inner.sendInputRequest();
  }

  sendOutput(json: string): void {
    this.#inner.sendOutput(json);
  }

  sendError(code: string, message: string, hint: string): void {
    this.#inner.sendError(code, message, hint);
  }

  close(closeCode: number, reason: string): void {
    this.#inner.close(closeCode, reason);
  }
}
