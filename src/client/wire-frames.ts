/** A source cut into frames for the wire: taken one at a time, read ahead by no more than a block. */
import type { SampleArray } from "../core/types.ts";
import type { BlockIterator } from "./audio-source.ts";
import type { SampleBlock, WireConverter } from "./wire-converter.ts";

/** Sample frames that are converted at a time, so that a source in one piece does not stop everything else. */
const PIECE_SAMPLES = 8192;

/** Frames of one stream. `take` never waits; `fill` does. */
export class WireFrames {
  readonly #blocks: BlockIterator;
  readonly #converter: WireConverter;
  readonly #frame: Int16Array;
  #filled = 0;
  #block: SampleBlock | undefined;
  #blockAt = 0;
  #wire: Int16Array = new Int16Array(0);
  #wireAt = 0;
  #isFlushed = false;
  #isEnded = false;
  #samplesTaken = 0;

  /** @param frameSamples samples in a frame at the converter's rate */
  constructor(blocks: BlockIterator, converter: WireConverter, frameSamples: number) {
    this.#blocks = blocks;
    this.#converter = converter;
    this.#frame = new Int16Array(frameSamples);
  }

  /** Samples of the source, at the wire's rate, in the frames taken so far; silence that fills up the last is not. */
  get samplesTaken(): number {
    return this.#samplesTaken;
  }

  /** Whether the source has ended and every frame has been taken. */
  get isDone(): boolean {
    return this.#isFlushed && this.#filled === 0 && this.#wireAt === this.#wire.length;
  }

  /** The next frame, a view valid until the next call; undefined where the source has to be asked, or is done. */
  take(): Int16Array | undefined {
    const frame = this.#frame;
    for (;;) {
      const n = Math.min(frame.length - this.#filled, this.#wire.length - this.#wireAt);
      for (let i = 0; i < n; i++) frame[this.#filled + i] = this.#wire[this.#wireAt + i]!;
      this.#filled += n;
      this.#wireAt += n;
      if (this.#filled === frame.length) return this.#finish(frame.length);
      if (!this.#convertMore()) break;
    }
    if (!this.#isFlushed || this.#filled === 0) return undefined;
    frame.fill(0, this.#filled);
    return this.#finish(this.#filled);
  }

  /** Asks the source for its next block. @throws what the source throws */
  async fill(): Promise<void> {
    const next = await this.#blocks.next();
    if (next.done === true) this.#isEnded = true;
    else {
      this.#block = next.value;
      this.#blockAt = 0;
    }
  }

  /** Tells the source that no more is wanted. */
  async stop(): Promise<void> {
    await this.#blocks.return?.();
  }

  #finish(samples: number): Int16Array {
    this.#filled = 0;
    this.#samplesTaken += samples;
    return this.#frame;
  }

  /** Converts the next piece of what is there; false where nothing is. */
  #convertMore(): boolean {
    const block = this.#block;
    if (block !== undefined) {
      const channels = block.channels ?? 1;
      const end = Math.min(block.samples.length, this.#blockAt + PIECE_SAMPLES * channels);
      const piece = pieceOf(block.samples, this.#blockAt, end);
      this.#wire = this.#converter.convert(piece, block.sampleRate, channels);
      this.#wireAt = 0;
      this.#blockAt = end;
      if (end === block.samples.length) this.#block = undefined;
      return true;
    }
    if (!this.#isEnded || this.#isFlushed) return false;
    this.#wire = this.#converter.flush();
    this.#wireAt = 0;
    this.#isFlushed = true;
    return true;
  }
}

function pieceOf(samples: SampleArray, from: number, to: number): SampleArray {
  return from === 0 && to === samples.length ? samples : samples.subarray(from, to);
}
