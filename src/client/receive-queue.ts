/**
 * Received frames on their way to whoever iterates: bounded in ms, oldest dropped and counted; marks keep their place
 * between frames. A frame counts as played when its consumer comes back for the next one.
 */
import type { AudioFrame, SampleArray } from "../core/types.ts";

/** Marks that may wait at once; a mark lasts no time, so the bound in ms does not hold them. */
const MAX_MARKS = 1000;

/** What a queue tells. */
export interface ReceiveQueueListener {
  /** Everything before this mark has been played, or has been dropped. */
  onMark(name: string): void;
}

type Entry<S extends SampleArray> = { frame: AudioFrame<S>; durationMs: number } | { mark: string };

interface Waiter<S extends SampleArray> {
  resolve(result: IteratorResult<AudioFrame<S>, undefined>): void;
  reject(error: unknown): void;
}

/** Makes the queue of one client. */
export type CreateQueue = <S extends SampleArray>(
  maxMs: number,
  listener: ReceiveQueueListener,
) => ReceiveQueue<S>;

/** The queue, and the iterator over it. All iterators of one queue take from the same frames. */
export class ReceiveQueue<S extends SampleArray> {
  readonly #maxMs: number;
  readonly #listener: ReceiveQueueListener;
  #entries: Entry<S>[] = [];
  #head = 0;
  #marks = 0;
  readonly #waiters: Waiter<S>[] = [];
  #queuedMs = 0;
  #droppedFrames = 0;
  #handedOutMs = 0;
  #playedMs = 0;
  #isEnded = false;
  #error: unknown;

  constructor(maxMs: number, listener: ReceiveQueueListener) {
    this.#maxMs = maxMs;
    this.#listener = listener;
  }

  /** Audio that waits. */
  get queuedMs(): number {
    return this.#queuedMs;
  }

  /** Frames dropped because nobody took them in time. */
  get droppedFrames(): number {
    return this.#droppedFrames;
  }

  /** Audio that has been played. */
  get playedMs(): number {
    return this.#playedMs;
  }

  /** Adds a frame; drops the oldest where more than the bound would wait. */
  push(frame: AudioFrame<S>): void {
    const durationMs = durationOf(frame);
    const waiter = this.#waiters.shift();
    if (waiter !== undefined) {
      this.#handedOutMs += durationMs;
      waiter.resolve({ value: frame, done: false });
      return;
    }
    this.#entries.push({ frame, durationMs });
    this.#queuedMs += durationMs;
    // The newest frame stays however long it is: some servers send a whole answer as one message.
    while (this.#queuedMs > this.#maxMs && this.#queuedMs > durationMs && this.#dropOldest()) {
      this.#droppedFrames++;
    }
    this.#releaseMarks();
  }

  /** Counts a frame that went to listeners instead: it is played at once. */
  passed(frame: AudioFrame<S>): void {
    const durationMs = durationOf(frame);
    this.#handedOutMs += durationMs;
    this.#playedMs += durationMs;
  }

  /** Adds a mark; it is told at once where nothing waits before it. Beyond a thousand the oldest is told too early. */
  mark(name: string): void {
    this.#entries.push({ mark: name });
    this.#marks++;
    if (this.#marks > MAX_MARKS) this.#tellOldestMark();
    this.#releaseMarks();
  }

  /** Drops what waits; returns how much. Marks among it are told, in order. */
  clear(): number {
    const droppedMs = this.#queuedMs;
    const entries = this.#entries;
    const head = this.#head;
    this.#entries = [];
    this.#head = 0;
    this.#queuedMs = 0;
    this.#marks = 0;
    for (let i = head; i < entries.length; i++) {
      const entry = entries[i]!;
      if ("mark" in entry) this.#listener.onMark(entry.mark);
    }
    return droppedMs;
  }

  /** No more comes: iterators end after what waits, with `error` where there is one. */
  end(error: unknown): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    this.#error = error;
    for (const waiter of this.#waiters.splice(0)) {
      if (error === undefined) waiter.resolve({ value: undefined, done: true });
      else waiter.reject(error);
    }
  }

  /** The consumer is done with every frame it took. */
  consumed(): void {
    this.#playedMs = this.#handedOutMs;
    this.#releaseMarks();
  }

  /** Takes the oldest frame, or waits for one. */
  next(): Promise<IteratorResult<AudioFrame<S>, undefined>> {
    this.consumed();
    const entry = this.#entries[this.#head];
    if (entry !== undefined && "frame" in entry) {
      this.#advance();
      this.#queuedMs -= entry.durationMs;
      this.#handedOutMs += entry.durationMs;
      return Promise.resolve({ value: entry.frame, done: false });
    }
    if (this.#isEnded) {
      const error = this.#error;
      // Told once: a second look at an ended queue finds it done, as with any iterator.
      this.#error = undefined;
      return error === undefined ? Promise.resolve({ value: undefined, done: true }) : Promise.reject(error);
    }
    return new Promise((resolve, reject) => this.#waiters.push({ resolve, reject }));
  }

  #dropOldest(): boolean {
    for (let i = this.#head; i < this.#entries.length; i++) {
      const entry = this.#entries[i]!;
      if ("mark" in entry) continue;
      this.#queuedMs -= entry.durationMs;
      if (i === this.#head) this.#advance();
      else this.#entries.splice(i, 1);
      return true;
    }
    return false;
  }

  #tellOldestMark(): void {
    const at = this.#entries.findIndex((entry, i) => i >= this.#head && "mark" in entry);
    const [entry] = this.#entries.splice(at, 1);
    this.#marks--;
    if (entry !== undefined && "mark" in entry) this.#listener.onMark(entry.mark);
  }

  /** Tells the marks at the head, where all that was handed out before them has been played. */
  #releaseMarks(): void {
    while (this.#playedMs === this.#handedOutMs) {
      const entry = this.#entries[this.#head];
      if (entry === undefined || !("mark" in entry)) return;
      this.#advance();
      this.#marks--;
      this.#listener.onMark(entry.mark);
    }
  }

  /** Moves on by one without moving all others each time. */
  #advance(): void {
    this.#head++;
    if (this.#head === this.#entries.length || this.#head >= 256) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
  }
}

function durationOf({ samples, channels, sampleRate }: AudioFrame<SampleArray>): number {
  return (samples.length * 1000) / (channels * sampleRate);
}
