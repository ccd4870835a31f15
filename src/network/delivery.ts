/** Messages on their way: each is handed over at its time, by one timer for all. */
import type { Clock } from "../core/clock.ts";

interface Message {
  readonly dueMs: number;
  readonly order: number;
  readonly deliver: () => void;
}

/** A queue by time; messages of the same time in the order they were put in. */
export class Delivery {
  readonly #clock: Clock;
  /** A binary heap, the next one first. */
  readonly #heap: Message[] = [];
  #order = 0;
  #timer: unknown;
  #timerMs = Number.POSITIVE_INFINITY;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Messages on their way. */
  get length(): number {
    return this.#heap.length;
  }

  /** Calls `deliver` at `dueMs` of the clock; at once, in a later turn, where that has passed. */
  put(dueMs: number, deliver: () => void): void {
    const heap = this.#heap;
    let at = heap.length;
    const message = { dueMs, order: this.#order++, deliver };
    heap.push(message);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!isBefore(message, heap[parent]!)) break;
      heap[at] = heap[parent]!;
      at = parent;
    }
    heap[at] = message;
    this.#schedule();
  }

  /** Forgets everything. */
  clear(): void {
    this.#heap.length = 0;
    this.#schedule();
  }

  #schedule(): void {
    const dueMs = this.#heap[0]?.dueMs ?? Number.POSITIVE_INFINITY;
    if (dueMs === this.#timerMs) return;
    if (this.#timerMs !== Number.POSITIVE_INFINITY) this.#clock.clearTimer(this.#timer);
    this.#timerMs = dueMs;
    if (dueMs !== Number.POSITIVE_INFINITY) {
      this.#timer = this.#clock.setTimer(() => this.#run(), Math.max(0, dueMs - this.#clock.now()));
    }
  }

  #run(): void {
    this.#timerMs = Number.POSITIVE_INFINITY;
    const nowMs = this.#clock.now();
    // what is put in meanwhile waits for a turn of its own
    const end = this.#order;
    for (let next = this.#heap[0]; next !== undefined; next = this.#heap[0]) {
      if (next.dueMs > nowMs || next.order >= end) break;
      this.#takeFirst();
      next.deliver();
    }
    this.#schedule();
  }

  #takeFirst(): void {
    const heap = this.#heap;
    const last = heap.pop()!;
    if (heap.length === 0) return;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++;
      if (!isBefore(heap[child]!, last)) break;
      heap[at] = heap[child]!;
      at = child;
    }
    heap[at] = last;
  }
}

function isBefore(a: Message, b: Message): boolean {
  return a.dueMs < b.dueMs || (a.dueMs === b.dueMs && a.order < b.order);
}
