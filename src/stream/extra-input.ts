/** Values that a client gives a handler beside audio: the latest, and those who wait for the next. */

const NONE: readonly never[] = Object.freeze([]);

/** The additional inputs of one session. */
export class ExtraInput {
  #values: readonly unknown[] = NONE;
  #waiting: readonly ((values: readonly unknown[]) => void)[] = NONE;

  /** The latest values; none before the first. */
  get values(): readonly unknown[] {
    return this.#values;
  }

  /** Replaces the values and lets those go on who wait. */
  set(values: readonly unknown[]): void {
    this.#values = Object.freeze([...values]);
    this.release();
  }

  /** Resolves with the next values; with the latest where the session ends first. */
  next(): Promise<readonly unknown[]> {
    return new Promise((resolve) => {
      this.#waiting = [...this.#waiting, resolve];
    });
  }

  /** Nothing more will come. */
  release(): void {
    const waiting = this.#waiting;
    this.#waiting = NONE;
    for (const resolve of waiting) resolve(this.#values);
  }
}
