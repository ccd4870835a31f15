/** Those who wait for something that happens again and again. */

/** Promises that are resolved together. */
export class Waiters {
  /** Undefined while nobody waits: most sessions' never do. */
  #resolvers: (() => void)[] | undefined;

  /** Resolves with the next `release`. */
  wait(): Promise<void> {
    this.#resolvers ??= [];
    const resolvers = this.#resolvers;
    return new Promise((resolve) => resolvers.push(resolve));
  }

  /** It has happened. Free where nobody waits. */
  release(): void {
    const resolvers = this.#resolvers;
    if (resolvers === undefined) return;
    this.#resolvers = undefined;
    for (const resolve of resolvers) resolve();
  }
}
