/**
 * How the two continuations of a hole are to be bent in time so that they agree: with each other all through the hole, and
 * each with what is known on the far side. A pitch that glides pulls both off their phase; looked at together they say by
 * how much, where each end alone often finds a neighbouring period.
 *
 * All of it is done on means of the signals at 4,000 a second: only what is voiced has a phase to keep, and that lies low.
 */

/** Bends, in samples of the signals' rate: how late each continuation runs at its end. */
export interface Bends {
  ahead: number;
  behind: number;
}

/** What lies around a hole, each beginning at the hole and leading away from it or into it. */
export interface HoleSides {
  /** Continues the past into the hole and beyond it. */
  readonly ahead: Float32Array;
  /** Continues the future backwards into the hole and beyond it. */
  readonly behind: Float32Array;
  /** Newest last. */
  readonly history: Float32Array;
  /** Oldest first. */
  readonly future: Float32Array;
}

const COARSE_RATE = 4000;
/** In coarse samples: the furthest bend, the distance of those that are tried, the length that is compared beyond the hole. */
const FURTHEST = 16;
const STEP = 2;
const MATCH = 35;
const TRIED = (2 * FURTHEST) / STEP + 1;
const UNBENT = (TRIED - 1) / 2;
/** Weight of what lies beyond the hole, beside the hole itself. */
const BEYOND_WEIGHT = 0.5;
/** What the furthest bend costs. */
const BEND_COST = 0.4;
/** Below this sum nothing agrees, and nothing is bent. */
const LEAST = 0.3;

/** The furthest that `PhaseAlignment` bends and compares, in ms of signal beyond the hole. */
export const ALIGNMENT_REACH_MS = ((FURTHEST + MATCH + 2) * 1000) / COARSE_RATE;

/** Finds bends for holes of one length. Allocates nothing after it has been made. */
export class PhaseAlignment {
  readonly #step: number;
  readonly #frame: number;
  readonly #ahead: Float32Array;
  readonly #behind: Float32Array;
  readonly #known: Float32Array;
  readonly #bentAhead: Float32Array;
  readonly #bentBehind: Float32Array;
  readonly #fits = { ahead: new Float32Array(TRIED), behind: new Float32Array(TRIED) };
  readonly #energies = { ahead: new Float32Array(TRIED), behind: new Float32Array(TRIED) };

  /** @param frameSamples length of the hole at `sampleRate`, a multiple of 4,000 Hz */
  constructor(sampleRate: number, frameSamples: number) {
    this.#step = sampleRate / COARSE_RATE;
    this.#frame = Math.floor(frameSamples / this.#step);
    const reach = this.#frame + FURTHEST + MATCH + 2;
    this.#ahead = new Float32Array(reach);
    this.#behind = new Float32Array(reach);
    this.#known = new Float32Array(MATCH);
    this.#bentAhead = new Float32Array(TRIED * this.#frame);
    this.#bentBehind = new Float32Array(TRIED * this.#frame);
  }

  /** Writes the bends to `bends`; 0 where nothing agrees. */
  find({ ahead, behind, history, future }: HoleSides, bends: Bends): void {
    const { ahead: fitsAhead, behind: fitsBehind } = this.#fits;
    const { ahead: energyAhead, behind: energyBehind } = this.#energies;
    this.#means(ahead, this.#ahead);
    this.#means(behind, this.#behind);
    this.#means(future, this.#known);
    this.#bend(this.#ahead, this.#bentAhead, energyAhead, fitsAhead);
    this.#meansBackwards(history, this.#known);
    this.#bend(this.#behind, this.#bentBehind, energyBehind, fitsBehind);
    let best = LEAST;
    bends.ahead = 0;
    bends.behind = 0;
    for (let i = 0; i < TRIED; i++) {
      for (let j = 0; j < TRIED; j++) {
        const agreement = this.#product(i, j) / Math.sqrt(energyAhead[i]! * energyBehind[j]! + 1);
        const cost = (BEND_COST * (Math.abs(i - UNBENT) + Math.abs(j - UNBENT))) / UNBENT;
        const fit = agreement + BEYOND_WEIGHT * (fitsAhead[i]! + fitsBehind[j]!) - cost;
        if (fit <= best) continue;
        best = fit;
        bends.ahead = (i - UNBENT) * STEP * this.#step;
        bends.behind = (j - UNBENT) * STEP * this.#step;
      }
    }
  }

  /** Every bend of `signal`: the hole's part into `bent`, with its energy, and how well what lies beyond fits what is known. */
  #bend(signal: Float32Array, bent: Float32Array, energies: Float32Array, fits: Float32Array): void {
    const n = this.#frame;
    const known = this.#known;
    let knownEnergy = 0;
    for (let i = 0; i < MATCH; i++) knownEnergy += known[i]! * known[i]!;
    for (let tried = 0; tried < TRIED; tried++) {
      const shift = (tried - UNBENT) * STEP;
      let energy = 0;
      for (let i = 0; i < n; i++) {
        const u = (i + 0.5) / n;
        const t = i + shift * u * u;
        const whole = Math.max(0, Math.floor(t));
        const part = Math.max(0, t - whole);
        const x = signal[whole]! * (1 - part) + signal[whole + 1]! * part;
        bent[tried * n + i] = x;
        energy += x * x;
      }
      energies[tried] = energy;
      let product = 0;
      let beyond = 0;
      for (let i = 0; i < MATCH; i++) {
        const x = signal[n + shift + i]!;
        product += x * known[i]!;
        beyond += x * x;
      }
      fits[tried] = product / Math.sqrt(beyond * knownEnergy + 1);
    }
  }

  /** One bend of `ahead` against one of `behind`, which runs the other way. */
  #product(i: number, j: number): number {
    const n = this.#frame;
    const ahead = this.#bentAhead;
    const behind = this.#bentBehind;
    let sum = 0;
    for (let a = i * n, b = j * n + n - 1, end = a + n; a < end; a++, b--) sum += ahead[a]! * behind[b]!;
    return sum;
  }

  #means(from: Float32Array, to: Float32Array): void {
    const step = this.#step;
    for (let i = 0, at = 0; i < to.length; i++) {
      let sum = 0;
      for (let k = 0; k < step; k++) sum += from[at++]!;
      to[i] = sum / step;
    }
  }

  #meansBackwards(from: Float32Array, to: Float32Array): void {
    const step = this.#step;
    for (let i = 0, at = from.length - 1; i < to.length; i++) {
      let sum = 0;
      for (let k = 0; k < step; k++) sum += from[at--]!;
      to[i] = sum / step;
    }
  }
}
