/** The outputs of all sessions by id, and the readers that have come before their session. */
import type { ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { Counters } from "./counters.ts";
import { MAX_OUTPUT_READERS, OutputChannel } from "./output-channel.ts";

/** Readers that may wait for their sessions at once. */
const MAX_WAITING = 256;

/** How a reader of outputs is answered. */
export interface OutputAnswers {
  /** Sends the headers of a stream of events. */
  begin(response: ServerResponse): void;
  refuse(response: ServerResponse, status: number, text: string): void;
}

interface WaitingReader {
  readonly id: string;
  readonly response: ServerResponse;
  readonly afterNumber: number;
  readonly timer: unknown;
}

/** One per server. */
export class OutputHub {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #answers: OutputAnswers;
  readonly #waitMs: number;
  readonly #channels = new Map<string, OutputChannel>();
  readonly #waiting = new Set<WaitingReader>();

  /** @param waitMs how long a reader may wait for its session */
  constructor(clock: Clock, counters: Counters, answers: OutputAnswers, waitMs: number) {
    this.#clock = clock;
    this.#counters = counters;
    this.#answers = answers;
    this.#waitMs = waitMs;
  }

  /** A session has opened. */
  open(id: string): void {
    const channel = new OutputChannel(() => {
      this.#counters.slowOutputReader++;
    });
    this.#channels.set(id, channel);
    for (const waiting of this.#waiting) {
      if (waiting.id !== id) continue;
      this.#forget(waiting);
      this.#join(channel, waiting.response, waiting.afterNumber);
    }
  }

  /** Sends a value of a session's. */
  publish(id: string, json: string): void {
    this.#channels.get(id)?.publish(json);
  }

  /** A session has ended. */
  close(id: string): void {
    this.#channels.get(id)?.close();
    this.#channels.delete(id);
  }

  /** Has `response` read the outputs of `id`, now or once the session has opened. */
  read(id: string, response: ServerResponse, afterNumber: number): void {
    const channel = this.#channels.get(id);
    if (channel !== undefined) {
      this.#join(channel, response, afterNumber);
    } else if (this.#waiting.size >= MAX_WAITING) {
      this.#answers.refuse(response, 503, "Too many readers wait for sessions that have not started.");
    } else {
      const timer = this.#clock.setTimer(() => {
        this.#waiting.delete(waiting);
        this.#answers.refuse(response, 404, "No session with this id has started.");
      }, this.#waitMs);
      const waiting = { id, response, afterNumber, timer };
      this.#waiting.add(waiting);
      response.once("close", () => this.#forget(waiting));
    }
  }

  /** Keeps the readers' connections alive. */
  heartbeat(): void {
    for (const channel of this.#channels.values()) channel.heartbeat();
  }

  /** The server closes: lets go of those who wait. */
  dispose(): void {
    for (const waiting of this.#waiting) {
      this.#forget(waiting);
      this.#answers.refuse(waiting.response, 503, "The server is closing.");
    }
    for (const id of [...this.#channels.keys()]) this.close(id);
  }

  #join(channel: OutputChannel, response: ServerResponse, afterNumber: number): void {
    if (channel.readers >= MAX_OUTPUT_READERS) {
      this.#answers.refuse(response, 429, `This session has ${MAX_OUTPUT_READERS} readers already.`);
      return;
    }
    this.#answers.begin(response);
    channel.add(response, afterNumber);
  }

  #forget(waiting: WaitingReader): void {
    if (this.#waiting.delete(waiting)) this.#clock.clearTimer(waiting.timer);
  }
}
