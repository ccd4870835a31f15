/** A complex discrete Fourier transform in float64, of any length; fast where the length has small prime factors. */
export class FourierTransform {
  readonly n: number;
  /** The numbers, in and out. */
  re: Float64Array;
  im: Float64Array;
  #otherRe: Float64Array;
  #otherIm: Float64Array;
  readonly #cosines: Float64Array;
  readonly #sines: Float64Array;
  readonly #factors: readonly number[];

  constructor(n: number) {
    this.n = n;
    this.re = new Float64Array(n);
    this.im = new Float64Array(n);
    this.#otherRe = new Float64Array(n);
    this.#otherIm = new Float64Array(n);
    this.#cosines = Float64Array.from({ length: n }, (_, i) => Math.cos((2 * Math.PI * i) / n));
    this.#sines = Float64Array.from({ length: n }, (_, i) => -Math.sin((2 * Math.PI * i) / n));
    this.#factors = factorsOf(n);
  }

  /** Transforms in Stockham's order: stage by stage from one pair of arrays to the other, no permutation. */
  run(): void {
    let row = 1;
    for (const radix of this.#factors) {
      this.#stage(radix, row);
      row *= radix;
      [this.re, this.#otherRe] = [this.#otherRe, this.re];
      [this.im, this.#otherIm] = [this.#otherIm, this.im];
    }
  }

  #stage(radix: number, row: number): void {
    const { n, re, im } = this;
    const cosines = this.#cosines;
    const sines = this.#sines;
    const rows = n / (radix * row);
    const distance = n / radix;
    for (let p = 0; p < rows; p++) {
      for (let output = 0; output < radix; output++) {
        // the factor of input j is exp(-2 pi i output (j / radix + p / (radix rows)))
        const step = (output * distance) % n;
        const start = (output * p * row) % n;
        for (let q = 0; q < row; q++) {
          let sumRe = 0;
          let sumIm = 0;
          for (let j = 0, angle = start; j < radix; j++) {
            const at = j * distance + p * row + q;
            const c = cosines[angle]!;
            const s = sines[angle]!;
            sumRe += re[at]! * c - im[at]! * s;
            sumIm += re[at]! * s + im[at]! * c;
            angle += step;
            if (angle >= n) angle -= n;
          }
          const to = (radix * p + output) * row + q;
          this.#otherRe[to] = sumRe;
          this.#otherIm[to] = sumIm;
        }
      }
    }
  }
}

function factorsOf(n: number): number[] {
  const factors: number[] = [];
  let rest = n;
  for (let factor = 4; rest > 1; factor = factor === 4 ? 2 : factor === 2 ? 3 : factor + 2) {
    for (; rest % factor === 0; rest /= factor) factors.push(factor);
  }
  return factors;
}
