/** Comparing and making samples for tests: fast on long arrays, with a message that says where. */
import * as assert from "uvu/assert";

/** Fails with the first difference; uvu's own comparison of long typed arrays takes quadratic time. */
export function sameSamples(actual: ArrayLike<number>, expected: ArrayLike<number>, what = "samples"): void {
  if (actual.length !== expected.length) {
    assert.unreachable(`${what}: ${actual.length} samples; expected ${expected.length}`);
  }
  for (let i = 0; i < actual.length; i++) {
    if (!Object.is(actual[i], expected[i]) && actual[i] !== expected[i]) {
      assert.unreachable(`${what}: [${i}] is ${actual[i]}; expected ${expected[i]}`);
    }
  }
}

/** Repeatable pseudo-random numbers in [0, 1) (xorshift32). */
export function random(seed: number): () => number {
  let state = seed | 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** A sine of `n` samples at `frequency` Hz. */
export function sine(n: number, frequency: number, sampleRate: number, amplitude = 0.5): Float32Array {
  return Float32Array.from(
    { length: n },
    (_, i) => amplitude * Math.sin((2 * Math.PI * frequency * i) / sampleRate),
  );
}

/** Signal-to-noise ratio of `actual` against `expected` in dB; Infinity where they are the same. */
export function snrDb(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  let signal = 0;
  let noise = 0;
  for (let i = 0; i < expected.length; i++) {
    signal += expected[i]! ** 2;
    noise += (actual[i]! - expected[i]!) ** 2;
  }
  return 10 * Math.log10(signal / noise);
}
