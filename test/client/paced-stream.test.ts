import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type AudioSource, openBlocks } from "../../src/client/audio-source.ts";
import { PacedStream } from "../../src/client/paced-stream.ts";
import { SendSchedule } from "../../src/client/send-schedule.ts";
import { WireConverter } from "../../src/client/wire-converter.ts";
import { WireFrames } from "../../src/client/wire-frames.ts";
import { VirtualClock } from "../../src/core/clock.ts";
import { loadDspSync } from "../../src/index.ts";
import { sameSamples } from "../samples.ts";

const dsp = loadDspSync();
const RATE = 8000;
const FRAME = 160;

/** Samples that say where they are. */
const ramp = (n: number, from = 0) => Int16Array.from({ length: n }, (_, i) => from + i);

/** A stream over `source` on a clock that tests turn. */
async function setUp(source: AudioSource, options: { isRealtime?: boolean; catchUpMs?: number } = {}) {
  const clock = new VirtualClock(1000);
  const sentMs: number[] = [];
  const sent: number[] = [];
  const socket = { isBlocked: false };
  const { blocks } = await openBlocks(source, RATE, undefined);
  const stream = new PacedStream({
    clock,
    frames: new WireFrames(blocks, new WireConverter(dsp, RATE), FRAME),
    frameSamples: FRAME,
    sampleRate: RATE,
    isRealtime: options.isRealtime ?? true,
    catchUpMs: options.catchUpMs ?? 200,
    send: (frame) => {
      sentMs.push(clock.now() - 1000);
      sent.push(...frame);
    },
    isBlocked: () => socket.isBlocked,
  });
  return { clock, stream, sentMs, sent, socket };
}

const every20 = (n: number, from = 0) => Array.from({ length: n }, (_, i) => from + i * 20);

test("frame n leaves at the start plus n frames, and the stream ends with the last", async () => {
  const { clock, stream, sentMs, sent } = await setUp({ samples: ramp(800), sampleRate: RATE });
  stream.start();
  await clock.advanceBy(80);
  const summary = await stream.done;
  assert.equal(sentMs, every20(5));
  sameSamples(sent, ramp(800));
  assert.equal(summary, {
    framesSent: 5,
    samplesSent: 800,
    durationMs: 100,
    pacing: { jitter: { count: 5, p50: 0, p99: 0, max: 0 }, driftMs: 0, slippedMs: 0, pausedMs: 0 },
  });
  assert.is(clock.pending, 0);
});

test("an hour of frames ends where its number says: nothing adds up", () => {
  const schedule = new SendSchedule(20, 200);
  let nowMs = 0.3;
  for (let n = 0; n < 180_000; n++) {
    // Each wake-up is late by up to 3 ms, as timers are.
    nowMs = Math.max(nowMs, schedule.dueMs(nowMs)) + ((n * 37) % 30) / 10;
    schedule.sent(nowMs, 0);
  }
  const { jitter, driftMs, slippedMs } = schedule.report();
  assert.ok(Math.abs(driftMs) <= 3, String(driftMs));
  assert.ok(jitter.max <= 3.001);
  assert.is(slippedMs, 0);
});

test("any chunking of a source gives the same frames at the same times", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 700 }), { maxLength: 8 }), async (lengths) => {
      const total = lengths.reduce((sum, n) => sum + n, 0);
      let at = 0;
      const blocks = lengths.map((n) => {
        at += n;
        return ramp(n, at - n);
      });
      const { clock, stream, sentMs, sent } = await setUp(blocks);
      stream.start();
      await clock.advanceBy(2000);
      const summary = await stream.done;
      const frames = Math.ceil(total / FRAME);
      assert.equal(sentMs, every20(frames));
      assert.is(summary.samplesSent, total);
      const padded = new Int16Array(frames * FRAME);
      padded.set(ramp(total));
      sameSamples(sent, padded);
    }),
    { numRuns: 40 },
  );
});

test("a pause loses nothing and is not caught up with", async () => {
  const { clock, stream, sentMs, sent } = await setUp({ samples: ramp(800), sampleRate: RATE });
  stream.start();
  await clock.advanceBy(45);
  stream.pause();
  stream.pause();
  assert.is(clock.pending, 0);
  await clock.advanceBy(5000);
  assert.equal(sentMs, every20(3));
  stream.resume();
  stream.resume();
  await clock.advanceBy(100);
  const { pacing } = await stream.done;
  assert.equal(sentMs, [0, 20, 40, 5060, 5080]);
  sameSamples(sent, ramp(800));
  assert.is(pacing.pausedMs, 5000);
  assert.is(pacing.driftMs, 0);
  assert.is(pacing.jitter.max, 0);
});

test("pausing and resuming quickly does not make a stream faster", async () => {
  const { clock, stream, sentMs } = await setUp({ samples: ramp(800), sampleRate: RATE });
  stream.start();
  for (let i = 0; i < 100; i++) {
    await clock.advanceBy(1);
    stream.pause();
    stream.resume();
  }
  await stream.done;
  assert.equal(sentMs, every20(5));
});

test("a stream that is paused before it starts begins with resume", async () => {
  const { clock, stream, sentMs } = await setUp({ samples: ramp(320), sampleRate: RATE });
  stream.pause();
  stream.start();
  await clock.advanceBy(100);
  assert.equal(sentMs, []);
  stream.resume();
  await clock.advanceBy(100);
  await stream.done;
  assert.equal(sentMs, [100, 120]);
});

test("after a stall within the bound all is caught up with, and the times are the old ones", async () => {
  const { clock, stream, sentMs, socket } = await setUp({ samples: ramp(160 * 12), sampleRate: RATE });
  stream.start();
  await clock.advanceBy(20);
  socket.isBlocked = true;
  await clock.advanceBy(100);
  socket.isBlocked = false;
  await clock.advanceBy(200);
  const { pacing } = await stream.done;
  // Blocked from 40 ms on; the socket is asked every 5 ms, and has room at 120 + 5.
  assert.equal(sentMs, [0, 20, 125, 125, 125, 125, 125, 140, 160, 180, 200, 220]);
  assert.is(pacing.slippedMs, 0);
  assert.is(pacing.driftMs, 0);
  assert.is(Math.round(pacing.jitter.max), 85);
});

test("after a stall beyond the bound only the bound is caught up with, the rest is lost time", async () => {
  const clip = { samples: ramp(160 * 40), sampleRate: RATE };
  const { clock, stream, sentMs, socket } = await setUp(clip, { catchUpMs: 100 });
  stream.start();
  await clock.advanceBy(20);
  socket.isBlocked = true;
  await clock.advanceBy(1015);
  socket.isBlocked = false;
  await clock.advanceBy(2000);
  const { pacing } = await stream.done;
  // The frame of 40 ms leaves at 1040, 1000 late: 900 are lost, and with it five more that are then due leave at once.
  const atOnce = [1040, 1040, 1040, 1040, 1040, 1040];
  assert.equal(sentMs, [0, 20, ...atOnce, ...every20(32, 1060)]);
  assert.is(pacing.slippedMs, 900);
  assert.is(pacing.driftMs, 900);
});

test("a source that has nothing for a while is not caught up with", async () => {
  const clock = new VirtualClock(1000);
  async function* halting() {
    yield ramp(320);
    await new Promise<void>((resolve) => halting.clock.setTimer(resolve, 1000));
    yield ramp(480, 320);
  }
  halting.clock = clock;
  const setup = await setUp(halting());
  halting.clock = setup.clock;
  setup.stream.start();
  await setup.clock.advanceBy(3000);
  const { pacing } = await setup.stream.done;
  // The source is asked for more when the second frame has left, at 20 ms.
  assert.equal(setup.sentMs, [0, 20, 1020, 1040, 1060]);
  sameSamples(setup.sent, ramp(800));
  assert.is(pacing.jitter.max, 0);
  assert.is(pacing.slippedMs, 980);
});

test("a live source that is a little late now and then keeps its first anchor", async () => {
  const arrivals = [0, 35, 41, 90, 91, 100];
  const setup = await setUp(live());
  async function* live() {
    for (const arrivalMs of arrivals) {
      const waitMs = 1000 + arrivalMs - setup.clock.now();
      if (waitMs > 0) await new Promise<void>((resolve) => setup.clock.setTimer(resolve, waitMs));
      yield ramp(160);
    }
  }
  setup.stream.start();
  await setup.clock.advanceBy(1000);
  await setup.stream.done;
  assert.equal(setup.sentMs, [0, 35, 41, 90, 91, 100]);
});

test("fast: as fast as the socket takes it, with a turn of the event loop now and then", async () => {
  const clip = { samples: ramp(160 * 100), sampleRate: RATE };
  const { clock, stream, sentMs, sent, socket } = await setUp(clip, { isRealtime: false });
  stream.start();
  assert.is(sentMs.length, 0, "the source is asked first");
  await clock.advanceBy(0);
  assert.is(sentMs.length, 100);
  await stream.done;
  sameSamples(sent, clip.samples);
  assert.is(socket.isBlocked, false);
});

test("fast: a source of many small blocks leaves the event loop to others", async () => {
  const blocks = Array.from({ length: 40 }, (_, i) => ramp(160, i * 160));
  const { clock, stream, sentMs } = await setUp(blocks, { isRealtime: false });
  stream.start();
  // Every promise that can settle settles in one turn of the real event loop; timers stand still.
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(sentMs.length, 16);
  assert.is(clock.pending, 1);
  await clock.advanceBy(0);
  await stream.done;
  assert.is(sentMs.length, 40);
});

test("a full socket holds a fast stream, which loses nothing", async () => {
  const setup = await setUp({ samples: ramp(160 * 50), sampleRate: RATE }, { isRealtime: false });
  setup.socket.isBlocked = true;
  setup.stream.start();
  await setup.clock.advanceBy(100);
  assert.is(setup.sentMs.length, 0);
  setup.socket.isBlocked = false;
  await setup.clock.advanceBy(10);
  await setup.stream.done;
  sameSamples(setup.sent, ramp(160 * 50));
});

test("stop ends a stream at once, wherever it stands, and lets go of the source", async () => {
  let isReleased = false;
  const setup = await setUp(
    (async function* () {
      try {
        for (;;) yield ramp(160);
      } finally {
        isReleased = true;
      }
    })(),
  );
  setup.stream.start();
  await setup.clock.advanceBy(50);
  const outcome = setup.stream.done.catch((error: Error) => error.message);
  setup.stream.stop(new Error("enough"));
  setup.stream.stop(new Error("twice"));
  assert.is(await outcome, "enough");
  await setup.clock.advanceBy(100);
  assert.is(setup.sentMs.length, 3);
  assert.is(setup.clock.pending, 0);
  assert.ok(isReleased);
});

test("what a source throws, at once or later, is the stream's end", async () => {
  for (const blocks of [
    (async function* () {
      yield ramp(10);
      throw new Error("torn");
    })(),
    // biome-ignore lint/correctness/useYield: a source that fails before its first block
    (async function* () {
      throw new Error("torn");
    })(),
  ]) {
    const { clock, stream } = await setUp(blocks);
    stream.start();
    const outcome = stream.done.catch((error: Error) => error.message);
    await clock.advanceBy(100);
    assert.is(await outcome, "torn");
    assert.is(clock.pending, 0);
  }
  const wrong = await setUp([new Uint8Array(4) as unknown as Int16Array]);
  wrong.stream.start();
  const outcome = wrong.stream.done.catch((error: { code: string }) => error.code);
  await wrong.clock.advanceBy(0);
  assert.is(await outcome, "ERR_CONFIG");
});

test("stereo becomes mono by its mean, int16 and float32 alike", async () => {
  const stereo = Int16Array.from({ length: 320 }, (_, i) => (i % 2 === 0 ? 1000 : 2000));
  for (const samples of [stereo, dsp.pcm.int16ToFloat(stereo)]) {
    const { clock, stream, sent } = await setUp({ samples, sampleRate: RATE, channels: 2 });
    stream.start();
    await clock.advanceBy(20);
    await stream.done;
    sameSamples(sent, new Int16Array(160).fill(1500));
  }
});

test("an empty source is a stream of nothing", async () => {
  const { clock, stream } = await setUp([]);
  stream.start();
  await clock.advanceBy(0);
  const { framesSent, durationMs, pacing } = await stream.done;
  assert.equal([framesSent, durationMs, pacing.driftMs], [0, 0, 0]);
});

test.run();
