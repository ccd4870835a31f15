import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { systemClock, VirtualClock } from "../../src/core/clock.ts";

test("timers fire in the order of their due times, those due together in the order they were set", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 20 }), { maxLength: 25 }), async (delays) => {
      const clock = new VirtualClock(1000);
      const fired: [number, number][] = [];
      delays.forEach((delayMs, i) => {
        clock.setTimer(() => fired.push([i, clock.now()]), delayMs);
      });
      assert.is(clock.pending, delays.length);
      await clock.advanceBy(20);
      const expected = delays
        .map((delayMs, i): [number, number] => [i, 1000 + delayMs])
        .sort((a, b) => a[1] - b[1] || a[0] - b[0]);
      assert.equal(fired, expected);
      assert.is(clock.now(), 1020);
      assert.is(clock.pending, 0);
    }),
    { numRuns: 60 },
  );
});

test("a timer set by a timer fires in the same advance where it falls due, at its own time", async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const note = (name: string) => fired.push(`${name}@${clock.now()}`);
  clock.setTimer(() => {
    note("first");
    clock.setTimer(() => note("nested soon"), 5);
    clock.setTimer(() => note("nested at once"), 0);
    clock.setTimer(() => note("nested late"), 100);
  }, 10);
  clock.setTimer(() => note("second"), 12);
  await clock.advanceTo(20);
  assert.equal(fired, ["first@10", "nested at once@10", "second@12", "nested soon@15"]);
  assert.is(clock.nextDueMs, 110);
  await clock.advanceTo(110);
  assert.is(fired.at(-1), "nested late@110");
  assert.is(clock.nextDueMs, Number.POSITIVE_INFINITY);
});

test("promises settle between timers, and before the first", async () => {
  const clock = new VirtualClock();
  const order: string[] = [];
  void Promise.resolve().then(() => {
    order.push("before");
    clock.setTimer(() => order.push("set before"), 1);
  });
  clock.setTimer(() => {
    void Promise.resolve()
      .then(() => undefined)
      .then(() => order.push("after the first"));
  }, 2);
  clock.setTimer(() => order.push("second"), 3);
  await clock.advanceTo(3);
  assert.equal(order, ["before", "set before", "after the first", "second"]);
});

test("a cleared timer never fires, also when another due at the same time clears it", async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  const cleared = clock.setTimer(() => fired.push("cleared"), 5);
  clock.clearTimer(cleared);
  let victim: unknown;
  clock.setTimer(() => {
    fired.push("killer");
    clock.clearTimer(victim);
  }, 7);
  victim = clock.setTimer(() => fired.push("victim"), 7);
  const done = clock.setTimer(() => fired.push("done"), 8);
  await clock.advanceTo(10);
  assert.equal(fired, ["killer", "done"]);
  for (const unknown of [done, cleared, undefined, null, 7, {}]) clock.clearTimer(unknown);
  assert.is(clock.pending, 0);
});

test("time never goes back, and stands still until it is told to advance", async () => {
  const clock = new VirtualClock(50);
  await clock.advanceTo(20);
  assert.is(clock.now(), 50);
  let fired = 0;
  clock.setTimer(() => fired++, 1);
  await new Promise((resolve) => setImmediate(resolve));
  assert.is(fired, 0);
  assert.is(clock.now(), 50);
  await clock.advanceBy(0.5);
  assert.is(fired, 0);
  await clock.advanceBy(0.5);
  assert.is(fired, 1);
});

test("negative delays and NaN are due at once; setImmediate a millisecond later, so that asking again for ever makes time pass", async () => {
  const clock = new VirtualClock();
  const fired: string[] = [];
  clock.setTimer(() => fired.push("negative"), -5);
  clock.setTimer(() => fired.push("NaN"), Number.NaN);
  clock.setImmediate(() => fired.push("immediate"));
  await clock.advanceBy(0);
  assert.equal(fired, ["negative", "NaN"]);
  assert.is(clock.now(), 0);
  let turns = 0;
  const again = (): void => {
    turns++;
    clock.setImmediate(again);
  };
  again();
  await clock.advanceBy(10);
  assert.equal(fired, ["negative", "NaN", "immediate"]);
  assert.is(turns, 11);
});

test("the system's clock is monotonic, fires and forgets timers", async () => {
  const first = systemClock.now();
  let isCalled = false;
  systemClock.clearTimer(
    systemClock.setTimer(() => {
      isCalled = true;
    }, 0),
  );
  await new Promise<void>((resolve) => systemClock.setTimer(resolve, 2));
  await new Promise<void>((resolve) => systemClock.setImmediate(resolve));
  assert.is(isCalled, false);
  assert.ok(systemClock.now() >= first);
});

test.run();
