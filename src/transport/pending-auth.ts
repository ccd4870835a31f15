/** One client whose authorisation is under way: between the HTTP server and `ws`, where nobody else minds the socket. */
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { isThenable } from "../stream/thenable.ts";
import type { AuthAnswer, AuthHook, Grant } from "./auth.ts";
import type { RefusalKind } from "./counters.ts";
import type { Waiter, WaitingRoom } from "./waiting-room.ts";

/** A refusal: what is counted, and what the client is told. */
export interface Refused {
  readonly kind: RefusalKind;
  readonly status: number;
  readonly text: string;
}

/** What is waited with. */
export interface PendingAuthOptions {
  clock: Clock;
  logger: Logger;
  room: WaitingRoom;
  socket: Duplex;
  addressKey: string;
  timeoutMs: number;
}

/** One of the two is called, once; neither where the socket has gone. */
export interface AuthListener {
  onGranted(grant: Grant): void;
  onRefused(refused: Refused): void;
}

/** Waits for a hook's answer, and for all that may come before it. */
export class PendingAuth implements Waiter {
  readonly addressKey: string;
  readonly #options: PendingAuthOptions;
  readonly #abort = new AbortController();
  readonly #onLost = (): void => void this.#settle();
  #listener: AuthListener | undefined;
  #timer: unknown;

  constructor(options: PendingAuthOptions) {
    this.#options = options;
    this.addressKey = options.addressKey;
  }

  /** Aborted when the answer is waited for no more. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  /** Asks the hook. */
  ask(hook: () => ReturnType<AuthHook>, listener: AuthListener): void {
    const { clock, room, socket, timeoutMs } = this.#options;
    this.#listener = listener;
    this.#timer = clock.setTimer(() => this.#onTimeout(), timeoutMs);
    socket.on("error", this.#onLost);
    socket.on("close", this.#onLost);
    room.enter(this);
    try {
      const answer = hook();
      if (!isThenable(answer)) this.#onAnswer(answer);
      else
        Promise.resolve(answer).then(
          (later) => this.#onAnswer(later),
          (error) => this.#onError(error),
        );
    } catch (error) {
      this.#onError(error);
    }
  }

  makeRoom(limit: string): void {
    this.#settle()?.onRefused({
      kind: "too-many-sockets",
      status: 503,
      text: `Too many sockets wait for their authorisation (${limit}). Try again later.`,
    });
  }

  #onTimeout(): void {
    const listener = this.#settle();
    if (listener === undefined) return;
    this.#options.logger.error(`The auth hook did not answer within ${this.#options.timeoutMs} ms.`);
    const text = "The authorisation took too long. Try again later.";
    listener.onRefused({ kind: "auth", status: 503, text });
  }

  #onAnswer(answer: AuthAnswer): void {
    const listener = this.#settle();
    if (answer === true) listener?.onGranted({});
    else if (typeof answer === "object" && answer !== null && !("refused" in answer)) {
      listener?.onGranted(answer);
    } else listener?.onRefused({ kind: "auth", status: 401, text: reasonOf(answer) });
  }

  #onError(error: unknown): void {
    const listener = this.#settle();
    if (listener === undefined) return;
    this.#options.logger.error("The auth hook failed.", { error });
    const text = "The server failed to authorise this client. Its log has the reason.";
    listener.onRefused({ kind: "auth", status: 500, text });
  }

  /** Waits no more; the listener to tell, where none has been told. */
  #settle(): AuthListener | undefined {
    const listener = this.#listener;
    if (listener === undefined) return undefined;
    this.#listener = undefined;
    const { clock, room, socket } = this.#options;
    clock.clearTimer(this.#timer);
    room.leave(this);
    socket.off("close", this.#onLost);
    // in a turn of its own: whoever takes the socket over has a listener for errors by then
    clock.setImmediate(() => socket.off("error", this.#onLost));
    this.#abort.abort();
    return listener;
  }
}

function reasonOf(answer: unknown): string {
  const reason = typeof answer === "object" && answer !== null && "refused" in answer ? answer.refused : "";
  return typeof reason === "string" && reason !== "" ? reason : "Not authorised.";
}
