/**
 * How fast one client may send: two token buckets, one in milliseconds of audio and one in messages.
 *
 * A bucket is filled only when it has run empty, from the time that has passed since: so a message costs two
 * subtractions and no look at the clock. A client gets at most a second bucket more at once than with one that fills all
 * the time, and the same in the long run.
 */
import type { Clock } from "../core/clock.ts";
import type { ServerLimits } from "./server-limits.ts";

/** A long message costs as many as it has pieces of this size. */
const BYTES_PER_MESSAGE_SHIFT = 12;
/** Frames of the shortest duration, which a client may send after a stall. */
const SHORTEST_FRAME_MS = 5;

/** What came of a message. */
export type RateVerdict = "taken" | "dropped" | "too-much";

/** One client's buckets. */
export class RateLimit {
  readonly #clock: Clock;
  readonly #maxMediaMs: number;
  readonly #mediaPerMs: number;
  readonly #maxMessages: number;
  readonly #messagesPerMs: number;
  #mediaMs: number;
  #messages: number;
  #filledMs: number;
  /** What was dropped since the buckets were last full: audio, and messages. */
  #droppedMs = 0;
  #droppedMessages = 0;

  constructor(clock: Clock, limits: ServerLimits) {
    const { maxBurstMs, maxSpeed, maxMessagesPerSecond, maxMessageBytes, maxMessageMs } = limits;
    this.#clock = clock;
    // the longest message that is allowed at all must fit
    this.#maxMediaMs = this.#mediaMs = Math.max(maxBurstMs, maxMessageMs);
    this.#mediaPerMs = maxSpeed;
    const messagesAtOnce = maxMessagesPerSecond + maxBurstMs / SHORTEST_FRAME_MS;
    this.#maxMessages = this.#messages = Math.max(messagesAtOnce, messagesOf(maxMessageBytes));
    this.#messagesPerMs = maxMessagesPerSecond / 1000;
    this.#filledMs = clock.now();
  }

  /**
   * Takes a message out of the buckets. No allocation, no throw.
   * @param mediaMs audio in it, 0 for control messages
   */
  take(bytes: number, mediaMs: number): RateVerdict {
    const messages = messagesOf(bytes);
    if (this.#messages < messages || this.#mediaMs < mediaMs) {
      this.#fill();
      if (this.#messages < messages || this.#mediaMs < mediaMs) return this.#drop(messages, mediaMs);
    }
    this.#messages -= messages;
    this.#mediaMs -= mediaMs;
    return "taken";
  }

  #fill(): void {
    const nowMs = this.#clock.now();
    const passedMs = nowMs - this.#filledMs;
    this.#filledMs = nowMs;
    this.#messages = Math.min(this.#maxMessages, this.#messages + passedMs * this.#messagesPerMs);
    this.#mediaMs = Math.min(this.#maxMediaMs, this.#mediaMs + passedMs * this.#mediaPerMs);
    // the client has been quiet for long enough: what was is forgiven
    if (this.#messages === this.#maxMessages && this.#mediaMs === this.#maxMediaMs)
      this.#droppedMs = this.#droppedMessages = 0;
  }

  #drop(messages: number, mediaMs: number): RateVerdict {
    this.#droppedMs += mediaMs;
    this.#droppedMessages += messages;
    const isTooMuch = this.#droppedMs > this.#maxMediaMs || this.#droppedMessages > this.#maxMessages;
    return isTooMuch ? "too-much" : "dropped";
  }
}

function messagesOf(bytes: number): number {
  return 1 + (bytes >>> BYTES_PER_MESSAGE_SHIFT);
}
