/** The live sessions of one server by id. An id is taken from the start of a session until the end is wholly done. */
import type { EndReason } from "../stream/handler.ts";
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
  readonly stats: Readonly<SessionStats>;
  /** Gives the handler values beside audio, as `session.setInput` does. */
  setInput(...values: unknown[]): void;
  /** Ends the session after what is queued has been sent. */
  close(reason?: string): void;
}

/** Sessions by id, and how many there may be. */
export class SessionRegistry {
  readonly #sessions = new Map<string, LiveSession>();
  readonly #reserved = new Set<string>();
  readonly maxSessions: number;

  constructor(maxSessions: number) {
    this.maxSessions = maxSessions;
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

  /** Takes the id. The caller has asked `has` and `isFull` in the same turn. */
  reserve(id: string): void {
    this.#reserved.add(id);
  }

  /** Shows the session of a reserved id. */
  add(session: LiveSession): void {
    this.#sessions.set(session.id, session);
  }

  /** Gives the id back. */
  release(id: string): void {
    this.#reserved.delete(id);
    this.#sessions.delete(id);
  }

  *stats(): Iterable<Readonly<SessionStats>> {
    for (const session of this.#sessions.values()) yield session.stats;
  }
}

/** What a server tells the person who runs it. What these throw is logged and goes no further. */
export interface ServerEvents {
  /** A session has opened. */
  onSession?: (session: LiveSession) => void;
  /** A session has ended, its handler's `shutdown` included; its id is free again. */
  onEnd?: (session: LiveSession, reason: EndReason) => void;
}
