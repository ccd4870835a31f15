/** The jitter buffer with its clock, in virtual time. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../src/core/clock.ts";
import { loadDspSync } from "../../../src/index.ts";
import { PacedPlayout } from "../../../src/stream/jitter/paced-playout.ts";
import { sameSamples } from "../../samples.ts";

const dsp = loadDspSync();
const RATE = 8000;

/** A ramp that tells where it is, loud enough never to be taken for quiet. */
function ramp(samples: number): Int16Array {
  return Int16Array.from({ length: samples }, (_, i) => 3000 + (i % 3000));
}

interface Played {
  playout: PacedPlayout;
  clock: VirtualClock;
  heard: number[];
  framesAtMs: number[];
}

function open(frameMs: number): Played {
  const clock = new VirtualClock(1000);
  const heard: number[] = [];
  const framesAtMs: number[] = [];
  const playout = new PacedPlayout({
    dsp,
    clock,
    sampleRate: RATE,
    frameMs,
    settings: {},
    onFrame: (samples) => {
      heard.push(...samples);
      framesAtMs.push(clock.now());
    },
  });
  return { playout, clock, heard, framesAtMs };
}

/** What was heard without the silence around it. */
function trimmed(heard: readonly number[]): number[] {
  const from = heard.findIndex((x) => x !== 0);
  const to = heard.findLastIndex((x) => x !== 0);
  return heard.slice(from, to + 1);
}

for (const frameMs of [5, 10, 20, 60, 100, 500]) {
  for (const isCounted of [true, false]) {
    test(`messages of ${frameMs} ms, ${isCounted ? "counted" : "not counted"}: every sample is heard, in order`, async () => {
      const { playout, clock, heard } = open(frameMs);
      const n = (RATE * frameMs) / 1000;
      const messages = Math.ceil(1200 / frameMs);
      const sound = ramp(messages * n);
      for (let i = 0; i < messages; i++) {
        const part = sound.subarray(i * n, (i + 1) * n);
        playout.push(part, isCounted ? i : -1, isCounted ? i * n : -1);
        await clock.advanceBy(frameMs);
      }
      playout.end();
      assert.is(playout.stats.packetsLost, 0);
      // what is cut anew may end in the middle of a frame
      sameSamples(trimmed(heard).slice(0, sound.length), sound);
    });
  }
}

test("one frame every 20 ms from the first message on, also while nothing comes", async () => {
  const { playout, clock, framesAtMs } = open(20);
  for (let i = 0; i < 10; i++) {
    playout.push(ramp(160), i, i * 160);
    await clock.advanceBy(20);
  }
  await clock.advanceBy(3000);
  playout.dispose();
  assert.ok(framesAtMs.length >= 159, `${framesAtMs.length} frames`);
  // a turn of the event loop takes a millisecond of this clock
  for (const [i, ms] of framesAtMs.entries()) assert.ok(ms - (1020 + 20 * i) <= 2, `frame ${i} at ${ms} ms`);
});

test("end hands on what waits at once and leaves no timer", async () => {
  const { playout, clock, heard } = open(20);
  for (let i = 0; i < 10; i++) playout.push(ramp(160), i, i * 160);
  await clock.advanceBy(5);
  playout.end();
  playout.push(ramp(160), 10, 1600);
  assert.is(clock.pending, 0);
  assert.is(trimmed(heard).length, 1600);
});

test("clear drops what waits, falls silent within a frame, and plays what comes next", async () => {
  const { playout, clock, heard } = open(20);
  for (let i = 0; i < 20; i++) playout.push(ramp(160), i, i * 160);
  await clock.advanceBy(70);
  assert.ok(playout.clear() >= 200);
  assert.is(playout.bufferedMs > 20, false);
  await clock.advanceBy(80);
  sameSamples(heard.slice(-320), new Int16Array(320));
  const before = heard.length;
  for (let i = 20; i < 30; i++) {
    playout.push(ramp(160), i, i * 160);
    await clock.advanceBy(20);
  }
  playout.end();
  const next = Int16Array.from([...Array(10)].flatMap(() => [...ramp(160)]));
  // but for the first 2.4 ms, which are faded in
  sameSamples(trimmed(heard.slice(before)).slice(20), next.subarray(20));
});

test("a process that slept for long does not make up for it", async () => {
  const { playout, clock, heard } = open(20);
  playout.push(ramp(160), 0, 0);
  await clock.advanceBy(100);
  const before = heard.length;
  // a timer that fires an hour late
  const late = clock.now() + 3_600_000;
  Object.defineProperty(clock, "now", { value: () => late });
  playout.onDue();
  await VirtualClock.prototype.advanceBy.call(clock, 50);
  assert.ok(heard.length - before <= 50 * 160, `${heard.length - before} samples at once`);
  playout.dispose();
});

test("memory goes back, however it ends", () => {
  const engine = loadDspSync();
  const before = engine.memory;
  for (const ends of ["end", "dispose"] as const) {
    const playout = new PacedPlayout({
      dsp: engine,
      clock: new VirtualClock(),
      sampleRate: 48000,
      frameMs: 20,
      settings: { maxDelayMs: 100 },
      onFrame: () => {},
    });
    playout[ends]();
    playout.dispose();
    assert.equal(engine.memory, before);
  }
});

test.run();
