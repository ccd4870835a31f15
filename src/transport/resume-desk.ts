/**
 * Sessions that outlive their connection. A client that asks for it is given a token; when the connection is lost, the
 * session waits for its client, handler and all, and goes on where the token is shown on another connection.
 *
 * A token is 128 random bits, good for one id and one use: the answer to it brings the next. (Where that answer has been
 * lost as well, and so the client has said nothing since, its last token is taken once more.) It works before the loss has
 * been noticed too, when a client has changed networks and its old socket is not known to be dead: that one is cut then.
 */
import { randomBytes, timingSafeEqual } from "node:crypto";
import type { Clock } from "../core/clock.ts";
import type { EndReason } from "../stream/handler.ts";
import type { Counters } from "./counters.ts";
import type { SessionHolder, SessionKeeper } from "./session-keeper.ts";

const TOKEN_BYTES = 16;

/** Bounds of waiting sessions. */
export interface ResumeLimits {
  /** How long a session waits; 0: sessions end with their connection. */
  readonly resumeWindowMs: number;
  /** Sessions that wait at once; beyond it the oldest ends. */
  readonly maxResumable: number;
}

/** What a client may come back with. */
interface Offer {
  readonly token: Buffer;
  /** The one that brought this one. */
  readonly before: Buffer | undefined;
  readonly keeper: SessionKeeper;
}

/** One per server. */
export class ResumeDesk {
  readonly #clock: Clock;
  readonly #counters: Counters;
  readonly #limits: ResumeLimits;
  readonly #offers = new Map<string, Offer>();
  /** The tokens that sessions were claimed with last. */
  readonly #shown = new WeakMap<SessionKeeper, Buffer>();
  /** Oldest first. */
  readonly #waiting = new Map<SessionKeeper, WaitingSession>();
  #isClosed = false;

  constructor(clock: Clock, counters: Counters, limits: ResumeLimits) {
    this.#clock = clock;
    this.#counters = counters;
    this.#limits = limits;
  }

  /** Sessions that wait for their client now. */
  get waiting(): number {
    return this.#waiting.size;
  }

  get windowMs(): number {
    return this.#limits.resumeWindowMs;
  }

  /** A token for this session, the only one that counts from now on; undefined where sessions are not kept. */
  offer(keeper: SessionKeeper): string | undefined {
    if (this.#isClosed || this.windowMs === 0) return undefined;
    const token = randomBytes(TOKEN_BYTES);
    this.#offers.set(keeper.id, { token, before: this.#shown.get(keeper), keeper });
    keeper.onEnding = () => this.#forget(keeper);
    return token.toString("base64url");
  }

  /** The session on this path that the token is for, taken from whoever has held it; undefined where there is none. */
  claim(id: string, token: string, mount: object): SessionKeeper | undefined {
    const offer = this.#offers.get(id);
    const shown = Buffer.from(token, "base64url");
    if (offer === undefined || shown.length !== TOKEN_BYTES) return undefined;
    const { before, keeper } = offer;
    const isLatest = timingSafeEqual(shown, offer.token);
    const isBefore = before !== undefined && timingSafeEqual(shown, before) && !keeper.holder.hasHeard;
    if (!(isLatest || isBefore) || keeper.mount !== mount) return undefined;
    this.#shown.set(keeper, shown);
    this.#offers.delete(id);
    this.#waiting.delete(keeper);
    keeper.holder.release();
    return keeper;
  }

  /** Whether this session may wait for its client. */
  mayWait(keeper: SessionKeeper): boolean {
    return !this.#isClosed && this.#offers.get(keeper.id)?.keeper === keeper;
  }

  /**
   * Has a session wait whose connection is lost. The caller has asked `mayWait` in the same turn.
   * @param hasHeard as `SessionHolder` has it
   */
  wait(keeper: SessionKeeper, hasHeard: boolean): void {
    const [oldest] = this.#waiting.keys();
    if (oldest !== undefined && this.#waiting.size >= this.#limits.maxResumable)
      void oldest.end({ kind: "connection-lost", message: "More sessions wait for their clients than may." });
    const waiting = new WaitingSession(this.#clock, keeper, this.windowMs, hasHeard);
    this.#waiting.set(keeper, waiting);
    this.#counters.sessionsLost++;
    keeper.lost(waiting);
  }

  /** Ends all that wait; none waits from now on. Resolves when they have ended. */
  async close(reason: EndReason): Promise<void> {
    this.#isClosed = true;
    this.#offers.clear();
    await Promise.all(Array.from(this.#waiting.keys(), (keeper) => keeper.end(reason)));
  }

  /** The session ends: nobody comes back to it. */
  #forget(keeper: SessionKeeper): void {
    if (this.#offers.get(keeper.id)?.keeper === keeper) this.#offers.delete(keeper.id);
    this.#waiting.get(keeper)?.release();
    this.#waiting.delete(keeper);
  }
}

/** Holds a session that has no connection. */
class WaitingSession implements SessionHolder {
  readonly hasHeard: boolean;
  readonly #clock: Clock;
  readonly #keeper: SessionKeeper;
  readonly #timer: unknown;

  constructor(clock: Clock, keeper: SessionKeeper, windowMs: number, hasHeard: boolean) {
    this.hasHeard = hasHeard;
    this.#clock = clock;
    this.#keeper = keeper;
    const message = `The connection was lost, and the client did not come back within ${windowMs} ms.`;
    this.#timer = clock.setTimer(() => void keeper.end({ kind: "connection-lost", message }), windowMs);
  }

  onSessionClose(_closeCode: number, message: string): void {
    void this.#keeper.end(this.#keeper.session.endReason ?? { kind: "closed", message });
  }

  onTimeLimit(limitMs: number): void {
    const message = `The session has reached its time limit of ${limitMs} ms.`;
    void this.#keeper.end({ kind: "limit", message });
  }

  release(): void {
    this.#clock.clearTimer(this.#timer);
  }
}
