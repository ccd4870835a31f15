/** Takes what a server sends, writes it to a file, and knows when it has ended. */
import type { WavFile } from "../../files/wav-file.ts";

/** Why there is nothing more to wait for. */
export type TailEnd = "enough" | "silence" | "closed" | "interrupted";

/** What ends the wait for a tail. */
export interface TailOptions {
  /** Nothing for so long is the end. */
  silenceMs: number;
  /** So many samples are all that can come; undefined where that is not known. */
  enoughSamples: number | undefined;
  /** Resolves when the connection is gone. */
  closed: Promise<unknown>;
  signal: AbortSignal;
}

/** Frames of nothing that are held back: ten seconds of 20 ms. */
const MAX_HELD = 500;

/** Records one session. Audio may come before there is a file: its rate is known only once the session has started. */
export class Recorder {
  #file: WavFile | undefined;
  #waiting: Int16Array[] = [];
  #samples = 0;
  #onAudio: () => void = () => {};
  #failure: Promise<never> | undefined;
  /** Frames of a clock that plays on while nothing comes: written once something does. */
  #held: Int16Array[] = [];

  /** Samples that have come. */
  get samples(): number {
    return this.#samples;
  }

  /**
   * Takes samples; they must not change afterwards.
   * @param isAnswer false for what a clock has made up while nothing came: at the end that is no part of the answer
   */
  take(samples: Int16Array, isAnswer = true): void {
    if (!isAnswer) {
      this.#held.push(samples);
      if (this.#held.length > MAX_HELD) this.#keep(this.#held.shift()!);
      return;
    }
    for (const held of this.#held.splice(0)) this.#keep(held);
    this.#keep(samples);
    this.#onAudio();
  }

  /** Writes what has come, and what will come, to `file`; the caller closes it. */
  writeTo(file: WavFile): void {
    this.#file = file;
    for (const samples of this.#waiting) this.#write(file, samples);
    this.#waiting = [];
  }

  /** Waits, once all has been sent, until the answer has ended. @throws what writing the file threw */
  async tail({ silenceMs, enoughSamples, closed, signal }: TailOptions): Promise<TailEnd> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let onAbort: () => void = () => {};
    const ended = new Promise<TailEnd>((resolve) => {
      this.#onAudio = () => {
        if (enoughSamples !== undefined && this.#samples >= enoughSamples) resolve("enough");
        clearTimeout(timer);
        timer = setTimeout(() => resolve("silence"), silenceMs);
      };
      this.#onAudio();
      onAbort = () => resolve("interrupted");
      signal.addEventListener("abort", onAbort, { once: true });
      if (signal.aborted) onAbort();
      void closed.then(() => resolve("closed"));
    });
    try {
      return await (this.#failure === undefined ? ended : Promise.race([ended, this.#failure]));
    } finally {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      this.#onAudio = () => {};
    }
  }

  #keep(samples: Int16Array): void {
    this.#samples += samples.length;
    if (this.#file === undefined) this.#waiting.push(samples);
    else this.#write(this.#file, samples);
  }

  /** Audio cannot wait for the disk; what the disk refuses is reported by `tail` and by the file's `close`. */
  #write(file: WavFile, samples: Int16Array): void {
    file.write(samples).catch((error: unknown) => {
      this.#failure ??= Promise.reject(error);
      this.#failure.catch(() => {});
    });
  }
}
