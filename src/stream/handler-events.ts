/** What a handler is told beside audio: by its method, then by the listeners of its session. */
import type { SampleArray } from "../core/types.ts";
import type { EndReason, StreamHandler } from "./handler.ts";
import { enterHandler } from "./handler-calls.ts";
import { type SessionEvents, type SessionGap, SessionListeners } from "./session-events.ts";
import type { Session } from "./session-handle.ts";
import { isThenable } from "./thenable.ts";

/** The session that tells. */
export interface EventHost extends Session {
  /** Nobody is told anything once there is one. */
  readonly endReason: EndReason | undefined;
}

/** One session's events. What a method or a listener throws goes to `onError`, and nowhere else. */
export class HandlerEvents {
  readonly #handler: StreamHandler<SampleArray>;
  readonly #session: EventHost;
  readonly #onError: (method: string, error: unknown) => void;
  readonly #listeners = new SessionListeners();

  constructor(
    handler: StreamHandler<SampleArray>,
    session: EventHost,
    onError: (method: string, error: unknown) => void,
  ) {
    this.#handler = handler;
    this.#session = session;
    this.#onError = onError;
  }

  /** Adds a listener; returns what takes it off. */
  on<K extends keyof SessionEvents>(event: K, listener: SessionEvents[K]): () => void {
    return this.#listeners.on(event, listener);
  }

  /** Takes all listeners off. */
  clear(): void {
    this.#listeners.clear();
  }

  mark(name: string): void {
    this.#guard("onMark", () => this.#handler.onMark?.(name, this.#session));
    this.#tell("mark", name);
  }

  cleared(playedMs: number): void {
    this.#guard("onCleared", () => this.#handler.onCleared?.(playedMs, this.#session));
    this.#tell("cleared", playedMs);
  }

  dtmf(digit: string): void {
    this.#guard("onDtmf", () => this.#handler.onDtmf?.(digit, this.#session));
    this.#tell("dtmf", digit);
  }

  lost(): void {
    this.#guard("onLost", () => this.#handler.onLost?.(this.#session));
    this.#tell("lost", undefined);
  }

  resumed(gap: SessionGap): void {
    this.#guard("onResumed", () => this.#handler.onResumed?.(gap, this.#session));
    this.#tell("resumed", gap);
  }

  input(values: readonly unknown[]): void {
    this.#guard("onInput", () => this.#handler.onInput?.(values, this.#session));
    this.#tell("input", values);
  }

  #tell<K extends keyof SessionEvents>(event: K, value: Parameters<SessionEvents[K]>[0]): void {
    for (const listener of this.#listeners.of(event)) {
      if (this.#session.endReason !== undefined) return;
      this.#guard(`on("${event}", ...)`, () => (listener as (value: unknown) => unknown)(value));
    }
  }

  #guard(method: string, call: () => unknown): void {
    enterHandler(this.#session.id, method);
    try {
      const pending = call();
      // nobody waits for it, but an async method may fail like any other
      if (isThenable(pending))
        Promise.resolve(pending).then(undefined, (error) => this.#onError(method, error));
    } catch (error) {
      this.#onError(method, error);
    }
  }
}
