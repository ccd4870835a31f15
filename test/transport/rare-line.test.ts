/** Lines of the log that strangers can cause. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../src/core/clock.ts";
import { RareLine } from "../../src/transport/rare-line.ts";

test("the first is told at once, the rest once a minute, and none is left out of the count", async () => {
  const clock = new VirtualClock();
  const told: number[] = [];
  const line = new RareLine(clock, (times) => told.push(times));
  for (let i = 0; i < 1000; i++) line.happened();
  assert.equal(told, [1]);
  await clock.advanceBy(59_999);
  line.happened();
  assert.equal(told, [1]);
  await clock.advanceBy(1);
  line.happened();
  assert.equal(told, [1, 1001]);
  await clock.advanceBy(60_000);
  line.happened();
  assert.equal(told, [1, 1001, 1]);
});

test.run();
