import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../src/core/clock.ts";
import { enterHandler } from "../../src/stream/handler-calls.ts";
import { StallMonitor } from "../../src/stream/stall-monitor.ts";

/** A clock that can be held up: time passes, timers do not fire. */
class HeldUpClock extends VirtualClock {
  extraMs = 0;
  override now(): number {
    return super.now() + this.extraMs;
  }
}

test("a stall is counted and reported with the call that was last; ordinary lateness is not", async () => {
  const clock = new HeldUpClock();
  const warnings: string[] = [];
  const nothing = () => {};
  const monitor = new StallMonitor(clock, {
    info: nothing,
    error: nothing,
    warn: (text) => warnings.push(text),
  });
  await clock.advanceBy(1000);
  clock.extraMs += 100;
  await clock.advanceBy(1000);
  assert.equal(warnings, []);
  enterHandler("a1", "receive");
  clock.extraMs += 1200;
  await clock.advanceBy(1000);
  assert.is(monitor.stalls, 1);
  assert.is(monitor.maxStallMs, 1200);
  assert.is(warnings.length, 1);
  assert.match(warnings[0] ?? "", /stood still for 1200 ms.*One call .*receive\(\) of session a1/);
  clock.extraMs += 400;
  await clock.advanceBy(1000);
  assert.match(
    warnings[1] ?? "",
    /400 ms; every session waited\.$/,
    "whoever had given the turn back is not named",
  );
  monitor.stop();
  assert.is(clock.pending, 0);
});

test("of several calls none is blamed: it says how many there were, and names the last", async () => {
  const clock = new HeldUpClock();
  const warnings: { text: string; facts: object }[] = [];
  const nothing = () => {};
  const monitor = new StallMonitor(clock, {
    info: nothing,
    error: nothing,
    warn: (text, facts = {}) => warnings.push({ text, facts }),
  });
  await clock.advanceBy(1000);
  for (let i = 0; i < 3; i++) enterHandler(`a${i}`, "receive");
  enterHandler("b", "emit");
  clock.extraMs += 500;
  await clock.advanceBy(1000);
  assert.match(
    warnings[0]?.text ?? "",
    /At least one of 4 calls into handlers .* the last was emit\(\) of session b\./,
  );
  assert.equal(warnings[0]?.facts, { stallMs: 500, session: "b", method: "emit" });
  monitor.stop();
});

test.run();
