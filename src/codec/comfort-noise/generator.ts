/** Comfort noise at the receiver's end (RFC 3389, section 5): white noise through the all-pole lattice of a payload. */
import { createNoiseShape, MOST_COEFFICIENTS, type NoiseShape, readNoisePayload } from "./payload.ts";

const SEED = 0x2545f491;
/** A new level or shape is come to within about this many samples: no step is heard. */
const SETTLING_SAMPLES = 160;

/** One stream's noise. Allocates nothing after construction, throws nothing. */
export class NoiseGenerator {
  readonly #target: NoiseShape = createNoiseShape();
  readonly #reflection = new Float64Array(MOST_COEFFICIENTS);
  readonly #backward = new Float64Array(MOST_COEFFICIENTS + 1);
  #level = 0;
  #isFresh = true;
  #seed = SEED;

  /** Noise as this payload says from here on; false where it has no byte. */
  take(payload: Uint8Array): boolean {
    if (!readNoisePayload(payload, this.#target)) return false;
    if (this.#isFresh) {
      this.#isFresh = false;
      this.#reflection.set(this.#target.reflection);
      this.#level = this.#target.level;
    }
    return true;
  }

  /** The next `out.length` samples. */
  fill(out: Int16Array): void {
    const k = this.#reflection;
    const b = this.#backward;
    const { level, reflection } = this.#target;
    // in one step for a whole stretch: coefficients between two stable sets are stable
    const step = Math.min(1, out.length / SETTLING_SAMPLES);
    let left = 1;
    for (let i = 0; i < MOST_COEFFICIENTS; i++) {
      k[i] = k[i]! + (reflection[i]! - k[i]!) * step;
      left *= 1 - k[i]! * k[i]!;
    }
    const from = this.#level;
    this.#level += (level - from) * step;
    // uniform noise between -1 and 1 has a third of a square wave's power; the lattice makes it 1 / left times as strong
    const gain = Math.sqrt(3 * Math.max(0, left));
    for (let n = 0; n < out.length; n++) {
      const wanted = from + ((this.#level - from) * n) / out.length;
      let x = this.#draw() * gain * wanted;
      for (let i = MOST_COEFFICIENTS - 1; i >= 0; i--) {
        x -= k[i]! * b[i]!;
        b[i + 1] = b[i]! + k[i]! * x;
      }
      b[0] = x;
      out[n] = Math.max(-32_768, Math.min(32_767, Math.round(x)));
    }
  }

  /** As new. */
  reset(): void {
    this.#backward.fill(0);
    this.#isFresh = true;
    this.#seed = SEED;
  }

  #draw(): number {
    let seed = this.#seed;
    seed ^= seed << 13;
    seed ^= seed >>> 17;
    seed ^= seed << 5;
    this.#seed = seed;
    return seed / 2 ** 31;
  }
}
