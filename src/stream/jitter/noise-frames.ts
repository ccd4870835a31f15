/** Comfort noise in the jitter buffer (RFC 3389): which packets were noise, and what is heard from one of them to the next. */
import { NoiseGenerator } from "../../codec/comfort-noise/generator.ts";
import { MOST_COEFFICIENTS } from "../../codec/comfort-noise/payload.ts";

const MOST_BYTES = 1 + MOST_COEFFICIENTS;

/** One stream's. All memory is made at construction. */
export class NoiseFrames {
  readonly #mask: number;
  readonly #indices: Float64Array;
  readonly #payloads: readonly Uint8Array[];
  readonly #generator = new NoiseGenerator();
  readonly #frame: Int16Array;

  /** @param capacity the store's, a power of two */
  constructor(capacity: number, frameSamples: number) {
    this.#mask = capacity - 1;
    this.#indices = new Float64Array(capacity).fill(-1);
    this.#payloads = Array.from({ length: capacity }, () => new Uint8Array(MOST_BYTES));
    this.#frame = new Int16Array(frameSamples);
  }

  /** Keeps a payload until its turn; copied. False where it has no byte. */
  keep(index: number, payload: Uint8Array): boolean {
    if (payload.length === 0) return false;
    const slot = index & this.#mask;
    this.#indices[slot] = index;
    const kept = this.#payloads[slot]!;
    // 127, the middle, stands for a coefficient of 0
    for (let i = 0; i < MOST_BYTES; i++) kept[i] = i < payload.length ? payload[i]! : 127;
    return true;
  }

  /** Speech has come at this index. */
  forget(index: number): void {
    this.#indices[index & this.#mask] = -1;
  }

  has(index: number): boolean {
    return this.#indices[index & this.#mask] === index;
  }

  /** Noise is as the packet at this index says, from here on. */
  begin(index: number): void {
    this.#generator.take(this.#payloads[index & this.#mask]!);
  }

  /** The next frame of it; valid until the next call. */
  next(): Int16Array {
    this.#generator.fill(this.#frame);
    return this.#frame;
  }
}
