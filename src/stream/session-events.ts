/** What a session tells those who listen: for handlers that are functions, and for what a method would not reach. */
import { show } from "../core/check.ts";
import { checkKnownName } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";

/** What a session has missed between two connections, in ms. */
export interface SessionGap {
  /** How long it has waited for its client; 0 where the client was back before its loss had been noticed. */
  readonly gapMs: number;
  /** Audio that the client sent and that never came. */
  readonly lostInputMs: number;
  /** Audio that was sent, or came due, and never reaches the client. */
  readonly lostOutputMs: number;
  /** Audio that was sent, or came due, did not reach the client, and is sent again: it is heard later by so much. */
  readonly replayedMs: number;
}

/** Listeners by event. */
export interface SessionEvents {
  /** A mark of `session.mark` has come back. */
  mark: (name: string) => void;
  /** The client has dropped what it had not played, after it had played `playedMs` in all. */
  cleared: (playedMs: number) => void;
  /** A key of the caller's telephone: `0` to `9`, `*`, `#`, `A` to `D`. */
  dtmf: (digit: string) => void;
  /** Values have been set by `setInput`, by the client or by anybody who knows the id. */
  input: (values: readonly unknown[]) => void;
  /** The connection is lost; the session waits for its client, and ends where that does not come back in time. */
  lost: () => void;
  /** The client is back on another connection. */
  resumed: (gap: SessionGap) => void;
}

const EVENTS: NamesOf<SessionEvents> = { mark: 1, cleared: 1, dtmf: 1, input: 1, lost: 1, resumed: 1 };

interface Entry {
  readonly name: keyof SessionEvents;
  readonly call: (value: never) => unknown;
}

const NONE: readonly Entry[] = Object.freeze([]);

/** The listeners of one session. Listeners may come and go during an event. */
export class SessionListeners {
  #listeners = NONE;

  /** Adds one; returns what takes it off. */
  on<K extends keyof SessionEvents>(name: K, listener: SessionEvents[K]): () => void {
    checkKnownName("event", name, EVENTS);
    if (typeof listener !== "function") {
      throw new ConfigError("ERR_CONFIG", `The listener of ${name} is ${show(listener)}.`, {
        hint: "Pass a function.",
      });
    }
    const entry: Entry = { name, call: listener as (value: never) => unknown };
    this.#listeners = [...this.#listeners, entry];
    return () => {
      this.#listeners = this.#listeners.filter((other) => other !== entry);
    };
  }

  /** The listeners of an event. */
  of<K extends keyof SessionEvents>(name: K): readonly SessionEvents[K][] {
    return this.#listeners.filter((entry) => entry.name === name).map(({ call }) => call as SessionEvents[K]);
  }

  /** Forgets them all. */
  clear(): void {
    this.#listeners = NONE;
  }
}
