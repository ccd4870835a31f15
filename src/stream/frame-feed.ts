/** Hands frames from `receive` to whoever iterates: one at a time, each valid until the next is asked for. */
import type { AudioFrame, SampleArray } from "../core/types.ts";

/** An async iterator that a producer feeds. A frame offered is held back until it is asked for. */
export class FrameFeed implements AsyncIterableIterator<AudioFrame<SampleArray>> {
  #frame: AudioFrame<SampleArray> | undefined;
  /** Settles the `receive` of the frame that is offered or in the consumer's hands. */
  #release: (() => void) | undefined;
  #isTaken = false;
  #waiting: ((result: IteratorResult<AudioFrame<SampleArray>, undefined>) => void) | undefined;
  #asked: Promise<IteratorResult<AudioFrame<SampleArray>, undefined>> | undefined;
  #isEnded = false;

  /** Offers a frame; resolves when the consumer has done with it, that is, asks for the next. */
  offer(frame: AudioFrame<SampleArray>): Promise<void> {
    if (this.#isEnded) return Promise.resolve();
    this.#frame = frame;
    this.#isTaken = false;
    const done = new Promise<void>((resolve) => {
      this.#release = resolve;
    });
    const waiting = this.#waiting;
    if (waiting !== undefined) {
      this.#waiting = undefined;
      this.#asked = undefined;
      this.#isTaken = true;
      waiting({ done: false, value: frame });
    }
    return done;
  }

  /** The next frame; who asks again before it has come waits for the same one, so that none is lost to a race. */
  next(): Promise<IteratorResult<AudioFrame<SampleArray>, undefined>> {
    if (this.#isTaken) this.#settle();
    if (this.#frame !== undefined && !this.#isEnded) {
      this.#isTaken = true;
      return Promise.resolve({ done: false, value: this.#frame });
    }
    if (this.#isEnded) return Promise.resolve({ done: true, value: undefined });
    this.#asked ??= new Promise((resolve) => {
      this.#waiting = resolve;
    });
    return this.#asked;
  }

  /** Ends the iteration: a consumer that waits is told. */
  end(): void {
    this.#isEnded = true;
    this.#settle();
    this.#waiting?.({ done: true, value: undefined });
    this.#waiting = undefined;
    this.#asked = undefined;
  }

  /** The consumer left its loop: the frame it had is let go; the next waits until somebody iterates again. */
  return(): Promise<IteratorResult<AudioFrame<SampleArray>, undefined>> {
    if (this.#isTaken) this.#settle();
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }

  #settle(): void {
    this.#frame = undefined;
    this.#isTaken = false;
    this.#release?.();
    this.#release = undefined;
  }
}
