/** How fast a client may send. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../src/core/clock.ts";
import { RateLimit } from "../../src/transport/rate-limit.ts";
import { type ServerLimits, serverLimits } from "../../src/transport/server-limits.ts";

const FRAME_BYTES = 260;

function made(limits: Partial<ServerLimits> = {}) {
  const clock = new VirtualClock(1000);
  const rate = new RateLimit(clock, serverLimits(limits));
  const send = (frames: number, frameMs = 20) => {
    const counts = { taken: 0, dropped: 0, "too-much": 0 };
    for (let i = 0; i < frames; i++) counts[rate.take(FRAME_BYTES, frameMs)]++;
    return counts;
  };
  return { clock, rate, send };
}

test("a client that sends in real time is never held up, whatever its frames' length", async () => {
  for (const frameMs of [5, 10, 20, 50, 500]) {
    const { clock, send } = made({ maxSpeed: 1.01 });
    for (let ms = 0; ms < 120_000; ms += 500) {
      await clock.advanceBy(500);
      assert.is(send(500 / frameMs, frameMs).taken, 500 / frameMs);
    }
  }
});

test("a client that was stalled for 10 s catches up at once, again and again", async () => {
  const { clock, send } = made({ maxSpeed: 1.5 });
  for (let stall = 0; stall < 5; stall++) {
    await clock.advanceBy(10_000);
    assert.is(send(500).taken, 500);
    for (let second = 0; second < 20; second++) {
      await clock.advanceBy(1000);
      assert.is(send(50).taken, 50);
    }
  }
});

test("what comes beyond a burst is dropped, and a burst's worth of that is too much", () => {
  const { send } = made({ maxBurstMs: 10_000 });
  assert.equal(send(600), { taken: 500, dropped: 100, "too-much": 0 });
  assert.equal(send(401), { taken: 0, dropped: 400, "too-much": 1 });
});

test("by default a client may send a hundred times as fast as real time, and ten thousand messages a second", async () => {
  const { clock, rate, send } = made();
  for (let tenth = 0; tenth < 300; tenth++) {
    await clock.advanceBy(100);
    assert.is(send(500).taken, 500);
    for (let i = 0; i < 500; i++) assert.is(rate.take(20, 0), "taken");
  }
});

test("a client that calms down is forgiven", async () => {
  const { clock, send } = made({ maxBurstMs: 10_000, maxSpeed: 2 });
  for (let i = 0; i < 10; i++) {
    assert.equal(send(800), { taken: 500, dropped: 300, "too-much": 0 });
    await clock.advanceBy(10_000);
  }
});

test("a steady flood is cut, however even it comes", async () => {
  const { clock, send } = made({ maxSpeed: 2 });
  let verdicts = { taken: 0, dropped: 0, "too-much": 0 };
  let seconds = 0;
  while (verdicts["too-much"] === 0 && seconds++ < 100) {
    await clock.advanceBy(1000);
    verdicts = send(200);
  }
  assert.ok(seconds < 30, `after ${seconds} s of 4 times real time`);
});

test("messages without audio are counted too, long ones as several", async () => {
  const { rate, clock } = made({ maxMessagesPerSecond: 10, maxBurstMs: 100, maxMessageBytes: 8192 });
  const taken = (bytes: number) => {
    let n = 0;
    while (rate.take(bytes, 0) === "taken") n++;
    return n;
  };
  assert.is(taken(10), 30);
  await clock.advanceBy(1000);
  assert.is(taken(8192), 3);
});

test("the longest message that is allowed fits into buckets of any size", () => {
  const limits = { maxBurstMs: 100, maxMessagesPerSecond: 10 };
  assert.is(made(limits).rate.take(262_144, 5_000), "taken");
});

test.run();
