import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Concealer, createConcealer, loadDspSync } from "../../src/index.ts";
import { random, sameSamples } from "../samples.ts";

type Rate = 8000 | 16000 | 24000 | 48000;
const dsp = loadDspSync();

/** A vowel that glides, with noise: what a hole in speech is made of. */
function speech(frames: number, n: number, rate: number, seed = 1): Int16Array[] {
  const draw = random(seed);
  let phase = 0;
  return Array.from({ length: frames }, (_, f) =>
    Int16Array.from({ length: n }, () => {
      phase += (110 + 40 * Math.sin(f / 9)) / rate;
      let sum = 0;
      for (let h = 1; h < 20; h++) sum += Math.sin(2 * Math.PI * h * phase) / (1 + Math.abs(h - 5));
      return 3000 * sum * (0.6 + 0.4 * Math.sin(f / 5)) + 100 * (draw() - 0.5);
    }),
  );
}

/** Runs frames through, those that `lost` names being concealed, from both sides where the next one is there. */
function run(concealer: Concealer, frames: Int16Array[], lost: (index: number) => boolean): Int16Array {
  const n = concealer.frameSamples;
  const out = new Int16Array(n * frames.length);
  frames.forEach((frame, i) => {
    const part = out.subarray(i * n, (i + 1) * n);
    const next = frames[i + 1];
    if (!lost(i)) concealer.good(frame, part);
    else if (next !== undefined && i % 3 > 0 && !lost(i + 1)) concealer.concealBetween(part, next);
    else concealer.conceal(part);
  });
  return out;
}

const anyFrame = (n: number) =>
  fc.oneof(
    fc.constant(new Int16Array(n)),
    fc.integer({ min: -32768, max: 32767 }).map((x) => new Int16Array(n).fill(x)),
    fc.int16Array({ minLength: n, maxLength: n }),
    fc.integer({ min: 1, max: n }).map((period) => {
      return Int16Array.from({ length: n }, (_, i) => (i % period < period / 2 ? 32767 : -32768));
    }),
    fc.integer({ min: 1, max: 1000 }).map((seed) => speech(1, n, 8000, seed)[0]!),
  );

for (const backend of ["wasm", "js"] as const) {
  test(`${backend}: any frames under any loss give frames of full length, and nothing throws`, () => {
    const engine = loadDspSync({ backend });
    fc.assert(
      fc.property(fc.array(fc.tuple(anyFrame(80), fc.boolean()), { maxLength: 30 }), (steps) => {
        const concealer = createConcealer(engine, { sampleRate: 8000, frameMs: 10 });
        const out = run(
          concealer,
          steps.map(([frame]) => frame),
          (i) => steps[i]![1],
        );
        assert.is(out.length, 80 * steps.length);
        assert.is(concealer.stats.totalSamples, out.length);
        assert.is(concealer.stats.concealedSamples, 80 * steps.filter(([, isLost]) => isLost).length);
        concealer.dispose();
      }),
      { numRuns: backend === "wasm" ? 200 : 30 },
    );
  });
}

test("WebAssembly and plain TypeScript give the same samples", () => {
  for (const sampleRate of [8000, 16000] as const) {
    const n = sampleRate / 50;
    const frames = speech(60, n, sampleRate);
    const draw = random(4);
    const lost = frames.map(() => draw() < 0.3);
    const [first, second] = (["wasm", "js"] as const).map((backend) =>
      run(createConcealer(loadDspSync({ backend }), { sampleRate, frameMs: 20 }), frames, (i) => lost[i]!),
    );
    sameSamples(first!, second!);
  }
});

for (const sampleRate of [8000, 16000, 24000, 48000] as Rate[]) {
  test(`${sampleRate} Hz: without loss every sample is left as it was`, () => {
    const frames = speech(20, sampleRate / 50, sampleRate);
    const concealer = createConcealer(dsp, { sampleRate, frameMs: 20 });
    const out = run(concealer, frames, () => false);
    sameSamples(out, Int16Array.from(frames.flatMap((f) => [...f])));
    assert.is(concealer.stats.concealedSamples, 0);
    concealer.dispose();
  });

  test(`${sampleRate} Hz: silence stays silence`, () => {
    const n = sampleRate / 50;
    const frames = Array.from({ length: 30 }, () => new Int16Array(n));
    const concealer = createConcealer(dsp, { sampleRate, frameMs: 20 });
    assert.ok(run(concealer, frames, (i) => i % 4 > 1).every((x) => x === 0));
    concealer.dispose();
  });
}

/** The amplitude at `hz` in `samples`, Hann-weighted. */
function amplitudeAt(samples: Int16Array, hz: number, rate: number): number {
  let re = 0;
  let im = 0;
  samples.forEach((x, i) => {
    const weighted = x * (1 - Math.cos((2 * Math.PI * (i + 0.5)) / samples.length));
    re += weighted * Math.cos((2 * Math.PI * hz * i) / rate);
    im += weighted * Math.sin((2 * Math.PI * hz * i) / rate);
  });
  return (2 * Math.hypot(re, im)) / samples.length;
}

for (const sampleRate of [8000, 16000, 24000, 48000] as Rate[]) {
  test(`${sampleRate} Hz: a loud tone in a long hole does not become a square wave`, () => {
    const n = sampleRate / 50;
    for (const hz of [440, 1000]) {
      const tone = Array.from({ length: 14 }, (_, f) =>
        Int16Array.from(
          { length: n },
          (_, i) => 30_000 * Math.sin((2 * Math.PI * hz * (f * n + i)) / sampleRate),
        ),
      );
      const concealer = createConcealer(dsp, { sampleRate, frameMs: 20 });
      const hole = run(concealer, tone, (i) => i >= 10).subarray(10 * n);
      const overtone = amplitudeAt(hole, 3 * hz, sampleRate) / amplitudeAt(hole, hz, sampleRate);
      // a square wave's is 1/3; clipped inside the filter the four frames had 0.1 to 0.2
      assert.ok(overtone < 0.05, `${hz} Hz: ${overtone}`);
      concealer.dispose();
    }
  });
}

test("a sound that swells is not clipped inside the filter: the treble does not rise", () => {
  const sampleRate = 16000;
  const n = 320;
  // pulses through a resonance, twice as loud at the end as at the start
  for (const [period, hz, decay] of [
    [160, 300, 120],
    [90, 300, 40],
    [70, 600, 40],
  ] as const) {
    const frames = Array.from({ length: 12 }, (_, f) =>
      Int16Array.from({ length: n }, (_, i) => {
        const t = f * n + i;
        const since = t % period;
        const level = 6400 * 2 ** (t / (12 * n));
        return level * Math.exp(-since / decay) * Math.sin((2 * Math.PI * hz * since) / sampleRate);
      }),
    );
    const concealer = createConcealer(dsp, { sampleRate, frameMs: 20 });
    const out = run(concealer, frames, (i) => i === 7);
    const treble = (f: number): number => {
      let energy = 0;
      for (let i = f * n + 1; i < (f + 1) * n - 1; i++) {
        energy += (out[i - 1]! - 2 * out[i]! + out[i + 1]!) ** 2;
      }
      return energy;
    };
    const rise = treble(7) / Math.max(treble(6), treble(8));
    assert.ok(rise < 2, `pulses every ${period} samples: ${rise} times the treble around the hole`);
    concealer.dispose();
  }
});

test("what is freed has been taken: the memory in use is as before", () => {
  const before = dsp.memory;
  const concealers = [10, 20, 60].map((frameMs) => createConcealer(dsp, { sampleRate: 16000, frameMs }));
  assert.ok(dsp.memory.usedBytes > before.usedBytes);
  for (const concealer of concealers) concealer.dispose();
  assert.equal(dsp.memory, before);
});

test("wrong options are refused by name", () => {
  const refused = (options: object) =>
    assert.throws(
      () => createConcealer(dsp, options as { sampleRate: 8000; frameMs: number }),
      (error: { code: string }) => error.code === "ERR_CONFIG",
    );
  refused({ sampleRate: 44100, frameMs: 20 });
  refused({ sampleRate: 8000, frameMs: 5 });
  refused({ sampleRate: 8000, frameMs: 20.01 });
  refused({ sampleRate: 8000 });
});

test("the pitch period of a vowel is found, and none in noise or silence", () => {
  const concealer = createConcealer(dsp, { sampleRate: 16000, frameMs: 20 });
  run(
    concealer,
    Array.from({ length: 10 }, (_, f) =>
      Int16Array.from({ length: 320 }, (_, i) => {
        const t = f * 320 + i;
        return 4000 * (Math.sin((2 * Math.PI * t) / 128) + Math.sin((2 * Math.PI * 3 * t) / 128));
      }),
    ),
    () => false,
  );
  assert.is(concealer.pitchPeriodSamples, 128);
  assert.ok(concealer.isVoiced);
  const draw = random(2);
  run(
    concealer,
    Array.from({ length: 10 }, () => Int16Array.from({ length: 320 }, () => 8000 * (draw() - 0.5))),
    () => false,
  );
  assert.is(concealer.pitchPeriodSamples, 0);
  concealer.reset();
  assert.ok(!concealer.isVoiced);
  concealer.dispose();
});

test("a concealer that was disposed of, twice even, cannot be used and touches nobody else's stream", () => {
  const make = () => createConcealer(dsp, { sampleRate: 8000, frameMs: 20 });
  const frames = speech(12, 160, 8000);
  const lost = (i: number) => i % 4 === 3;
  const alone = make();
  const expected = run(alone, frames, lost);
  alone.dispose();
  const old = make();
  old.dispose();
  const heir = make();
  old.dispose();
  const third = make();
  const out = new Int16Array(160);
  const uses: (() => void)[] = [
    () => old.good(frames[5]!, out),
    () => old.conceal(out),
    () => old.concealBetween(out, frames[5]!),
    () => old.continueInto(out, 0),
    () => old.reset(),
    () => old.pitchPeriodSamples,
  ];
  const got = new Int16Array(12 * 160);
  for (let half = 0; half < 2; half++) {
    const part = run(heir, frames.slice(6 * half, 6 * half + 6), (i) => lost(i + 6 * half));
    got.set(part, 6 * half * 160);
    run(third, frames, lost);
    for (const use of uses) assert.throws(use, (error: { code?: string }) => error.code === "ERR_DISPOSED");
  }
  // without a look ahead across the middle the two runs are the same
  sameSamples(got, expected);
  heir.dispose();
  third.dispose();
});

test.run();
