/** What a client says while its connection is lost: kept in order, bounded, the oldest dropped. */

/** Messages beside audio that are kept. */
const MAX_CONTROLS = 64;

interface Held {
  readonly message: string | Uint8Array;
  /** 0 for what is no audio. */
  readonly durationMs: number;
}

/** The queue of one gap. */
export class HeldMessages {
  readonly #maxMs: number;
  #messages: Held[] = [];
  #controls = 0;
  #heldMs = 0;
  #bytes = 0;

  /** @param maxMs audio that is kept */
  constructor(maxMs: number) {
    this.#maxMs = maxMs;
  }

  /** Audio that is kept. */
  get heldMs(): number {
    return this.#heldMs;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Keeps a message; bytes are copied. */
  push(message: string | Uint8Array, durationMs: number): void {
    const kept = typeof message === "string" ? message : message.slice();
    this.#messages.push({ message: kept, durationMs });
    this.#bytes += kept.length;
    this.#heldMs += durationMs;
    if (durationMs === 0) this.#controls++;
    while (this.#heldMs > this.#maxMs) if (!this.#drop((held) => held.durationMs > 0)) break;
    if (this.#controls > MAX_CONTROLS) this.#drop((held) => held.durationMs === 0);
  }

  /** Gives all out, in order, and is empty. */
  release(send: (message: string | Uint8Array) => void): void {
    const messages = this.#messages;
    this.clear();
    for (const { message } of messages) send(message);
  }

  /** Forgets them. */
  clear(): void {
    this.#messages = [];
    this.#controls = 0;
    this.#heldMs = 0;
    this.#bytes = 0;
  }

  #drop(isOne: (held: Held) => boolean): boolean {
    const [dropped] = this.#messages.splice(this.#messages.findIndex(isOne), 1);
    if (dropped === undefined) return false;
    this.#bytes -= dropped.message.length;
    this.#heldMs -= dropped.durationMs;
    if (dropped.durationMs === 0) this.#controls--;
    return true;
  }
}
