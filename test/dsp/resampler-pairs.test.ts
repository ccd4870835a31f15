/** Blocks in pairs, as long signals take them: the kernel against its twin, and what comes out at once against streams. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { WireEngine } from "../../src/dsp/engine.ts";
import { choosePairs, type PairGeometry, pairsOf } from "../../src/dsp/resampler/pair-geometry.ts";
import { PAIR_OUTPUT_BYTES, PAIR_WORK_BYTES } from "../../src/dsp/resampler/pair-layout.ts";
import { placePairPlan } from "../../src/dsp/resampler/pair-plan.ts";
import { SINGLE } from "../../src/dsp/resampler/precision.ts";
import { pairKernels } from "../../src/dsp/resampler/spectral-sources.ts";
import { wholeTwins } from "../../src/dsp/twins/whole-set.ts";
import { bringTwins } from "../../src/dsp/twins.ts";
import { loadDspSync, VoxwireError } from "../../src/index.ts";
import { random, sameSamples, snrDb } from "../samples.ts";
import { enginePair } from "./engines.ts";

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Float32Array.from({ length: n }, () => next() * 2 - 1);
};

/** The ratio, and how many of its periods a block has; an odd half of a part, parts of no whole vectors, every radix. */
const SHAPES: readonly (readonly [inputs: number, outputs: number, periods: number])[] = [
  [2, 1, 4096],
  [1, 2, 4096],
  [2, 1, 1120],
  [1, 2, 1120],
  [3, 1, 2048],
  [1, 3, 2048],
  [6, 1, 1024],
  [1, 6, 1024],
  [12, 1, 1024],
  [1, 12, 1024],
  [441, 160, 16],
  [160, 441, 32],
  [160, 147, 32],
  [147, 160, 64],
  [4, 3, 672],
  [3, 4, 504],
];

/** Both blocks' outputs, all round. */
function pairOf(engine: WireEngine, inputs: number, outputs: number, geometry: PairGeometry): Float32Array {
  const { arena, f32 } = engine;
  const plan = placePairPlan(engine, { inputs, outputs, geometry, precision: SINGLE });
  const work = arena.alloc(PAIR_WORK_BYTES);
  const blocks = arena.alloc(8 * geometry.inputSamples);
  const { inputSamples, outputSamples } = geometry;
  const kernels = pairKernels(engine);
  const second = blocks + 4 * inputSamples;
  // what is left of a pair with NaN in it is not to be seen in the next
  f32.fill(Number.NaN, blocks >> 2, (blocks >> 2) + 2 * inputSamples);
  kernels.pair(plan, blocks, second, work);
  f32.set(noise(2 * inputSamples, 7), blocks >> 2);
  kernels.pair(plan, blocks, second, work);
  const result = new Float32Array(2 * outputSamples);
  [work + PAIR_OUTPUT_BYTES, work].forEach((address, block) => {
    result.set(f32.subarray(address >> 2, (address >> 2) + outputSamples), block * outputSamples);
  });
  for (const slot of [plan, work, blocks]) arena.free(slot);
  return result;
}

test("pairs of every shape are what the twin makes of them", () => {
  bringTwins(wholeTwins);
  const { wasm, twin } = enginePair(1 << 22);
  for (const [inputs, outputs, periods] of SHAPES) {
    for (const isReal of [false, true]) {
      const geometry = pairsOf(inputs, outputs, periods, isReal, SINGLE);
      assert.ok(geometry, `${inputs}:${outputs}`);
      const expected = pairOf(twin, inputs, outputs, geometry);
      const difference = snrDb(pairOf(wasm, inputs, outputs, geometry), expected);
      assert.ok(difference > 125, `${inputs}:${outputs}, ${isReal ? "real" : "complex"}: ${difference} dB`);
    }
  }
});

test("two channels apart and together: bit for bit as the twin, for every length, saturated, NaN too", () => {
  const { wasm, twin } = enginePair();
  const [left, right, src, dst] = [0, 1, 2, 3].map((i) => (1 << 18) + 4096 * i) as [
    number,
    number,
    number,
    number,
  ];
  const results = [wasm, twin].map((engine) => {
    const { f32, i16 } = engine;
    const { splitFloats, splitInt16s, joinFloats, joinInt16s } = pairKernels(engine);
    const seen: number[] = [];
    for (const n of [1, 3, 4, 5, 8, 31, 64]) {
      const values = noise(2 * n, n).map((x) => 2 * x);
      values.set([Number.NaN, 1e9, -1e9].slice(0, n));
      f32.set(values, src >> 2);
      splitFloats(src, left, right, n);
      joinFloats(left, right, dst, n);
      sameSamples(f32.subarray(dst >> 2, (dst >> 2) + 2 * n), values);
      joinInt16s(left, right, dst, n);
      seen.push(...i16.subarray(dst >> 1, (dst >> 1) + 2 * n));
      splitInt16s(dst, left, right, n);
      for (const address of [left, right]) seen.push(...f32.subarray(address >> 2, (address >> 2) + n));
    }
    return seen;
  });
  sameSamples(results[0]!, results[1]!);
});

test("there are pairs for every ratio of small terms, none for others", () => {
  for (const [inputs, outputs] of [
    [6, 1],
    [441, 80],
    [160, 147],
    [147, 640],
    [1, 24],
  ] as const) {
    const geometry = choosePairs(inputs, outputs, SINGLE);
    assert.ok(geometry, `${inputs}:${outputs}`);
    assert.is(geometry.hop % inputs, 0);
    assert.is(geometry.inputSamples * outputs, geometry.outputSamples * inputs);
  }
  assert.is(choosePairs(5507, 6000, SINGLE), undefined);
});

const dsp = loadDspSync({ backend: "wasm" });
const SECONDS = 20;

test("a long signal of several channels is what each gives alone, int16 what float32 gives, rounded", () => {
  const options = { inputRate: 16_000, outputRate: 8000, quality: "high" } as const;
  const n = SECONDS * options.inputRate + 5;
  const planes = [noise(n, 1), noise(n, 2)];
  const both = Float32Array.from({ length: 2 * n }, (_, i) => planes[i % 2]![i >> 1]!);
  const together = dsp.resample(both, { ...options, channels: 2 });
  planes.forEach((plane, channel) => {
    const alone = dsp.resample(plane, options);
    sameSamples(
      together.filter((_, i) => i % 2 === channel),
      alone,
      `channel ${channel}`,
    );
    const rounded = Int16Array.from(plane, (x) => 20_000 * x);
    const expected = dsp.pcm.floatToInt16(dsp.resample(dsp.pcm.int16ToFloat(rounded), options));
    sameSamples(dsp.resample(rounded, options), expected, `channel ${channel}, int16`);
  });
  const ints = Int16Array.from(both, (x) => 20_000 * x);
  const expected = dsp.pcm.floatToInt16(
    dsp.resample(dsp.pcm.int16ToFloat(ints), { ...options, channels: 2 }),
  );
  sameSamples(dsp.resample(ints, { ...options, channels: 2 }), expected, "both, int16");
});

test("resampleInto writes what resample returns, and nothing beyond it, in every quality and of any length", () => {
  for (const quality of ["voice", "high", "best"] as const) {
    for (const seconds of [0, 1, SECONDS]) {
      const options = { inputRate: 12_000, outputRate: 8000, quality };
      const samples = noise(seconds * options.inputRate);
      const expected = dsp.resample(samples, options);
      const out = new Float32Array(expected.length + 3).fill(9);
      assert.is(dsp.resampleInto(samples, out, options), expected.length);
      sameSamples(out.subarray(0, expected.length), expected, `${quality}, ${seconds} s`);
      assert.equal([...out.subarray(expected.length)], [9, 9, 9]);
      const ints = new Int16Array(expected.length);
      dsp.resampleInto(samples, ints, options);
      sameSamples(ints, dsp.pcm.floatToInt16(expected), `${quality}, ${seconds} s, int16`);
    }
  }
});

test("resampleInto refuses an array that is too short, and writes nothing", () => {
  const out = new Float32Array(99).fill(9);
  assert.throws(
    () => dsp.resampleInto(new Float32Array(200), out, { inputRate: 16_000, outputRate: 8000 }),
    (error: unknown) => error instanceof VoxwireError && error.code === "ERR_OUTPUT_TOO_SMALL",
  );
  assert.ok(out.every((sample) => sample === 9));
});

test("a long signal leaves nothing in the engine's memory, and does with little of it", () => {
  const options = { inputRate: 16_000, outputRate: 8000, quality: "high" } as const;
  const samples = noise(SECONDS * options.inputRate);
  const before = dsp.memory;
  const expected = dsp.resample(samples, options);
  assert.equal(dsp.memory, before);
  // no room for pairs: as a stream would
  const small = loadDspSync({ backend: "wasm", memoryBytes: 600 * 1024 });
  const snr = snrDb(small.resample(samples, options), expected);
  assert.ok(snr > 130, `${snr} dB`);
});

test("NaN in a long signal reaches two blocks and no further", () => {
  const options = { inputRate: 16_000, outputRate: 8000, quality: "high" } as const;
  const samples = noise(SECONDS * options.inputRate);
  const clean = dsp.resample(samples, options);
  const at = 150_000;
  samples[at] = Number.NaN;
  const out = dsp.resample(samples, options);
  const { inputSamples, hop } = choosePairs(2, 1, SINGLE)!;
  const reach = (inputSamples + hop) / 2;
  let poisoned = 0;
  for (let m = 0; m < out.length; m++) {
    if (Number.isNaN(out[m])) {
      poisoned++;
      assert.ok(Math.abs(m - at / 2) <= reach, `${m}`);
    } else assert.is(out[m], clean[m]);
  }
  assert.ok(poisoned > 0);
});

test.run();
