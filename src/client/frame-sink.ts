/** Where a client's received frames go when something plays them in its own time, in place of an iterator. */
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { ReceiveQueueListener } from "./receive-queue.ts";

/** Plays frames, and knows how far it has come. No method throws. */
export interface FrameSink<S extends SampleArray> {
  /** Audio that waits to be played. */
  readonly queuedMs: number;
  /** Audio that has been played or left out. */
  readonly playedMs: number;
  /** Frames for which there was no room. */
  readonly droppedFrames: number;
  /** Takes a frame; its samples are the sink's own. */
  push(frame: AudioFrame<S>): void;
  /** Tells the listener when everything pushed so far has been played or dropped. */
  mark(name: string): void;
  /** Drops what has not been played; returns how much, in ms. Marks among it are told, in order. */
  clear(): number;
  /** No more comes: what waits is played. */
  end(): void;
}

/** Makes the sink of one client. */
export type CreateSink<S extends SampleArray> = (listener: ReceiveQueueListener) => FrameSink<S>;
