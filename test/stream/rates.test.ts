import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AudioFrame, SampleArray } from "../../src/core/types.ts";
import { loadDspSync } from "../../src/index.ts";
import { conversionScratch } from "../../src/stream/conversion-scratch.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { type AnyHandler, StreamHandler } from "../../src/stream/handler.ts";
import { InputPath } from "../../src/stream/input-path.ts";
import { OutputPath } from "../../src/stream/output-path.ts";
import type { Session } from "../../src/stream/session-handle.ts";
import { random, sameSamples, sine, snrDb } from "../samples.ts";
import { LEFT, Made } from "./made-handler.ts";
import { sessionBench } from "./session-bench.ts";

// the conversions' shared memory grows to the largest need once and stays: taken before anything is measured
for (const { resampled, int16 } of Object.values(conversionScratch(loadDspSync()))) {
  resampled.reserve(65_536);
  int16.reserve(65_536);
}

const PAIRS: readonly (readonly [number, number])[] = [
  [8000, 24000],
  [24000, 8000],
  [8000, 16000],
  [16000, 48000],
  [48000, 16000],
  [8000, 11025],
  [11025, 8000],
  [44100, 16000],
  [16000, 44100],
];

/** int16 at a level that neither clips nor hides in rounding. */
function tone(n: number, sampleRate: number): Int16Array {
  return Int16Array.from(sine(n, 440, sampleRate), (value) => Math.round(value * 32768));
}

/** SNR of `actual` against a 440 Hz tone of any phase and level: the best fit taken away. */
function toneSnrDb(actual: Int16Array, sampleRate: number): number {
  let [a, b] = [0, 0];
  // whole periods: sine and cosine are orthogonal over them
  const n = Math.floor(actual.length / (sampleRate / 20)) * Math.round(sampleRate / 20);
  const at = (i: number) => (2 * Math.PI * 440 * i) / sampleRate;
  for (let i = 0; i < n; i++) {
    a += (2 / n) * actual[i]! * Math.sin(at(i));
    b += (2 / n) * actual[i]! * Math.cos(at(i));
  }
  const fit = Float64Array.from({ length: n }, (_, i) => a * Math.sin(at(i)) + b * Math.cos(at(i)));
  return snrDb(actual.subarray(0, n), fit);
}

/** Echo at rates of its own. */
class EchoAt extends StreamHandler<SampleArray> {
  readonly #queue: SampleArray[] = [];
  constructor(sampleRate: number, sampleFormat: "int16" | "float32") {
    super();
    this.inputRate = sampleRate;
    this.outputRate = sampleRate;
    this.sampleFormat = sampleFormat;
  }
  copy(): EchoAt {
    return new EchoAt(this.inputRate ?? 0, this.sampleFormat);
  }
  receive(frame: AudioFrame<SampleArray>): void {
    this.#queue.push(frame.samples.slice());
  }
  emit(): SampleArray | null {
    return this.#queue.shift() ?? null;
  }
}

for (const [wireRate, sampleRate] of PAIRS) {
  for (const sampleFormat of ["int16", "float32"] as const) {
    test(`in, ${wireRate} to ${sampleRate} as ${sampleFormat}: from the first on every 20 ms give their frame, of exact length, 60 dB clean`, () => {
      const dsp = loadDspSync();
      const before = dsp.memory.usedBytes;
      const frameSamples = Math.round(sampleRate / 50);
      const heard: number[] = [];
      const stamps: number[] = [];
      const path = new InputPath(
        dsp,
        { wireRate, sampleRate, frameSamples, sampleFormat, takesShortFrames: false },
        (frame, stamp) => {
          assert.is(frame.length, frameSamples);
          for (const value of frame) heard.push(sampleFormat === "float32" ? value * 32768 : value);
          stamps.push(stamp);
        },
      );
      const wireFrame = Math.round(wireRate / 50);
      const input = tone(wireFrame * 100, wireRate);
      for (let n = 0; n < 100; n++) {
        path.push(input.subarray(n * wireFrame, (n + 1) * wireFrame));
        const owed = Math.floor(((n + 1) * wireFrame * sampleRate) / wireRate / frameSamples);
        assert.ok(stamps.length >= owed, `${stamps.length} frames after ${n + 1}; ${owed} owed`);
        assert.ok(stamps.length <= n + 2);
      }
      assert.equal(
        stamps,
        stamps.map((_, n) => n * frameSamples),
      );
      const steady = Int16Array.from(heard.slice(frameSamples * 5), Math.round);
      const snr = toneSnrDb(steady, sampleRate);
      assert.ok(snr > 60, `${snr} dB`);
      path.dispose();
      assert.is(dsp.memory.usedBytes, before);
    });
  }
}

for (const [wireRate, sampleRate] of PAIRS) {
  for (const sampleFormat of ["int16", "float32"] as const) {
    test(`echo on ${wireRate} by a handler at ${sampleRate} (${sampleFormat}), frames jittering by 15 ms: nothing is lost, added or dirtied`, async () => {
      const wireFrame = Math.round(wireRate / 50);
      const bench = sessionBench(new EchoAt(sampleRate, sampleFormat) as unknown as AnyHandler, { wireRate });
      await bench.stream.open();
      const input = tone(wireFrame * 150, wireRate);
      const dice = random(wireRate + sampleRate);
      for (let n = 0; n < 150; n++) {
        await bench.clock.advanceTo(1000 + n * 20 + dice() * 15);
        bench.stream.receive(input.subarray(n * wireFrame, (n + 1) * wireFrame));
      }
      for (const frame of bench.frames) assert.is(frame.samples.length, wireFrame, "no frame is short");
      const late = 150 * wireFrame - bench.audio().length;
      assert.ok(late >= -wireFrame && late <= 2 * wireFrame, `${late} samples short`);
      const steady = bench.audio().subarray(wireFrame * 5);
      const snr = toneSnrDb(steady, wireRate);
      assert.ok(snr > 60, `${snr} dB`);
      await bench.stream.end(LEFT);
    });
  }
}

test("the plain echo follows a wire that carries other rates each way: a tone stays the tone it was", async () => {
  const bench = sessionBench(new EchoHandler(), { wireRate: 8000, wireOutputRate: 24000 });
  await bench.stream.open();
  const input = tone(160 * 100, 8000);
  for (let n = 0; n < 100; n++) {
    bench.stream.receive(input.subarray(n * 160, (n + 1) * 160));
    await bench.clock.advanceBy(20);
  }
  const heard = bench.audio();
  assert.ok(Math.abs(heard.length - 48000) <= 960, `${heard.length} samples`);
  const snr = toneSnrDb(heard.subarray(2400), 24000);
  assert.ok(snr > 60, `${snr} dB`);
  await bench.stream.end(LEFT);
});

test("the end of a talk spurt at another rate leaves whole, before the listener runs dry, and the next begins clean", async () => {
  const spurt = tone(24000, 24000);
  let own: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp(session) {
        own = session;
      },
    }),
  );
  await bench.stream.open();
  for (let round = 1; round <= 3; round++) {
    own?.send(spurt, 24000);
    const startMs = bench.clock.now() - 1000;
    await bench.clock.advanceBy(2000);
    const length = bench.audio().length;
    assert.ok(length >= 8000 * round && length <= (8000 + 80) * round, `${length} samples after ${round}`);
    const lastMs = bench.frames.at(-1)!.atMs - startMs;
    assert.ok(lastMs <= 1000, `the rest left at ${lastMs} ms`);
    assert.is(bench.stream.counters.outputQueuedMs, 0);
  }
  assert.is(bench.clock.pending, 0, "no timer is left");
  await bench.stream.end(LEFT);
});

test("audio of several rates and formats in one session keeps its order and its length", async () => {
  const dsp = loadDspSync();
  const before = dsp.memory.usedBytes;
  const dice = random(11);
  const bench = sessionBench(new Made({}));
  await bench.stream.open();
  const parts: { level: number; wireSamples: number }[] = [];
  for (let i = 0; i < 40; i++) {
    const sampleRate = [8000, 16000, 24000, 48000, 11025, 8000][Math.floor(dice() * 6)]!;
    const n = Math.round((0.05 + dice() * 0.3) * sampleRate);
    const level = (i % 2 === 0 ? 1 : -1) * (4000 + 200 * i);
    parts.push({ level, wireSamples: (n * 8000) / sampleRate });
    const samples = dice() < 0.5 ? new Int16Array(n).fill(level) : new Float32Array(n).fill(level / 32768);
    bench.stream.session.send(samples, sampleRate);
  }
  await bench.clock.advanceBy(60_000);
  const heard = bench.audio();
  const expected = parts.reduce((sum, { wireSamples }) => sum + wireSamples, 0);
  assert.ok(
    heard.length >= expected && heard.length <= expected + parts.length * 60,
    `${heard.length} of ${expected}`,
  );
  let at = 0;
  for (const { level } of parts) {
    while (at < heard.length && Math.abs(heard[at]! - level) > 2) at++;
    assert.ok(at < heard.length, `${level} is missing or out of order`);
  }
  await bench.stream.end(LEFT);
  assert.is(dsp.memory.usedBytes, before);
});

test("out: any cutting of the input gives the same samples, bit for bit", () => {
  const dsp = loadDspSync();
  const input = tone(20_000, 24000);
  const whole: number[] = [];
  const cut: number[] = [];
  const one = new OutputPath(dsp, 8000, 8000, (samples) => void whole.push(...samples));
  one.push(input, 24000);
  one.flush();
  const other = new OutputPath(dsp, 8000, 8000, (samples) => void cut.push(...samples));
  const dice = random(5);
  for (let at = 0; at < input.length; ) {
    const n = Math.floor(dice() * 3000);
    other.push(input.subarray(at, at + n), 24000);
    at += n;
  }
  other.flush();
  sameSamples(cut, whole);
  one.dispose();
  other.dispose();
});

test("conversion memory that does not fit leaves nothing taken, and is there once it fits", () => {
  const dsp = loadDspSync({ memoryBytes: 2 ** 20 });
  // room for the first of the three arrays only
  const hole = dsp.allocInt16(5000);
  const blocks: Int16Array[] = [];
  for (const n of [200_000, 4096, 64]) {
    try {
      for (;;) blocks.push(dsp.allocInt16(n));
    } catch (error) {
      assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
    }
  }
  dsp.free(hole);
  const before = dsp.memory.usedBytes;
  for (let round = 0; round < 3; round++) {
    assert.throws(() => conversionScratch(dsp));
    assert.is(dsp.memory.usedBytes, before);
  }
  for (const block of blocks) dsp.free(block);
  assert.is(conversionScratch(dsp).input, conversionScratch(dsp).input);
});

test("what the handler's own rate needs is taken when the session opens: its first audio takes no more", async () => {
  for (const [outputRate, wireRate] of [
    [24_000, 8000],
    [44_100, 48_000],
    [8000, 8000],
  ] as const) {
    const dsp = loadDspSync({ memoryBytes: 2 ** 21 });
    const handler = new Made({});
    handler.outputRate = outputRate;
    const bench = sessionBench(handler, { dsp, wireRate });
    const opened = dsp.memory.usedBytes;
    for (let n = 0; n < 10; n++) bench.stream.session.send(new Int16Array(outputRate / 50));
    assert.ok(bench.frames.length > 0);
    assert.is(dsp.memory.usedBytes, opened);
    await bench.stream.end(LEFT);
  }
});

test("a resampler that finds no memory is the handler's error, leaves nothing taken, and works once there is some", () => {
  const dsp = loadDspSync({ memoryBytes: 2 ** 20 });
  let heard = 0;
  const path = new OutputPath(dsp, 48_000, 48_000, (samples) => {
    heard += samples.length;
  });
  const blocks: Int16Array[] = [];
  for (let n = 200_000; n >= 32; n >>= 1) {
    try {
      for (;;) blocks.push(dsp.allocInt16(n));
    } catch (error) {
      assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
    }
  }
  let failures = 0;
  while (heard === 0) {
    const slots = dsp.memory.usedBytes;
    try {
      path.push(new Int16Array(2048), 8000);
    } catch (error) {
      failures++;
      assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
      // what the shared conversion memory has grown by stays: the next one needs it too
      assert.ok(dsp.memory.usedBytes - slots <= 16_384 * 4 + 64);
      dsp.free(blocks.pop()!);
    }
  }
  assert.ok(failures > 1);
  path.push(new Int16Array(2048), 8000);
  path.flush();
  assert.ok(heard >= 4096 * 6, `${heard} samples`);
  path.dispose();
});

test.run();
