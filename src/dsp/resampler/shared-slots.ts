/** Things in an engine's memory that resamplers share: made for the first who asks, given back with the last. */
import type { Engine } from "../engine.ts";

/** Something with a slot of its own. */
export interface Shareable {
  /** Byte address of its slot. */
  readonly address: number;
}

interface Shared<T> {
  readonly value: T;
  users: number;
}

export class SharedSlots<T extends Shareable> {
  readonly #engines = new WeakMap<Engine, Map<string, Shared<T>>>();

  /** What is known as `key`, or what `create` makes; to be given back by `release`. Throws what `create` throws. */
  acquire(engine: Engine, key: string, create: () => T): T {
    let known = this.#engines.get(engine);
    if (known === undefined) {
      known = new Map();
      this.#engines.set(engine, known);
    }
    let shared = known.get(key);
    if (shared === undefined) {
      shared = { value: create(), users: 0 };
      known.set(key, shared);
    }
    shared.users++;
    return shared.value;
  }

  release(engine: Engine, key: string): void {
    const known = this.#engines.get(engine);
    const shared = known?.get(key);
    if (known === undefined || shared === undefined) return;
    shared.users--;
    if (shared.users > 0) return;
    known.delete(key);
    engine.arena.free(shared.value.address);
  }
}
