/** What a telephone network has to play to a caller: audio and the marks between, in order. */

/** A mark that has come up. */
export interface ReachedMark {
  readonly name: string;
  /** What was sent before it has been heard, or was dropped by a `clear`. */
  readonly cause: "played" | "cleared";
}

type Item = { readonly samples: Int16Array } | { readonly name: string };

/** The queue of one call. Every mark comes up exactly once, in order. */
export class TwilioPlayout {
  #items: Item[] = [];
  /** How much of the first item, where it is audio, has been played. */
  #played = 0;
  #queuedSamples = 0;

  /** Samples that wait. */
  get queuedSamples(): number {
    return this.#queuedSamples;
  }

  /** Queues audio. */
  push(samples: Int16Array): void {
    if (samples.length === 0) return;
    this.#items.push({ samples });
    this.#queuedSamples += samples.length;
  }

  /** Queues a mark; returns it at once where nothing is before it. */
  mark(name: string): readonly ReachedMark[] {
    this.#items.push({ name });
    return this.#reached("played");
  }

  /** Plays into `out`, from its beginning; what is missing is left as it is. Returns the marks that came up. */
  play(out: Int16Array): { readonly samples: number; readonly marks: readonly ReachedMark[] } {
    let at = 0;
    const marks: ReachedMark[] = [];
    while (at < out.length) {
      const first = this.#items[0];
      if (first === undefined || !("samples" in first)) break;
      const n = Math.min(out.length - at, first.samples.length - this.#played);
      out.set(first.samples.subarray(this.#played, this.#played + n), at);
      at += n;
      this.#played += n;
      this.#queuedSamples -= n;
      if (this.#played < first.samples.length) break;
      this.#items.shift();
      this.#played = 0;
      marks.push(...this.#reached("played"));
    }
    return { samples: at, marks };
  }

  /** Drops the audio; returns every mark that waited. */
  clear(): readonly ReachedMark[] {
    this.#items = this.#items.filter((item) => "name" in item);
    this.#played = 0;
    this.#queuedSamples = 0;
    return this.#reached("cleared");
  }

  /** The marks at the head of the queue. */
  #reached(cause: ReachedMark["cause"]): ReachedMark[] {
    const marks: ReachedMark[] = [];
    for (let first = this.#items[0]; first !== undefined && "name" in first; first = this.#items[0]) {
      marks.push({ name: first.name, cause });
      this.#items.shift();
    }
    return marks;
  }
}
