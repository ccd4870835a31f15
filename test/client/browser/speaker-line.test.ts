import { test } from "uvu";
import * as assert from "uvu/assert";
import { random } from "../../samples.ts";
import { SpeakerLine } from "./speaker-line.ts";

/** 20 ms of the frame, 10 of the browser's turn, 1 of the line, the resampler's and the margin. */
const CALM_20_MS = 45;
const CALM_10_MS = 35;

test("on a calm line it is played as soon as a turn of the browser allows, from the first second on", () => {
  for (const [frameMs, mostMs] of [
    [20, CALM_20_MS],
    [10, CALM_10_MS],
  ] as const) {
    const line = new SpeakerLine({ frameMs, arrival: (fullMs) => fullMs + 1 });
    line.run(1000);
    assert.ok(line.delayMs <= mostMs, `${line.delayMs} ms`);
    line.run(60_000);
    assert.ok(line.delayMs <= mostMs, `${line.delayMs} ms`);
    assert.is(line.sink.stats.underruns, 0);
  }
});

test("a rough line is heard without gaps once it is known, and soon again as a calm one when it is calm", () => {
  const dice = random(3);
  const line = new SpeakerLine({ arrival: (fullMs) => fullMs + 1 + (fullMs < 60_000 ? 60 * dice() : 0) });
  line.run(20_000);
  const { underruns } = line.sink.stats;
  assert.ok(underruns <= 4, `${underruns} at first`);
  line.run(40_000);
  assert.ok(line.sink.stats.underruns <= underruns + 1);
  assert.ok(line.delayMs < 110, `${line.delayMs} ms`);
  line.run(60_000);
  assert.ok(line.sink.stats.underruns <= underruns + 1);
  assert.ok(line.delayMs <= CALM_20_MS, `${line.delayMs} ms`);
});

test("stalls that come again and again are gaps twice, and then no more", () => {
  const line = new SpeakerLine({ arrival: (fullMs, i) => fullMs + (i % 250 === 249 ? 80 : 1) });
  line.run(20_000);
  const { underruns } = line.sink.stats;
  assert.ok(underruns <= 3, `${underruns} at first`);
  line.run(300_000);
  assert.is(line.sink.stats.underruns, underruns);
});

test("one stall of 300 ms is a gap, once; the delay it leaves is gone within a minute", () => {
  const line = new SpeakerLine({ arrival: (fullMs, i) => fullMs + (i === 500 ? 300 : 1) });
  line.run(20_000);
  assert.is(line.sink.stats.underruns, 1);
  assert.ok(line.delayMs > 150, "nothing is left out of loud speech");
  line.run(60_000);
  assert.ok(line.delayMs <= CALM_20_MS, `${line.delayMs} ms`);
});

for (const skewPpm of [100, -100]) {
  test(`a sender whose clock is ${skewPpm > 0 ? "fast" : "slow"} by 100 ppm is followed for ten minutes, without a gap or more delay`, () => {
    // what a browser plays at once and 5 ms, as `connect` has it
    const line = new SpeakerLine({ skewPpm, marginMs: 15, arrival: (fullMs) => fullMs + 1 });
    line.run(60_000);
    let [drift, times, least, most] = [0, 0, Number.POSITIVE_INFINITY, 0];
    line.run(540_000, () => {
      const { driftPpm, waitingMs } = line.sink.stats;
      drift += driftPpm;
      times++;
      least = Math.min(least, waitingMs);
      most = Math.max(most, waitingMs);
    });
    const { underruns, skippedMs } = line.sink.stats;
    assert.is(underruns, 0);
    assert.is(skippedMs, 0);
    assert.ok(Math.abs(drift / times - skewPpm) < 20, `${drift / times} ppm`);
    assert.ok(least > 0 && most < 60, `${least} to ${most} ms wait`);
  });
}

test.run();
