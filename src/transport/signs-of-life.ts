/** Whether a client is still there, and whether it still talks: looked at now and then, at no cost for its messages. */

/** Heartbeats without a sign of life after which a peer is taken for dead. */
export const MAX_MISSED_HEARTBEATS = 2;
/** Looks without a message by which a client is idle: the more, the closer to the time that is set. */
export const LOOKS_PER_IDLE = 4;

/** One client's. `messages` is its count of messages: another number than last time is a sign of life. */
export class SignsOfLife {
  #missedHeartbeats = 0;
  #silentLooks = 0;
  #messagesAtHeartbeat = 0;
  #messagesAtLook = 0;
  #pingedAtMs: number | undefined;

  /** At a heartbeat: whether the peer is to be given up. */
  isDead(messages: number): boolean {
    if (messages !== this.#messagesAtHeartbeat) this.#missedHeartbeats = 0;
    this.#messagesAtHeartbeat = messages;
    return this.#missedHeartbeats >= MAX_MISSED_HEARTBEATS;
  }

  /** A ping is sent. */
  pinged(nowMs: number): void {
    this.#missedHeartbeats++;
    this.#pingedAtMs = nowMs;
  }

  /** A ping of the client's, which does not count as talking. */
  heard(): void {
    this.#missedHeartbeats = 0;
  }

  /** A pong; returns the round trip in ms, or undefined for one that was not asked for. */
  answered(nowMs: number): number | undefined {
    this.heard();
    const pingedAtMs = this.#pingedAtMs;
    this.#pingedAtMs = undefined;
    return pingedAtMs === undefined ? undefined : nowMs - pingedAtMs;
  }

  /** At one of `LOOKS_PER_IDLE` looks in the time that is allowed: whether nothing has come in all of it. */
  isIdle(messages: number): boolean {
    if (messages !== this.#messagesAtLook) this.#silentLooks = 0;
    this.#messagesAtLook = messages;
    return ++this.#silentLooks > LOOKS_PER_IDLE;
  }
}
