/** Those who wait for something that happens again and again. */

/** Promises that are resolved together. */
export class Waiters {
  #resolvers: (() => void)[] = [];

  /** Resolves with the next `release`. */
  wait(): Promise<void> {
    return new Promise((resolve) => this.#resolvers.push(resolve));
  }

  /** It has happened. Free where nobody waits. */
  release(): void {
    if (this.#resolvers.length === 0) return;
    const resolvers = this.#resolvers;
    this.#resolvers = [];
    for (const resolve of resolvers) resolve();
  }
}
