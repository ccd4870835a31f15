/**
 * Sockets that have not got as far as a session: authorisation under way, or no `start` yet. They are bounded, and a new
 * one is never turned away for those that wait: the oldest of the address that has most of them makes room. So one
 * address that opens sockets and says nothing displaces its own.
 */

/** One that waits. */
export interface Waiter {
  /** What limits by address count by. */
  readonly addressKey: string;
  /** Its place is needed: it has been taken out already. @param limit why, in words: which limit is reached */
  makeRoom(limit: string): void;
}

/** Those that wait, oldest first. */
export class WaitingRoom {
  readonly #maxTotal: number;
  readonly #maxPerAddress: number;
  readonly #isExempt: (addressKey: string) => boolean;
  readonly #byAddress = new Map<string, Set<Waiter>>();
  #size = 0;

  /** @param isExempt addresses that `maxPerAddress` does not hold for */
  constructor(
    maxTotal: number,
    maxPerAddress: number,
    isExempt: (addressKey: string) => boolean = () => false,
  ) {
    this.#isExempt = isExempt;
    this.#maxTotal = maxTotal;
    this.#maxPerAddress = maxPerAddress;
  }

  /** How many wait. */
  get size(): number {
    return this.#size;
  }

  /** Takes one in; where there is no room, another goes. */
  enter(waiter: Waiter): void {
    const own = this.#byAddress.get(waiter.addressKey);
    if (own !== undefined && own.size >= this.#maxPerAddress && !this.#isExempt(waiter.addressKey))
      this.#evict(own, `maxWaitingPerAddress is ${this.#maxPerAddress}`);
    else if (this.#size >= this.#maxTotal)
      this.#evict(this.#fullest(), `maxWaitingSockets is ${this.#maxTotal}`);
    // again: the last of an address takes its set along
    const waiters = this.#byAddress.get(waiter.addressKey) ?? new Set();
    this.#byAddress.set(waiter.addressKey, waiters);
    waiters.add(waiter);
    this.#size++;
  }

  /** It waits no more; one that does not wait is no error. */
  leave(waiter: Waiter): void {
    const waiters = this.#byAddress.get(waiter.addressKey);
    if (waiters?.delete(waiter) !== true) return;
    this.#size--;
    if (waiters.size === 0) this.#byAddress.delete(waiter.addressKey);
  }

  /** Everyone's place is needed. */
  clear(): void {
    for (const waiters of [...this.#byAddress.values()])
      for (const _ of [...waiters]) this.#evict(waiters, "the server closes");
  }

  #evict(waiters: Set<Waiter>, limit: string): void {
    const [oldest] = waiters;
    if (oldest === undefined) return;
    this.leave(oldest);
    oldest.makeRoom(limit);
  }

  #fullest(): Set<Waiter> {
    let fullest = new Set<Waiter>();
    for (const waiters of this.#byAddress.values()) if (waiters.size > fullest.size) fullest = waiters;
    return fullest;
  }
}
