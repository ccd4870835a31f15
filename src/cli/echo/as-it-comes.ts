/** What is heard without a jitter buffer: audio is played when it comes, with silence where it comes late. */

/** The one frame that any player has before it begins. */
const HEAD_START_MS = 20;

/** One recording; its time counts from when the first frame came. */
export class AsItComes {
  readonly #sampleRate: number;
  readonly #parts: Int16Array[] = [];
  #startMs = Number.NaN;
  #samples = 0;
  /** Silence that was played for want of audio, in ms. */
  silentMs = 0;

  /** @param sampleRate Hz */
  constructor(sampleRate: number) {
    this.#sampleRate = sampleRate;
  }

  /** Takes a frame that has come now. */
  take(samples: Int16Array, nowMs: number): void {
    if (Number.isNaN(this.#startMs)) {
      this.#startMs = nowMs;
      this.#add(new Int16Array(Math.round((HEAD_START_MS * this.#sampleRate) / 1000)));
    }
    const playedMs = (this.#samples * 1000) / this.#sampleRate;
    const lateMs = nowMs - this.#startMs - playedMs;
    if (lateMs > 0) {
      this.silentMs += lateMs;
      this.#add(new Int16Array(Math.round((lateMs * this.#sampleRate) / 1000)));
    }
    this.#add(samples);
  }

  /** All of it. */
  get sound(): Int16Array {
    const whole = new Int16Array(this.#samples);
    let at = 0;
    for (const part of this.#parts) {
      whole.set(part, at);
      at += part.length;
    }
    return whole;
  }

  #add(samples: Int16Array): void {
    this.#parts.push(samples);
    this.#samples += samples.length;
  }
}
