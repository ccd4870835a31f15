import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Dsp, loadDspSync, VoxwireError } from "../../src/index.ts";
import { heapBytesPerCall } from "../heap-use.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import { ALL_PAIRS, DRIFTING_PAIRS, name, type Pair } from "./resampler-rates.ts";

const wasm = loadDspSync({ backend: "wasm" });
const js = loadDspSync({ backend: "js" });

/** Equal rates, with and without a bank, both ways, and ratios whose rows are blended without drift too. */
const PAIRS: readonly Pair[] = [[8000, 8000], [48000, 48000], ...DRIFTING_PAIRS];
const DRIFTS = [5000, -5000, 300, -300, 0.001] as const;

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => next() * 2 - 1);
};
/** Tones up to 0.85 of the lower rate's Nyquist frequency, coming and going; `lower` in units of the input rate. */
const chord = (n: number, lower: number) =>
  Float32Array.from({ length: n }, (_, i) => {
    const level = Math.sin((Math.PI * i) / n) ** 4 / 6;
    return [0.02, 0.15, 0.4, 0.6, 0.75, 0.85].reduce(
      (sum, part) => sum + level * Math.cos(Math.PI * part * lower * i + part),
      0,
    );
  });
const has = (code: string) => (error: unknown) => error instanceof VoxwireError && error.code === code;

/** ceil(n * outputRate / inputRate * (1 + ppm / 1e6)), exactly. */
function exactLength([inputRate, outputRate]: Pair, n: number, ppm: number): number {
  const top = BigInt(n) * BigInt(outputRate) * BigInt(1e9 + Math.round(ppm * 1000));
  const bottom = BigInt(inputRate) * 1_000_000_000n;
  return Number((top + bottom - 1n) / bottom);
}

/** All output for `samples`, with a drift set at places in the input, in chunks that end there and at `lengths` by turns. */
function drifted(
  dsp: Dsp,
  [inputRate, outputRate]: Pair,
  samples: Float32Array,
  changes: readonly (readonly [at: number, ppm: number])[],
  lengths: readonly number[] = [160],
  channels = 1,
): Float32Array {
  const resampler = dsp.createResampler({ inputRate, outputRate, channels });
  const parts: Float32Array[] = [];
  const total = samples.length / channels;
  let turn = 0;
  let change = 0;
  for (let at = 0; ; ) {
    for (; changes[change]?.[0] === at; change++) resampler.setDrift(changes[change]![1]);
    if (at >= total) break;
    const next = changes[change]?.[0] ?? total;
    const end = Math.min(total, next, at + lengths[turn++ % lengths.length]!);
    parts.push(resampler.process(samples.subarray(at * channels, end * channels)).slice());
    at = end;
  }
  parts.push(resampler.flush().slice());
  resampler.dispose();
  const out = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let written = 0;
  for (const part of parts) {
    out.set(part, written);
    written += part.length;
  }
  return out;
}

/** Down, each change is half a cosine in steps half a period of the lower rate apart, 14 for the square root of a ppm. */
function steps(
  [inputRate, outputRate]: Pair,
  changes: readonly (readonly [at: number, ppm: number])[],
): (readonly [at: number, ppm: number])[] {
  if (outputRate >= inputRate) return [...changes];
  const spacing = Math.max(1, Math.floor(inputRate / outputRate / 2));
  let from = 0;
  return changes.flatMap(([at, ppm]) => {
    const start = from;
    const count = Math.ceil(14 * Math.sqrt(Math.abs(ppm - start)));
    from = ppm;
    return Array.from({ length: count }, (_, i) => {
      const share = 0.5 - 0.5 * Math.cos((Math.PI * (i + 1)) / count);
      return [at + i * spacing, start + (ppm - start) * share] as const;
    });
  });
}

/** Instants of the outputs in input samples, by the definition of `setDrift`, for changes at whole chunks. */
function instants(
  [inputRate, outputRate]: Pair,
  n: number,
  changes: readonly (readonly [at: number, ppm: number])[],
): number[] {
  const isUp = outputRate >= inputRate;
  const twice = isUp ? 1 : 2;
  const step = inputRate / outputRate / twice;
  // down, the bank gives twice the output, and runs ahead of it by half the half-band
  const resampler = wasm.createResampler({ inputRate, outputRate });
  const half = (pairs: number) => (isUp ? 0 : ((pairs - 0.5) * inputRate) / outputRate);
  const plainAhead = resampler.latencySamples - half(32);
  resampler.setDrift(0);
  const driftingAhead = Math.round(2 * (resampler.latencySamples - half(35) / 0.995)) / 2;
  resampler.dispose();
  const made: number[] = [0];
  let drift = 0;
  let change = 0;
  for (;;) {
    const last = made[made.length - 1]!;
    if (last >= n) break;
    const next = last + step / (1 + drift / 1e6);
    made.push(next);
    // `next` is the first one not made when its input is not there at the change: what follows it is spaced anew
    for (; change < changes.length; change++) {
      const ahead = change === 0 ? plainAhead : driftingAhead;
      if (Math.floor(next + ahead + 1e-9) < changes[change]![0]) break;
      drift = Math.round(changes[change]![1] * 1000) / 1000;
    }
  }
  return made.filter((_, i) => i % twice === 0).filter((instant) => instant < n);
}

/** `actual` against the best fit by a sine and a cosine at these instants, in dB. */
function toneSnrDb(actual: ArrayLike<number>, at: readonly number[], radians: number, edge: number): number {
  let [ss, sc, cc, ys, yc, yy] = [0, 0, 0, 0, 0, 0];
  const last = Math.min(actual.length, at.length) - edge;
  for (let m = edge; m < last; m++) {
    const s = Math.sin(radians * at[m]!);
    const c = Math.cos(radians * at[m]!);
    const y = actual[m]!;
    ss += s * s;
    sc += s * c;
    cc += c * c;
    ys += y * s;
    yc += y * c;
    yy += y * y;
  }
  const determinant = ss * cc - sc * sc;
  const a = (ys * cc - yc * sc) / determinant;
  const b = (yc * ss - ys * sc) / determinant;
  let rest = 0;
  for (let m = edge; m < last; m++) {
    rest += (actual[m]! - a * Math.sin(radians * at[m]!) - b * Math.cos(radians * at[m]!)) ** 2;
  }
  return 10 * Math.log10(yy / rest);
}

test("a tone that drifts is that tone at every speed, within 110 dB", () => {
  for (const pair of PAIRS) {
    const lower = Math.min(...pair);
    const n = Math.round((1500 * pair[0]) / lower);
    for (const part of [0.031, 0.25, 0.5, 0.85, 0.9]) {
      const radians = (Math.PI * part * lower) / pair[0];
      const samples = Float32Array.from({ length: n }, (_, i) => 0.7 * Math.sin(radians * i));
      for (const ppm of DRIFTS) {
        const out = drifted(wasm, pair, samples, [[0, ppm]]);
        const step = pair[0] / pair[1] / (1 + ppm / 1e6);
        const at = Array.from(out, (_, m) => m * step);
        const snr = toneSnrDb(out, at, radians, Math.ceil((40 * pair[1]) / lower));
        assert.ok(snr > 110, `${name(pair)}, ${part}, ${ppm} ppm: ${snr} dB`);
      }
    }
  }
});

test("drift of 0 gives what no drift gives where its longer half-band passes, within 100 dB, in every length", () => {
  for (const pair of ALL_PAIRS) {
    const [inputRate, outputRate] = pair;
    const lower = Math.min(...pair) / inputRate;
    const samples = chord(Math.max(3000, Math.ceil(400 / lower)), lower);
    const plain = wasm.resample(samples, { inputRate, outputRate });
    const snr = snrDb(drifted(wasm, pair, samples, [[0, 0]]), plain);
    assert.ok(snr > 100, `${name(pair)}: ${snr} dB`);
  }
});

test("drift from the start gives the length that the rate says, to the sample, over an hour", () => {
  for (const pair of [
    [8000, 8000],
    [48000, 8000],
    [8000, 11025],
    [16000, 8000],
  ] as const) {
    for (const ppm of [5000, -5000, 33.333]) {
      const [inputRate, outputRate] = pair;
      const resampler = wasm.createResampler({ inputRate, outputRate });
      resampler.setDrift(ppm);
      const minute = new Float32Array(inputRate * 60);
      let length = 0;
      for (let i = 0; i < 60; i++) length += resampler.process(minute).length;
      length += resampler.flush().length;
      assert.is(length, exactLength(pair, 3600 * inputRate, ppm), `${name(pair)}, ${ppm} ppm`);
      resampler.dispose();
    }
  }
});

test("the length is exact for every pair and number of samples", () => {
  for (const dsp of [wasm, js]) {
    for (const pair of ALL_PAIRS) {
      for (const ppm of [4999.999, -4999.999, 77]) {
        for (const n of [0, 1, 2, 33, 2049]) {
          const out = drifted(dsp, pair, noise(n), [[0, ppm]]);
          assert.is(out.length, exactLength(pair, n, ppm), `${dsp.backend}, ${name(pair)}, ${ppm} ppm, ${n}`);
        }
      }
    }
  }
});

test("drift that changes each 100 ms, the first time into a running stream, leaves no step and loses no sample", () => {
  const next = random(11);
  for (const pair of PAIRS) {
    const [inputRate] = pair;
    const lower = Math.min(...pair);
    const n = inputRate * 2;
    const changes = Array.from({ length: 19 }, (_, i): [number, number] => [
      Math.floor(((i + 1) * inputRate) / 10) + i,
      [5000, -5000, next() * 600 - 300, 0][i % 4]!,
    ]);
    for (const part of [0.11, 0.8]) {
      const radians = (Math.PI * part * lower) / inputRate;
      const samples = Float32Array.from({ length: n }, (_, i) => 0.7 * Math.sin(radians * i));
      const out = drifted(wasm, pair, samples, changes, [317]);
      const at = instants(pair, n, steps(pair, changes));
      assert.is(out.length, at.length, name(pair));
      const snr = toneSnrDb(out, at, radians, Math.ceil((40 * pair[1]) / lower));
      assert.ok(snr > 110, `${name(pair)}, ${part}: ${snr} dB`);
    }
  }
});

for (const dsp of [wasm, js]) {
  const label = dsp.backend;

  test(`${label}: any chunking gives the same samples for the same drift at the same places, bit for bit`, () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...ALL_PAIRS),
        fc.integer({ min: 1, max: 2 }),
        fc.array(fc.integer({ min: 1, max: 700 }), { minLength: 1, maxLength: 8 }),
        fc.array(fc.tuple(fc.integer({ min: 0, max: 2500 }), fc.integer({ min: -5000, max: 5000 })), {
          maxLength: 5,
        }),
        fc.integer({ min: 1, max: 3000 }),
        (pair, channels, lengths, unsorted, n) => {
          const changes = unsorted.toSorted(([a], [b]) => a - b);
          const samples = noise(n * channels, n);
          sameSamples(
            drifted(dsp, pair, samples, changes, lengths, channels),
            drifted(dsp, pair, samples, changes, [5000], channels),
            name(pair),
          );
        },
      ),
      { numRuns: 150 },
    );
  });

  test(`${label}: each output is out when latencySamples says, and no call gives more than maxOutput`, () => {
    for (const pair of ALL_PAIRS) {
      const [inputRate, outputRate] = pair;
      for (const ppm of [5000, -5000, 1]) {
        const resampler = dsp.createResampler({ inputRate, outputRate });
        resampler.setDrift(ppm);
        const step = inputRate / outputRate / (1 + ppm / 1e6);
        const most = resampler.maxOutput(7);
        let given = 0;
        for (let n = 7; n <= 350; n += 7) {
          const length = resampler.process(new Float32Array(7)).length;
          assert.ok(length <= most, `${name(pair)}: ${length} of at most ${most}`);
          given += length;
          const isDue = Math.floor(given * step + resampler.latencySamples + 1e-6) <= n - 1;
          assert.ok(!isDue, `${name(pair)}, ${ppm} ppm: output ${given} is not out after ${n}`);
        }
        resampler.dispose();
      }
    }
  });

  test(`${label}: reset and flush end a drift`, () => {
    for (const pair of PAIRS) {
      const [inputRate, outputRate] = pair;
      const samples = noise(1500);
      const plain = dsp.resample(samples, { inputRate, outputRate });
      const resampler = dsp.createResampler({ inputRate, outputRate });
      const { latencySamples } = resampler;
      for (const end of ["reset", "flush"] as const) {
        resampler.process(samples);
        resampler.setDrift(250);
        resampler.process(samples);
        resampler[end]();
        assert.is(resampler.latencySamples, latencySamples);
        const given = Array.from(resampler.process(samples));
        sameSamples([...given, ...resampler.flush()], plain, `${name(pair)} after ${end}`);
      }
      resampler.dispose();
    }
  });

  test(`${label}: a stream primed for drift owes nothing while it drifts`, () => {
    for (const pair of PAIRS) {
      const [inputRate, outputRate] = pair;
      const resampler = dsp.createResampler({ inputRate, outputRate });
      resampler.setDrift(0);
      resampler.prime();
      resampler.setDrift(-5000);
      const frame = new Float32Array(inputRate / 50);
      let given = 0;
      for (let fed = frame.length; fed <= inputRate; fed += frame.length) {
        given += resampler.process(frame).length;
        assert.ok(
          given >= Math.floor(((fed * outputRate) / inputRate) * 0.995),
          `${name(pair)} after ${fed}`,
        );
      }
      resampler.dispose();
    }
  });

  test(`${label}: drift leaves no trace in memory, and its filter is shared`, () => {
    const before = dsp.memory;
    for (const [inputRate, outputRate] of PAIRS) {
      const first = dsp.createResampler({ inputRate, outputRate });
      const second = dsp.createResampler({ inputRate, outputRate });
      const plain = dsp.memory.usedBytes;
      first.setDrift(10);
      const one = dsp.memory.usedBytes;
      assert.ok(one - plain <= 48 * 1024, `${inputRate} ${outputRate}: ${one - plain}`);
      second.setDrift(-10);
      assert.is(dsp.memory.usedBytes, one);
      first.dispose();
      second.dispose();
    }
    assert.equal(dsp.memory, before);
  });
}

test("WebAssembly and plain TypeScript drift alike, within 120 dB and in every length", () => {
  const changes = [
    [100, 300],
    [900, -5000],
    [2200, 5000],
  ] as const;
  for (const pair of ALL_PAIRS) {
    const samples = noise(4000);
    const snr = snrDb(drifted(wasm, pair, samples, changes), drifted(js, pair, samples, changes));
    assert.ok(snr > 120, `${name(pair)}: ${snr} dB`);
  }
});

test("wrong drift is refused and changes nothing; a full memory too", () => {
  const resampler = wasm.createResampler({ inputRate: 8000, outputRate: 16000 });
  for (const ppm of [5000.1, -5001, Number.NaN, "3"]) {
    assert.throws(() => resampler.setDrift(ppm as number), has("ERR_CONFIG"));
  }
  resampler.dispose();
  assert.throws(() => resampler.setDrift(1), has("ERR_DISPOSED"));

  const small = loadDspSync({ backend: "wasm", memoryBytes: 320 * 1024 });
  const stream = small.createResampler({ inputRate: 8000, outputRate: 8000 });
  const free = small.memory.capacityBytes - small.memory.usedBytes;
  const filling = small.allocBytes(free - 4096);
  stream.process(noise(100));
  assert.throws(() => stream.setDrift(1), has("ERR_ARENA_FULL"));
  assert.is(stream.latencySamples, 0);
  sameSamples(stream.process(noise(100, 3)), noise(100, 3));
  small.free(filling);
  stream.setDrift(1);
  assert.is(stream.latencySamples, 39);
  stream.dispose();
});

test("setDrift is steady: a million calls allocate nothing", () => {
  const resampler = wasm.createResampler({ inputRate: 8000, outputRate: 8000 });
  const frame = new Float32Array(8);
  resampler.setDrift(0);
  resampler.prime();
  let turn = 0;
  const bytes = heapBytesPerCall(() => {
    resampler.setDrift((turn++ % 600) - 300);
    resampler.process(frame);
  });
  assert.ok(bytes < 2, `${bytes} bytes a call`);
  resampler.dispose();
});

test.run();
