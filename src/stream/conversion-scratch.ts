/**
 * Engine memory for conversions that begin and end within one call: shared by all sessions of an engine, because a set of
 * its own for each would cost more than all else that a session needs.
 *
 * There is one for the way in and one for the way out: a handler that is called from the middle of the way in may send.
 * Nothing on either way calls into another session's same way, so one set each is enough.
 */
import { FirstViews } from "../core/first-views.ts";
import type { SampleArray } from "../core/types.ts";
import type { Dsp } from "../dsp/dsp.ts";

/** Samples converted at a time; longer audio is walked in pieces. */
export const BLOCK_SAMPLES = 2048;
/** Views kept by length. Streams nearly always have a few lengths. */
const VIEWS_KEPT = 256;

/** An array in engine memory and views of its beginning, made once for each length that recurs. */
class Scratch<T extends Float32Array | Int16Array> {
  readonly #alloc: (n: number) => T;
  #whole: T;
  #views: FirstViews<T>;

  constructor(alloc: (n: number) => T) {
    this.#alloc = alloc;
    this.#whole = alloc(BLOCK_SAMPLES);
    this.#views = new FirstViews(this.#whole, VIEWS_KEPT);
  }

  /** The whole array. */
  get all(): T {
    return this.#whole;
  }

  /** The first `n` samples. */
  first(n: number): T {
    return this.#views.first(n);
  }

  /** Makes room for `n` samples. What was there before is kept as it is: someone may be in the middle of it. */
  reserve(n: number): void {
    if (n <= this.#whole.length) return;
    this.#whole = this.#alloc(2 ** Math.ceil(Math.log2(n)));
    this.#views = new FirstViews(this.#whole, VIEWS_KEPT);
  }
}

/** What one way needs: the block as float32, resampled, and as int16 again. */
export class ConversionScratch {
  readonly float: Scratch<Float32Array>;
  readonly resampled: Scratch<Float32Array>;
  readonly int16: Scratch<Int16Array>;

  /** Throws `ERR_ARENA_FULL` with nothing taken. */
  constructor(dsp: Dsp) {
    const taken: SampleArray[] = [];
    const keep = <T extends SampleArray>(array: T): T => {
      taken.push(array);
      return array;
    };
    try {
      this.float = new Scratch((n) => keep(dsp.allocFloat32(n)));
      this.resampled = new Scratch((n) => keep(dsp.allocFloat32(n)));
      this.int16 = new Scratch((n) => keep(dsp.allocInt16(n)));
    } catch (error) {
      for (const array of taken) dsp.free(array);
      throw error;
    }
  }
}

const inputs = new WeakMap<Dsp, ConversionScratch>();
const outputs = new WeakMap<Dsp, ConversionScratch>();

/** The two sets of an engine. May throw `ERR_ARENA_FULL` the first time. */
export function conversionScratch(dsp: Dsp): { input: ConversionScratch; output: ConversionScratch } {
  return { input: scratchIn(inputs, dsp), output: scratchIn(outputs, dsp) };
}

function scratchIn(made: WeakMap<Dsp, ConversionScratch>, dsp: Dsp): ConversionScratch {
  let scratch = made.get(dsp);
  if (scratch === undefined) {
    scratch = new ConversionScratch(dsp);
    made.set(dsp, scratch);
  }
  return scratch;
}
