/** Decoded frames that wait for their turn, by index; remembers of the last ones whether they ever came. */

const FREE = 0;
const WAITING = 1;
const TAKEN = 2;

/** A ring of frames. All memory is made at construction. */
export class FrameStore {
  /** How many indices the ring spans. */
  readonly capacity: number;
  readonly #mask: number;
  readonly #frames: readonly Int16Array[];
  readonly #indices: Float64Array;
  readonly #states: Uint8Array;
  readonly #arrivalsMs: Float64Array;
  #waiting = 0;

  /** @param minCapacity rounded up to a power of two */
  constructor(minCapacity: number, frameSamples: number) {
    this.capacity = 2 ** Math.ceil(Math.log2(Math.max(8, minCapacity)));
    this.#mask = this.capacity - 1;
    this.#frames = Array.from({ length: this.capacity }, () => new Int16Array(frameSamples));
    this.#indices = new Float64Array(this.capacity).fill(-1);
    this.#states = new Uint8Array(this.capacity);
    this.#arrivalsMs = new Float64Array(this.capacity);
  }

  /** How many frames wait. */
  get waiting(): number {
    return this.#waiting;
  }

  has(index: number): boolean {
    const slot = index & this.#mask;
    return this.#indices[slot] === index && this.#states[slot] === WAITING;
  }

  /** Whether a frame of this index has come, be it played by now or not; forgotten after `capacity` indices. */
  hasCome(index: number): boolean {
    const slot = index & this.#mask;
    return this.#indices[slot] === index && this.#states[slot] !== FREE;
  }

  /** The samples of a frame that waits, or where one may be written before `put`. */
  at(index: number): Int16Array {
    return this.#frames[index & this.#mask]!;
  }

  /** The frame written at this index waits from now on. */
  put(index: number, arrivalMs: number): void {
    const slot = index & this.#mask;
    this.#arrivalsMs[slot] = arrivalMs;
    if (this.#states[slot] !== WAITING) this.#waiting++;
    this.#indices[slot] = index;
    this.#states[slot] = WAITING;
  }

  /** When a frame that waits has come. */
  arrivalMs(index: number): number {
    return this.#arrivalsMs[index & this.#mask]!;
  }

  /** Takes a frame out; its samples stay until another one takes the place. */
  take(index: number): void {
    if (!this.has(index)) return;
    this.#states[index & this.#mask] = TAKEN;
    this.#waiting--;
  }

  /** The first index from `from` to `to` whose frame waits, or -1. */
  nextWaiting(from: number, to: number): number {
    if (this.#waiting === 0) return -1;
    const end = Math.min(to, from + this.#mask);
    for (let index = from; index <= end; index++) if (this.has(index)) return index;
    return -1;
  }

  /** Drops what waits; that it has come is remembered. */
  drop(): void {
    for (let slot = 0; slot < this.capacity; slot++) {
      if (this.#states[slot] === WAITING) this.#states[slot] = TAKEN;
    }
    this.#waiting = 0;
  }
}
