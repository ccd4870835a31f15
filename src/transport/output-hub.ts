/** The outputs of all sessions by id, and the readers that have come before their session. */
import type { ServerResponse } from "node:http";
import type { Clock } from "../core/clock.ts";
import type { Counters } from "./counters.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import { CLOSING } from "./http-refusals.ts";
import { MAX_OUTPUT_READERS, OutputChannel } from "./output-channel.ts";
import { type Waiter, WaitingRoom } from "./waiting-room.ts";

/** How a reader of outputs is answered. */
export interface OutputAnswers {
  /** Sends the headers of a stream of events. */
  begin(response: ServerResponse): void;
  refuse(response: ServerResponse, refused: HttpRefusal): void;
}

/** Who reads. */
export interface OutputReader {
  readonly response: ServerResponse;
  /** What it has had already (`Last-Event-ID`). */
  readonly afterNumber: number;
  /** What limits by address count by. */
  readonly addressKey: string;
}

/** How many may wait for their sessions, and for how long. */
export interface OutputHubBounds {
  readonly maxWaitingReaders: number;
  readonly maxWaitingReadersPerAddress: number;
  readonly startTimeoutMs: number;
}

/** One per server. */
export class OutputHub {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #answers: OutputAnswers;
  readonly #waitMs: number;
  readonly #channels = new Map<string, OutputChannel>();
  readonly #waiting = new Set<WaitingReader>();
  readonly #room: WaitingRoom;

  constructor(clock: Clock, counters: Counters, answers: OutputAnswers, bounds: OutputHubBounds) {
    this.#clock = clock;
    this.#counters = counters;
    this.#answers = answers;
    this.#waitMs = bounds.startTimeoutMs;
    this.#room = new WaitingRoom(bounds.maxWaitingReaders, bounds.maxWaitingReadersPerAddress);
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
      this.#join(channel, waiting.reader);
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

  /**
   * Has somebody read the outputs of `id`, now or once the session has opened. Where too many wait, the oldest of the
   * address that has most of them goes: nobody is turned away for somebody else's readers.
   */
  read(id: string, reader: OutputReader): void {
    const channel = this.#channels.get(id);
    if (channel !== undefined) {
      this.#join(channel, reader);
      return;
    }
    const timer = this.#clock.setTimer(() => this.#turnAway(waiting, NEVER_STARTED), this.#waitMs);
    const makeRoom = () => this.#turnAway(waiting, TOO_MANY_WAIT);
    const waiting: WaitingReader = { id, reader, timer, addressKey: reader.addressKey, makeRoom };
    this.#waiting.add(waiting);
    this.#room.enter(waiting);
    reader.response.once("close", () => this.#forget(waiting));
  }

  /** Keeps the readers' connections alive. */
  heartbeat(): void {
    for (const channel of this.#channels.values()) channel.heartbeat();
  }

  /** The server closes: lets go of those who wait. */
  dispose(): void {
    for (const waiting of this.#waiting) this.#turnAway(waiting, CLOSING);
    for (const id of [...this.#channels.keys()]) this.close(id);
  }

  #join(channel: OutputChannel, { response, afterNumber }: OutputReader): void {
    if (channel.readers >= MAX_OUTPUT_READERS) {
      this.#refuse(response, TOO_MANY_READ);
      return;
    }
    this.#answers.begin(response);
    channel.add(response, afterNumber);
  }

  #turnAway(waiting: WaitingReader, refused: HttpRefusal): void {
    this.#forget(waiting);
    this.#refuse(waiting.reader.response, refused);
  }

  #refuse(response: ServerResponse, refused: HttpRefusal): void {
    this.#counters.countRefusal(refused.kind);
    this.#answers.refuse(response, refused);
  }

  #forget(waiting: WaitingReader): void {
    if (!this.#waiting.delete(waiting)) return;
    this.#room.leave(waiting);
    this.#clock.clearTimer(waiting.timer);
  }
}

interface WaitingReader extends Waiter {
  readonly id: string;
  readonly reader: OutputReader;
  readonly timer: unknown;
}

const NEVER_STARTED: HttpRefusal = {
  kind: "no-session",
  status: 404,
  code: "ERR_NO_SESSION",
  message: "No session with this id has started.",
  hint: "Start it first, and read within startTimeoutMs before or at any time after.",
};

const TOO_MANY_WAIT: HttpRefusal = {
  kind: "too-many-readers",
  status: 503,
  code: "ERR_BUSY",
  message: "Too many readers wait for sessions that have not started.",
  hint: "Start the session first, then read.",
};

const TOO_MANY_READ: HttpRefusal = {
  kind: "too-many-readers",
  status: 429,
  code: "ERR_BUSY",
  message: `This session has ${MAX_OUTPUT_READERS} readers already.`,
  hint: "Close one of them.",
};
