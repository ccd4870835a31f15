import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { decibels, judgeEcho } from "../../src/cli/echo/judge-echo.ts";
import { LoopedAudio } from "../../src/cli/echo/looped-audio.ts";
import { RoundTrips } from "../../src/cli/echo/round-trips.ts";
import { throughCodec, wireSamples } from "../../src/cli/echo/wire-samples.ts";
import { loadDspSync } from "../../src/index.ts";
import { random, sameSamples, sine, snrDb } from "../samples.ts";

const dsp = loadDspSync();

async function* chunks(samples: Int16Array, size: number): AsyncGenerator<Int16Array> {
  for (let at = 0; at < samples.length; at += size) yield samples.subarray(at, at + size);
}

async function collect(source: AsyncIterable<Int16Array>): Promise<Int16Array> {
  const all: number[] = [];
  for await (const samples of source) all.push(...samples);
  return Int16Array.from(all);
}

const noise = (n: number, seed = 1) => {
  const next = random(seed);
  return Int16Array.from({ length: n }, () => Math.floor(next() * 65536) - 32768);
};

test("an echo that is the same is identical, whatever the chunks of either side", async () => {
  const sizes = fc.integer({ min: 1, max: 700 });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 0, max: 900 }), sizes, sizes, async (n, left, right) => {
      const signal = noise(n);
      const verdict = await judgeEcho(chunks(signal, left), chunks(signal, right));
      assert.equal(verdict, {
        expectedSamples: n,
        receivedSamples: n,
        isComplete: true,
        isIdentical: true,
        differingSamples: 0,
        firstDifference: undefined,
        snrDb: undefined,
      });
    }),
  );
});

test("one wrong sample anywhere is found, told where, and is not identical", async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(899), fc.integer({ min: 1, max: 300 }), async (at, size) => {
      const signal = noise(900);
      const echo = signal.slice();
      echo[at] = echo[at]! ^ 1;
      const verdict = await judgeEcho(chunks(signal, 320), chunks(echo, size));
      assert.ok(verdict.isComplete);
      assert.not(verdict.isIdentical);
      assert.is(verdict.differingSamples, 1);
      assert.equal(verdict.firstDifference, { sample: at, expected: signal[at]!, actual: echo[at]! });
      assert.ok(Math.abs(verdict.snrDb! - snrDb(echo, signal)) < 1e-9);
    }),
  );
});

test("an echo that is cut short, or too long, is not complete, though what is there is right", async () => {
  const signal = noise(1000);
  const short = await judgeEcho(chunks(signal, 160), chunks(signal.subarray(0, 999), 160));
  assert.equal([short.isComplete, short.isIdentical, short.differingSamples], [false, false, 0]);
  assert.equal([short.expectedSamples, short.receivedSamples], [1000, 999]);
  const long = await judgeEcho(chunks(signal.subarray(0, 900), 160), chunks(signal, 70));
  assert.equal([long.isComplete, long.isIdentical], [false, false]);
  assert.equal([long.expectedSamples, long.receivedSamples], [900, 1000]);
  const nothing = await judgeEcho(chunks(signal, 160), chunks(new Int16Array(0), 1));
  assert.equal([nothing.isIdentical, nothing.receivedSamples], [false, 0]);
});

test("a frame that was lost on the way, or arrived twice, is not identical", async () => {
  const signal = noise(1600);
  const without = Int16Array.from([...signal.subarray(0, 320), ...signal.subarray(480)]);
  const twice = Int16Array.from([...signal.subarray(0, 480), ...signal.subarray(320)]);
  for (const echo of [without, twice]) {
    const verdict = await judgeEcho(chunks(signal, 160), chunks(echo, 160));
    assert.not(verdict.isComplete);
    assert.not(verdict.isIdentical);
  }
});

test("ratios without noise or without signal stay numbers", () => {
  assert.is(decibels(1, 0), 200);
  assert.is(decibels(0, 1), -200);
  assert.is(Math.round(decibels(100, 1)), 20);
});

test("looped audio says the clip over and over, to the sample, each time it is read", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 9000 }),
      fc.integer({ min: 0, max: 20_000 }),
      async (length, total) => {
        const clip = Float32Array.from({ length }, (_, i) => i);
        const looped = new LoopedAudio(clip, 8000, total);
        for (let pass = 0; pass < 2; pass++) {
          let at = 0;
          for await (const { samples } of looped) {
            for (const sample of samples)
              if (sample !== at++ % length) assert.unreachable(`sample ${at - 1} is ${sample}`);
          }
          assert.is(at, total);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("wire samples: as the one-shot resampler gives them, with silence up to whole frames", async () => {
  const clip = sine(4410, 440, 44100);
  const shape = { encoding: "mulaw", sampleRate: 8000, frameSamples: 160 } as const;
  const got = await collect(wireSamples(dsp, new LoopedAudio(clip, 44100, clip.length), shape));
  const expected = dsp.pcm.floatToInt16(dsp.resample(clip, { inputRate: 44100, outputRate: 8000 }));
  assert.is(got.length, 800);
  sameSamples(got.subarray(0, expected.length), expected);
  const odd = await collect(wireSamples(dsp, new LoopedAudio(clip, 8000, 161), shape));
  assert.is(odd.length, 320);
  sameSamples(odd.subarray(161), new Int16Array(159));
});

test("through the codec: each encoding's own loss, and none for pcm16", () => {
  const pcm = noise(500);
  sameSamples(throughCodec(dsp, pcm, "pcm16"), pcm);
  sameSamples(throughCodec(dsp, pcm, "mulaw"), dsp.mulaw.decode(dsp.mulaw.encode(pcm)));
  sameSamples(throughCodec(dsp, pcm, "alaw"), dsp.alaw.decode(dsp.alaw.encode(pcm)));
});

test("round trips: exact percentiles, and growth from the first stretch to the last", () => {
  const trips = new RoundTrips();
  assert.equal(trips.summary(), { count: 0, p50: 0, p99: 0, max: 0, mean: 0 });
  assert.is(trips.growthMs(10), 0);
  for (let i = 1; i <= 3000; i++) trips.add(i);
  assert.equal(trips.summary(), { count: 3000, p50: 1500, p99: 2970, max: 3000, mean: 1500.5 });
  assert.is(trips.growthMs(500), 2500);
  assert.is(trips.growthMs(1_000_000), 1500);
  assert.is(trips.all.length, 3000);
});

test.run();
