/** Whether an echo is what it must be: complete, and the same sample for sample. */

/** Where two signals part. */
export interface Difference {
  /** Counts from 0. */
  readonly sample: number;
  readonly expected: number;
  readonly actual: number;
}

/** What came of a comparison. */
export interface EchoVerdict {
  readonly expectedSamples: number;
  readonly receivedSamples: number;
  /** As many samples as expected. */
  readonly isComplete: boolean;
  /** Complete, and every sample the same. */
  readonly isIdentical: boolean;
  /** Samples that differ, as far as both go. */
  readonly differingSamples: number;
  readonly firstDifference: Difference | undefined;
  /** Signal to noise in dB, as far as both go; undefined where nothing differs. */
  readonly snrDb: number | undefined;
}

/**
 * Compares two signals that come in chunks of any lengths, in constant memory.
 * @param onSamples called with each stretch that has been compared, for a plot; views, valid during the call
 */
export async function judgeEcho(
  expected: AsyncIterable<Int16Array>,
  actual: AsyncIterable<Int16Array>,
  onSamples?: (expected: Int16Array, actual: Int16Array) => void,
): Promise<EchoVerdict> {
  const left = new Chunks(expected);
  const right = new Chunks(actual);
  let compared = 0;
  let differingSamples = 0;
  let firstDifference: Difference | undefined;
  let signal = 0;
  let noise = 0;
  while ((await left.fill()) && (await right.fill())) {
    const n = Math.min(left.length, right.length);
    const wanted = left.take(n);
    const got = right.take(n);
    onSamples?.(wanted, got);
    for (let i = 0; i < n; i++) {
      const difference = got[i]! - wanted[i]!;
      signal += wanted[i]! ** 2;
      if (difference === 0) continue;
      noise += difference ** 2;
      differingSamples++;
      firstDifference ??= { sample: compared + i, expected: wanted[i]!, actual: got[i]! };
    }
    compared += n;
  }
  const expectedSamples = compared + (await left.drain());
  const receivedSamples = compared + (await right.drain());
  const isComplete = expectedSamples === receivedSamples;
  return {
    expectedSamples,
    receivedSamples,
    isComplete,
    isIdentical: isComplete && differingSamples === 0,
    differingSamples,
    firstDifference,
    snrDb: noise === 0 ? undefined : decibels(signal, noise),
  };
}

/** 10 log10 of a ratio of powers, within ±200 dB so that it stays a number in JSON. */
export function decibels(signal: number, noise: number): number {
  if (noise === 0) return 200;
  return signal === 0 ? -200 : Math.min(200, Math.max(-200, 10 * Math.log10(signal / noise)));
}

/** Chunks that are taken in other lengths than they come. */
class Chunks {
  readonly #iterator: AsyncIterator<Int16Array>;
  #chunk = new Int16Array(0);

  constructor(source: AsyncIterable<Int16Array>) {
    this.#iterator = source[Symbol.asyncIterator]();
  }

  /** Samples that can be taken without waiting. */
  get length(): number {
    return this.#chunk.length;
  }

  /** Waits until there is something; false at the end. */
  async fill(): Promise<boolean> {
    while (this.#chunk.length === 0) {
      const next = await this.#iterator.next();
      if (next.done === true) return false;
      this.#chunk = next.value as Int16Array<ArrayBuffer>;
    }
    return true;
  }

  take(n: number): Int16Array {
    const taken = this.#chunk.subarray(0, n);
    this.#chunk = this.#chunk.subarray(n);
    return taken;
  }

  /** Reads to the end; how many samples that were. */
  async drain(): Promise<number> {
    let count = 0;
    while (await this.fill()) {
      count += this.#chunk.length;
      this.#chunk = new Int16Array(0);
    }
    return count;
  }
}
