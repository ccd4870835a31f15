import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { Pacer } from "../../src/stream/pacer.ts";
import { LEFT, Made } from "./made-handler.ts";
import { rampFrame, sessionBench } from "./session-bench.ts";

const LEAD_MS = 60;

/** Sends 20 ms frames as long as they may leave; returns how many. */
function sendAll(pacer: Pacer, nowMs: number, most = 1000): number {
  let n = 0;
  while (n < most && pacer.mayLeave(nowMs)) {
    pacer.sent(20);
    n++;
  }
  return n;
}

test("a frame leaves while what was sent is no more than the lead ahead of the clock", () => {
  const pacer = new Pacer(LEAD_MS);
  assert.is(sendAll(pacer, 1000), 4, "0, 20, 40 and 60 ms ahead");
  for (let ms = 1; ms < 2000; ms++) assert.is(sendAll(pacer, 1000 + ms), ms % 20 === 0 ? 1 : 0, `${ms}`);
});

test("dueMs is the first moment at which mayLeave says so", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 1e9, noNaN: true }),
      fc.integer({ min: 0, max: 500 }),
      fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 50 }),
      (startMs, leadMs, durations) => {
        const pacer = new Pacer(leadMs);
        let nowMs = startMs;
        for (const durationMs of durations) {
          assert.ok(pacer.mayLeave(nowMs));
          pacer.sent(durationMs);
          if (pacer.dueMs > nowMs) {
            assert.not.ok(pacer.mayLeave(pacer.dueMs - 1e-3));
            nowMs = pacer.dueMs + 1e-6;
          }
        }
      },
    ),
  );
});

test("what has arrived since the anchor counts as time passed", () => {
  const pacer = new Pacer(LEAD_MS);
  assert.is(sendAll(pacer, 0), 4);
  pacer.received(1, 300);
  assert.is(sendAll(pacer, 1), 15, "300 ms more");
});

test("the anchor is set anew once the output has been silent for more than 60 ms, with the burst that is arriving", () => {
  for (const silentMs of [60, 61]) {
    const pacer = new Pacer(LEAD_MS);
    sendAll(pacer, 0);
    const sent = sendAll(pacer, 80 + silentMs);
    assert.is(sent, silentMs === 60 ? 4 + 3 : 4, "owed, or from a new anchor");
  }
  const pacer = new Pacer(LEAD_MS);
  sendAll(pacer, 0);
  for (let n = 0; n < 15; n++) pacer.received(1000 + n * 4, 20);
  pacer.received(1500, 20);
  for (let n = 0; n < 10; n++) pacer.received(2000, 20);
  assert.is(sendAll(pacer, 2000), 10 + 4, "only the burst of this moment, not what came since the start");
});

test("an answer that comes a while after a whole file was dumped is not sent ahead by the file's length", () => {
  for (const [pauseMs, credit] of [
    [0, 500],
    [6, 100],
    [8000, 100],
    [9000, 50],
    [10_000, 0],
  ] as const) {
    const pacer = new Pacer(LEAD_MS);
    pacer.received(1000, 10_000);
    assert.is(sendAll(pacer, 1000 + pauseMs), credit + 4, `after ${pauseMs} ms`);
  }
});

test("what came in a bunch may be answered in a bunch, however late, as long as input goes on", () => {
  for (const delayMs of [100, 900, 1500, 30_000]) {
    const pacer = new Pacer(LEAD_MS);
    for (let n = 0; n < 15; n++) pacer.received(1000, 20);
    for (let ms = 20; ms <= delayMs; ms += 20) pacer.received(1000 + ms, 20);
    const sent = sendAll(pacer, 1000 + delayMs);
    assert.ok(sent >= 15 + 3 && sent <= 15 + 5, `${sent} after ${delayMs} ms`);
  }
});

test("a delay line lags by its delay after any stall, not by the stall too", async () => {
  for (const delayMs of [100, 400, 1500]) {
    const waiting: { samples: Int16Array; dueMs: number }[] = [];
    const bench = sessionBench(
      new Made({
        receive: (frame, session) => {
          waiting.push({ samples: frame.samples.slice(), dueMs: bench.clock.now() + delayMs });
          bench.clock.setTimer(() => void session.send(waiting.shift()!.samples), delayMs);
        },
      }),
    );
    await bench.stream.open();
    const arrivals: number[] = [];
    const arrive = () => {
      arrivals.push(bench.clock.now() - 1000);
      bench.stream.receive(rampFrame(0));
    };
    for (let n = 0; n < 50; n++) {
      await bench.clock.advanceBy(20);
      arrive();
    }
    await bench.clock.advanceBy(300);
    for (let n = 0; n < 15; n++) arrive();
    for (let n = 0; n < 200; n++) {
      await bench.clock.advanceBy(20);
      arrive();
    }
    await bench.clock.advanceBy(delayMs + 1000);
    assert.is(bench.frames.length, arrivals.length);
    const lagsMs = bench.frames.map(({ atMs }, i) => atMs - arrivals[i]! - delayMs);
    assert.ok(Math.max(...lagsMs) <= 2, `delay ${delayMs}: at worst ${Math.max(...lagsMs)} ms more`);
    await bench.stream.end(LEFT);
  }
});

test("input in pieces shorter than the gap between bursts earns no credit for ever", () => {
  const pacer = new Pacer(LEAD_MS);
  const pieceMs = 128 / 48;
  for (let n = 0; n < 375 * 600; n++) pacer.received(n * pieceMs, pieceMs);
  const sent = sendAll(pacer, 600_000);
  assert.ok(sent <= 5, `${sent} frames left at once after ten minutes of input`);
});

test("reset starts anew: what was sent ahead is forgotten, and so is what had arrived", () => {
  const pacer = new Pacer(LEAD_MS);
  pacer.received(0, 20);
  sendAll(pacer, 0);
  pacer.received(100, 5000);
  pacer.reset();
  pacer.received(200, 20);
  assert.is(sendAll(pacer, 200), 5);
});

test("an hour of frames is an hour: no drift, whatever the frame", () => {
  for (const [durationMs, count] of [
    [20, 180_000],
    [(220 / 11025) * 1000, 180_409],
    [(128 / 48000) * 1000, 1_350_000],
  ] as const) {
    const pacer = new Pacer(LEAD_MS);
    let nowMs = 12_345.678;
    const startMs = nowMs;
    for (let n = 0; n < count; n++) {
      if (!pacer.mayLeave(nowMs)) {
        nowMs = Math.max(nowMs, pacer.dueMs + 1e-6);
        assert.ok(pacer.mayLeave(nowMs));
      }
      pacer.sent(durationMs);
    }
    const driftMs = nowMs - startMs - (count * durationMs - LEAD_MS);
    assert.ok(Math.abs(driftMs) < durationMs + 0.01, `${driftMs} ms`);
  }
});

test("echo: whatever stalls come, and however the wire is cut, each whole frame is answered in the turn that fills it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({
          stallMs: fc.oneof(
            { weight: 6, arbitrary: fc.integer({ min: 0, max: 40 }) },
            { weight: 1, arbitrary: fc.integer({ min: 0, max: 3000 }) },
          ),
          samples: fc.oneof(
            fc.constant(160),
            fc.integer({ min: 1, max: 500 }),
            fc.integer({ min: 1, max: 8000 }),
          ),
        }),
        { minLength: 1, maxLength: 40 },
      ),
      async (pieces) => {
        const handler = new EchoHandler();
        handler.takesShortFrames = false;
        const bench = sessionBench(handler);
        await bench.stream.open();
        let received = 0;
        for (const { stallMs, samples } of pieces) {
          await bench.clock.advanceBy(stallMs);
          bench.stream.receive(rampFrame(0, samples));
          received += samples;
          assert.is(bench.stream.counters.framesSent, Math.floor(received / 160));
          assert.is(bench.stream.counters.outputQueuedMs, 0);
        }
        await bench.stream.end(LEFT);
      },
    ),
    { numRuns: 60 },
  );
});

test.run();
