/** Repeatable draws: the same seed gives the same numbers on every machine. */

const STEP = 0x9e3779b9;

/** A stream of draws, by a counter and a mixing function (Steele, Lea and Flood, "Fast splittable generators", 2014). */
export class Draw {
  #state: number;

  /** @param seed any number; @param stream tells apart streams that are drawn from one seed */
  constructor(seed: number, stream = 0) {
    this.#state = mix(mix(seed | 0) + Math.imul(stream + 1, STEP));
  }

  /** From 0 up to but not including 1. */
  unit(): number {
    this.#state = (this.#state + STEP) | 0;
    return (mix(this.#state) >>> 0) / 2 ** 32;
  }

  /** Evenly from `least` to `most`. */
  between(least: number, most: number): number {
    return least + (most - least) * this.unit();
  }

  /** Exponentially distributed. */
  exponential(mean: number): number {
    return -mean * Math.log(1 - this.unit());
  }

  /** Normally distributed with variance 1 (Box and Muller); takes two draws. */
  normal(): number {
    const radius = Math.sqrt(-2 * Math.log(1 - this.unit()));
    return radius * Math.cos(2 * Math.PI * this.unit());
  }
}

/** Spreads every bit of a 32-bit number over all of them. */
function mix(value: number): number {
  let z = value | 0;
  z = Math.imul(z ^ (z >>> 16), 0x7feb352d);
  z = Math.imul(z ^ (z >>> 15), 0x846ca68b);
  return z ^ (z >>> 16);
}
