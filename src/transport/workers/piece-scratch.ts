/** Engine memory that pieces of audio are taken into: one for each thread, valid until the next piece. */
import { FirstViews } from "../../core/first-views.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { PieceBuffer } from "./audio-ring.ts";

/** Room for what nearly all pieces have; longer ones get memory outside the engine's. */
const USUAL_SAMPLES = 4096;
/** Views kept by length. Streams nearly always have a few lengths. */
const VIEWS_KEPT = 256;

/** Takes pieces of any length. Steady streams make it allocate nothing. */
export class PieceScratch implements PieceBuffer {
  readonly #dsp: Dsp;
  readonly #engineSamples: Int16Array;
  #samples: Int16Array;
  #words: Int32Array;
  #views: FirstViews<Int16Array>;

  /** @throws WasmError `ERR_ARENA_FULL` */
  constructor(dsp: Dsp) {
    this.#dsp = dsp;
    this.#engineSamples = this.#samples = dsp.allocInt16(USUAL_SAMPLES);
    this.#words = wordsOver(this.#samples);
    this.#views = new FirstViews(this.#samples, VIEWS_KEPT);
  }

  words(samples: number): Int32Array {
    if (samples > this.#samples.length) {
      this.#samples = new Int16Array(2 ** Math.ceil(Math.log2(samples)));
      this.#words = wordsOver(this.#samples);
      this.#views = new FirstViews(this.#samples, VIEWS_KEPT);
    }
    return this.#words;
  }

  /** The first `n` samples. */
  first(n: number): Int16Array {
    return this.#views.first(n);
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    this.#dsp.free(this.#engineSamples);
  }
}

function wordsOver(samples: Int16Array): Int32Array {
  return new Int32Array(samples.buffer, samples.byteOffset, samples.length >> 1);
}
