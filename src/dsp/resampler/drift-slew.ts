/**
 * A change of drift, spread over time. Towards a lower rate the half-band comes last, and looks at samples that lie on both
 * sides of the change: a corner in their spacing would come out as a click 40 dB under a high tone. So the drift goes over
 * by half a cosine in small steps, each at a place in the input, whatever the chunks.
 */

/** Times the square root of the change in ppm: half a cosine of so many steps has no corner that is heard. */
const STEPS = 14;

export class DriftSlew {
  /** Input samples from one step to the next. */
  readonly spacing: number;
  #from = 0;
  #to = 0;
  #steps = 0;
  #made = 0;
  #left = 0;

  /** For `inputs` samples that become `outputs`. */
  constructor(inputs: number, outputs: number) {
    // half a period of the lower rate, as far as whole samples go
    this.spacing = Math.max(1, Math.floor(inputs / outputs / 2));
  }

  /** Steps in all, made ones among them, and how many those are. */
  get steps(): number {
    return this.#steps;
  }

  get made(): number {
    return this.#made;
  }

  /** Input samples until the next step. */
  get left(): number {
    return this.#left;
  }

  get isActive(): boolean {
    return this.#made < this.#steps;
  }

  /** Goes over to `ppm` from where it is; returns the first step's drift, to be set at once. */
  begin(ppm: number): number {
    this.#from = this.after(this.#made);
    this.#to = ppm;
    this.#steps = Math.max(1, Math.ceil(STEPS * Math.sqrt(Math.abs(ppm - this.#from))));
    this.#made = 1;
    this.#left = this.spacing;
    return this.after(1);
  }

  /** `ppm` at once. */
  set(ppm: number): void {
    this.#to = ppm;
    this.#steps = 0;
    this.#made = 0;
  }

  /** The drift after so many steps. */
  after(steps: number): number {
    if (steps >= this.#steps) return this.#to;
    const share = 0.5 - 0.5 * Math.cos((Math.PI * steps) / this.#steps);
    return this.#from + (this.#to - this.#from) * share;
  }

  /** Goes on to where all channels are. */
  moveTo(made: number, left: number): void {
    this.#made = made;
    this.#left = left;
  }
}
