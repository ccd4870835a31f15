/** One client whose authorisation is under way: between the HTTP server and `ws`, where nobody else minds the socket. */
import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock.ts";
import type { Logger } from "../core/logger.ts";
import { isThenable } from "../stream/thenable.ts";
import type { AuthAnswer, AuthHook, Grant } from "./auth.ts";
import type { HttpRefusal } from "./http-refusal.ts";
import type { Waiter, WaitingRoom } from "./waiting-room.ts";

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
  onRefused(refused: HttpRefusal): void;
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
      code: "ERR_BUSY",
      message: `Too many sockets wait for their authorisation (${limit}).`,
      hint: "Try again later.",
    });
  }

  #onTimeout(): void {
    const listener = this.#settle();
    if (listener === undefined) return;
    this.#options.logger.error(`The auth hook did not answer within ${this.#options.timeoutMs} ms.`);
    listener.onRefused(refused(503, "The authorisation took too long.", "Try again later."));
  }

  #onAnswer(answer: AuthAnswer): void {
    const listener = this.#settle();
    if (answer === true) listener?.onGranted({});
    else if (typeof answer === "object" && answer !== null && !("refused" in answer)) {
      listener?.onGranted(answer);
    } else listener?.onRefused(refused(401, ...reasonOf(answer)));
  }

  #onError(error: unknown): void {
    const listener = this.#settle();
    if (listener === undefined) return;
    this.#options.logger.error("The auth hook failed.", { error });
    const message = "The server failed to authorise this client.";
    listener.onRefused(refused(500, message, "Its log has the reason."));
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

/** For who has none, or the wrong ones. */
const CREDENTIALS =
  'Send a token that is good: in "Authorization: Bearer", the subprotocol voxwire.token.TOKEN, or the query\'s token.';

function refused(status: number, message: string, hint: string): HttpRefusal {
  return { kind: "auth", status, code: "ERR_AUTH", message, hint };
}

/** Message and hint; a hook that gives a reason says in it what there is to say. */
function reasonOf(answer: unknown): [message: string, hint: string] {
  const reason = typeof answer === "object" && answer !== null && "refused" in answer ? answer.refused : "";
  return typeof reason === "string" && reason !== "" ? [reason, ""] : ["Not authorised.", CREDENTIALS];
}
