/**
 * One timer for all sessions: slots of one millisecond, armed only while someone waits. Absolute times, so that a late
 * timer catches up and nothing drifts.
 */
import type { Clock } from "../core/clock.ts";

/** Something that waits for its time; waits at most once. The fields belong to the wheel. */
export interface WheelItem {
  dueMs: number;
  isArmed: boolean;
  slot: number;
  next: WheelItem | null;
  /** Called at or after `dueMs`. Must not throw. */
  onDue(nowMs: number): void;
}

const SLOTS = 512;
const MASK = SLOTS - 1;

/** Calls items when their time has come. Adding and firing allocate nothing. */
export class TimerWheel {
  readonly #clock: Clock;
  readonly #slots: (WheelItem | null)[] = new Array<WheelItem | null>(SLOTS).fill(null);
  #waiting = 0;
  /** The last whole millisecond that has been served. */
  #servedMs = 0;
  #timer: unknown;
  #timerDueMs = Number.POSITIVE_INFINITY;
  #isServing = false;
  readonly #run = (): void => this.#serve();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** How many items wait. */
  get waiting(): number {
    return this.#waiting;
  }

  /** Has `item.onDue` called at or after `dueMs`. An item that waits already keeps the earlier of the two times. */
  add(item: WheelItem, dueMs: number): void {
    if (item.isArmed) {
      if (dueMs >= item.dueMs) return;
      this.#take(item);
    }
    item.isArmed = true;
    item.dueMs = dueMs;
    // never under a turn that is being served: it would step on the slot it is in
    if (this.#waiting === 0 && !this.#isServing) this.#servedMs = Math.floor(this.#clock.now());
    this.#put(item);
    const slotMs = Math.min(Math.ceil(dueMs), this.#servedMs + SLOTS - 1);
    if (slotMs < this.#timerDueMs) this.#arm(slotMs);
  }

  /** Lets an item go that need not be called any more; one that does not wait is no error. */
  remove(item: WheelItem): void {
    if (!item.isArmed) return;
    item.isArmed = false;
    this.#take(item);
    if (this.#waiting === 0 && !this.#isServing) this.#disarm();
  }

  #put(item: WheelItem): void {
    const earliest = this.#servedMs + 1;
    const slotMs = Math.min(Math.max(Math.ceil(item.dueMs), earliest), earliest + SLOTS - 2);
    item.slot = slotMs & MASK;
    item.next = this.#slots[item.slot] ?? null;
    this.#slots[item.slot] = item;
    this.#waiting++;
  }

  #take(item: WheelItem): void {
    let before: WheelItem | null = null;
    for (let at = this.#slots[item.slot] ?? null; at !== null && at !== item; at = at.next) before = at;
    if (before === null) this.#slots[item.slot] = item.next;
    else before.next = item.next;
    item.next = null;
    this.#waiting--;
  }

  #arm(dueMs: number): void {
    if (this.#isServing) return;
    this.#disarm();
    this.#timerDueMs = dueMs;
    this.#timer = this.#clock.setTimer(this.#run, Math.max(0, dueMs - this.#clock.now()));
  }

  #disarm(): void {
    if (this.#timer !== undefined) this.#clock.clearTimer(this.#timer);
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
  }

  #serve(): void {
    this.#timer = undefined;
    this.#timerDueMs = Number.POSITIVE_INFINITY;
    this.#isServing = true;
    try {
      this.#serveDue();
    } finally {
      // also where an item threw: the others must not wait for ever
      this.#isServing = false;
      if (this.#waiting > 0) this.#arm(this.#nextMs());
    }
  }

  #serveDue(): void {
    const nowMs = this.#clock.now();
    const untilMs = Math.floor(nowMs);
    while (this.#servedMs < untilMs && this.#waiting > 0) {
      const slot = ++this.#servedMs & MASK;
      // one at a time from the head: what is put meanwhile goes to later slots, what is taken is unlinked properly
      for (let item = this.#slots[slot] ?? null; item !== null; item = this.#slots[slot] ?? null) {
        this.#slots[slot] = item.next;
        item.next = null;
        this.#waiting--;
        if (item.dueMs > nowMs) this.#put(item);
        else {
          item.isArmed = false;
          item.onDue(nowMs);
        }
      }
    }
  }

  #nextMs(): number {
    for (let ahead = 1; ahead < SLOTS; ahead++) {
      if (this.#slots[(this.#servedMs + ahead) & MASK] !== null) return this.#servedMs + ahead;
    }
    return this.#servedMs + SLOTS - 1;
  }
}

const wheels = new WeakMap<Clock, TimerWheel>();

/** The wheel of a clock: one for all its sessions. */
export function wheelOf(clock: Clock): TimerWheel {
  let wheel = wheels.get(clock);
  if (wheel === undefined) {
    wheel = new TimerWheel(clock);
    wheels.set(clock, wheel);
  }
  return wheel;
}
