/** A handler that writes down what happens to it, and does what a test tells it to. */
import type { EndReason, Session } from "../../src/server.ts";
import { StreamHandler } from "../../src/server.ts";

/** What happened to all handlers of one test, in order. */
export class Journal {
  readonly entries: string[] = [];
  readonly reasons: EndReason[] = [];
  readonly sessions: Session[] = [];
  #waiting: { entry: string; resolve: () => void }[] = [];

  add(entry: string): void {
    this.entries.push(entry);
    for (const { resolve } of this.#waiting.filter((waiter) => waiter.entry === entry)) resolve();
    this.#waiting = this.#waiting.filter((waiter) => waiter.entry !== entry);
  }

  /** Resolves once `entry` has been written. */
  async has(entry: string): Promise<void> {
    if (this.entries.includes(entry)) return;
    await new Promise<void>((resolve) => this.#waiting.push({ entry, resolve }));
  }

  count(entry: string): number {
    return this.entries.filter((known) => known === entry).length;
  }
}

/** What a probe does. */
export interface ProbeActions {
  startUp?: (session: Session) => void | Promise<void>;
  receive?: (session: Session) => void | Promise<void>;
  emit?: (session: Session) => Int16Array | null;
  shutdown?: (reason: EndReason) => void | Promise<void>;
}

export class ProbeHandler extends StreamHandler {
  readonly #journal: Journal;
  readonly #actions: ProbeActions;

  constructor(journal: Journal, actions: ProbeActions = {}) {
    super();
    this.#journal = journal;
    this.#actions = actions;
  }

  copy(): ProbeHandler {
    return new ProbeHandler(this.#journal, this.#actions);
  }

  override startUp(session: Session): void | Promise<void> {
    this.#journal.sessions.push(session);
    this.#journal.add(`startUp ${session.id}`);
    return this.#actions.startUp?.(session);
  }

  receive(_frame: unknown, session: Session): void | Promise<void> {
    this.#journal.add(`receive ${session.id}`);
    return this.#actions.receive?.(session);
  }

  emit(session: Session): Int16Array | null {
    return this.#actions.emit?.(session) ?? null;
  }

  override onMark(name: string): void {
    this.#journal.add(`mark ${name}`);
  }

  override onCleared(playedMs: number): void {
    this.#journal.add(`cleared ${playedMs}`);
  }

  override async shutdown(reason: EndReason): Promise<void> {
    this.#journal.reasons.push(reason);
    await this.#actions.shutdown?.(reason);
    this.#journal.add(`shutdown ${reason.kind}`);
  }
}
