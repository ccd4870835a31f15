/** A typed event emitter that works everywhere: 30 lines, so that browsers need no `node:events`. */

import { show } from "../core/check.ts";
import { ConfigError } from "../core/errors.ts";

/** Takes an event's value. */
export type Listener<T> = (value: T) => void;

/** Emits events by name; `E` maps names to values. */
export class Emitter<E extends object> {
  readonly #checkName: ((name: keyof E) => void) | undefined;
  readonly #listeners = new Map<keyof E, readonly Listener<never>[]>();

  /** @param checkName throws for events that there are not */
  constructor(checkName?: (name: keyof E) => void) {
    this.#checkName = checkName;
  }

  /** Calls `listener` on each event; returns a function that takes it off again. */
  on<K extends keyof E>(name: K, listener: Listener<E[K]>): () => void {
    this.#checkName?.(name);
    expectListener(name, listener);
    // Lists are replaced, never changed, so that listeners may come and go during an event.
    this.#listeners.set(name, [...(this.#listeners.get(name) ?? []), listener]);
    return () => this.off(name, listener);
  }

  /** As `on`, for the next event only. */
  once<K extends keyof E>(name: K, listener: Listener<E[K]>): () => void {
    expectListener(name, listener);
    const off = this.on(name, (value) => {
      off();
      listener(value);
    });
    return off;
  }

  /** Takes a listener off; one that is not there is no error. */
  off<K extends keyof E>(name: K, listener: Listener<E[K]>): void {
    const list = this.#listeners.get(name) ?? [];
    const index = list.lastIndexOf(listener);
    if (index >= 0) this.#listeners.set(name, [...list.slice(0, index), ...list.slice(index + 1)]);
  }

  /** How many listen. */
  count(name: keyof E): number {
    return this.#listeners.get(name)?.length ?? 0;
  }

  /** Calls the listeners in their order. One that throws stops neither the others nor the caller: its error surfaces
   * as an uncaught one, as it does with the platform's own events. */
  emit<K extends keyof E>(name: K, value: E[K]): void {
    const list = this.#listeners.get(name);
    if (list === undefined) return;
    for (const listener of list as readonly Listener<E[K]>[]) {
      try {
        listener(value);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }

  /** Takes all listeners off. */
  clear(): void {
    this.#listeners.clear();
  }
}

/** One that is none would throw at the next event, far from the mistake. */
function expectListener(name: PropertyKey, listener: unknown): void {
  if (typeof listener === "function") return;
  throw new ConfigError("ERR_CONFIG", `The listener of ${String(name)} is ${show(listener)}.`, {
    hint: "Pass a function.",
  });
}
