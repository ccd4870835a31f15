/**
 * Silence that a sender did not send: its time stamps went on while its count did not (RFC 3550, section 5.1). Packets
 * after it are that much later, and nothing in between is lost.
 */

/** Time stamps that jump further than this tell nothing: idle time is noticed by the clock. */
const MOST_MS = 3000;

/** From indices by count to indices by time. */
export class LeftOut {
  readonly #frameSamples: number;
  readonly #mostFrames: number;
  /** The newest packet, by count. */
  #index = -1;
  #timestamp = 0;
  #shift = 0;
  #shiftBefore = 0;
  #from = Number.POSITIVE_INFINITY;
  /** The latest silence: its first index by time, and the first one after it. */
  start = -1;
  end = -1;

  constructor(frameMs: number, frameSamples: number) {
    this.#frameSamples = frameSamples;
    this.#mostFrames = Math.floor(MOST_MS / frameMs);
  }

  /** The index by time of a packet whose index by count is `index`. */
  place(index: number, timestamp: number): number {
    if (index > this.#index) {
      if (this.#index >= 0) this.#measure(index, timestamp);
      this.#index = index;
      this.#timestamp = timestamp;
    }
    return index + (index >= this.#from ? this.#shift : this.#shiftBefore);
  }

  /** The sender counts anew: its time stamps begin anywhere. */
  restart(): void {
    this.#index = -1;
  }

  /** Whether a frame of this index was left out. */
  has(index: number): boolean {
    return index >= this.start && index < this.end;
  }

  #measure(index: number, timestamp: number): void {
    const passed = (timestamp - this.#timestamp) | 0;
    const frames = Math.round(passed / this.#frameSamples) - (index - this.#index);
    if (frames < 1 || frames > this.#mostFrames) return;
    this.#shiftBefore = this.#shift;
    this.#shift += frames;
    this.#from = index;
    this.end = index + this.#shift;
    this.start = this.end - frames;
  }
}
