/** The live sessions of one server by id. An id is taken from the start of a session until the end is wholly done. */
import type { EndReason } from "../stream/handler.ts";
import type { JitterStats } from "../stream/jitter/jitter-stats.ts";
import type { SessionStats } from "../stream/session-handle.ts";
import type { WireAgreement } from "./protocol/fastrtc-format.ts";

/** A session as the person who runs the server sees it. */
export interface LiveSession {
  /** The client's id. */
  readonly id: string;
  /** The query of the client's URL, and what it sent along with its start. */
  readonly params: Readonly<Record<string, string>>;
  /** What the wire carries. */
  readonly format: WireAgreement;
  /** The client's IP address. */
  readonly remoteAddress: string;
  /** False while the session waits for a client that has lost its connection. */
  readonly isConnected: boolean;
  readonly stats: Readonly<SessionStats>;
  /** The jitter buffer, by WebRTC's names; undefined without the option `jitter`. */
  readonly jitter: JitterStats | undefined;
  /** Gives the handler values beside audio, as `session.setInput` does. */
  setInput(...values: unknown[]): void;
  /** Ends the session after what is queued has been sent. */
  close(reason?: string): void;
}

/** Sessions by id, and how many there may be. */
export class SessionRegistry {
  readonly #sessions = new Map<string, LiveSession>();
  /** Reserved ids, and whose they are. */
  readonly #reserved = new Map<string, string>();
  readonly #perAddress = new Map<string, number>();
  readonly maxSessions: number;
  readonly maxPerAddress: number;

  constructor(maxSessions: number, maxPerAddress: number) {
    this.maxSessions = maxSessions;
    this.maxPerAddress = maxPerAddress;
  }

  /** A live view for reading. */
  get sessions(): ReadonlyMap<string, LiveSession> {
    return this.#sessions;
  }

  /** How many sessions there are. */
  get count(): number {
    return this.#sessions.size;
  }

  get isFull(): boolean {
    return this.#reserved.size >= this.maxSessions;
  }

  has(id: string): boolean {
    return this.#reserved.has(id);
  }

  /** Whether this address has all the sessions it may. */
  isAddressFull(addressKey: string): boolean {
    return (this.#perAddress.get(addressKey) ?? 0) >= this.maxPerAddress;
  }

  /** Takes the id. The caller has asked `has`, `isFull` and `isAddressFull` in the same turn. */
  reserve(id: string, addressKey: string): void {
    this.#reserved.set(id, addressKey);
    this.#perAddress.set(addressKey, (this.#perAddress.get(addressKey) ?? 0) + 1);
  }

  /** The id's client has another address now. */
  move(id: string, addressKey: string): void {
    const before = this.#reserved.get(id);
    if (before === undefined || before === addressKey) return;
    this.#leave(before);
    this.reserve(id, addressKey);
  }

  /** Shows the session of a reserved id. */
  add(session: LiveSession): void {
    this.#sessions.set(session.id, session);
  }

  /** Gives the id back. */
  release(id: string): void {
    this.#sessions.delete(id);
    const addressKey = this.#reserved.get(id);
    if (addressKey === undefined) return;
    this.#reserved.delete(id);
    this.#leave(addressKey);
  }

  *stats(): Iterable<Readonly<SessionStats>> {
    for (const session of this.#sessions.values()) yield session.stats;
  }

  #leave(addressKey: string): void {
    const left = (this.#perAddress.get(addressKey) ?? 1) - 1;
    if (left > 0) this.#perAddress.set(addressKey, left);
    else this.#perAddress.delete(addressKey);
  }
}

/** What a server tells the person who runs it. What these throw, or reject with, is logged and goes no further. */
export interface ServerEvents {
  /** A session has opened. */
  onSession?: (session: LiveSession) => void;
  /** A session has ended, its handler's `shutdown` included; its id is free again. */
  onEnd?: (session: LiveSession, reason: EndReason) => void;
}
