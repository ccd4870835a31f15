import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PlayedPositions } from "../../../src/client/browser/played-positions.ts";
import { PlayoutControl } from "../../../src/client/browser/playout-control.ts";

/** Plays on: how late is played follows the drift that is asked for; audio comes as late as `lateMs` says, each window. */
function play(
  control: PlayoutControl,
  offsetMs: number,
  windows: number,
  lateMs: (i: number) => number,
): number {
  let offset = offsetMs;
  for (let i = 0; i < windows; i++) {
    const late = lateMs(i);
    // what comes too late is an underrun: playing begins again 10 ms after it
    if (late > offset) offset = late + 10;
    offset += (control.heard(offset - late, offset) / 1e6) * 500;
  }
  return offset;
}

test("whatever the start and the clocks, the margin is what waits in the end, and does so for ten hours", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 150, noNaN: true }),
      fc.integer({ min: -200, max: 200 }),
      (start, clocks) => {
        const control = new PlayoutControl(10);
        let at = 0;
        const late = () => (at += (clocks / 1e6) * 500);
        const offset = play(control, start, 1200, late);
        // clocks that drift apart are followed, some ms behind
        assert.ok(Math.abs(offset - at - 10) < 3, `${offset - at} ms`);
        const later = play(control, offset, 72_000, late);
        assert.ok(Math.abs(later - at - 10) < 3, `${later - at} ms`);
      },
    ),
    { numRuns: 12 },
  );
});

test("the worst but one of 20 s is provided for, and what comes once by 20 ms at most", () => {
  const control = new PlayoutControl(10);
  play(control, 10, 100, () => 0);
  assert.is(control.marginMs, 10);
  play(control, 10, 1, () => 120);
  assert.is(control.marginMs, 20 + 6);
  play(control, 10, 10, () => 0);
  play(control, 10, 1, () => 60);
  assert.is(control.marginMs, 60 + 20 + 6);
  play(control, 10, 20, () => 0);
  assert.is(control.marginMs, 60 + 20 + 6, "patiently");
  play(control, 10, 40, () => 0);
  assert.is(control.marginMs, 10);
});

test("a margin is 200 ms at most", () => {
  const control = new PlayoutControl(10);
  play(control, 10, 100, (i) => (i % 3 === 0 ? 900 : 0));
  assert.is(control.marginMs, 200);
});

test("what a call's first windows ask for is forgotten soon", () => {
  const control = new PlayoutControl(10);
  play(control, 10, 6, (i) => (i === 2 || i === 3 ? 60 : 0));
  assert.ok(control.marginMs > 10);
  play(control, 10, 10, () => 0);
  assert.is(control.marginMs, 10);
});

test("after a pause the line is as it was, from another moment on", () => {
  const control = new PlayoutControl(10);
  play(control, 10, 60, (i) => (i % 10 === 0 ? 50 : 0));
  const before = control.marginMs;
  assert.is(before, 56);
  control.began();
  assert.is(control.heard(56, 7056), 0);
  assert.is(control.marginMs, before);
  assert.is(Math.abs(Math.round(control.heard(56, 7056))), 0, "it plays as late as it should");
});

test("drift stays within what the resampler takes", () => {
  const control = new PlayoutControl(10);
  for (const offset of [0, 5, 10, 30, 1000, 10_000]) assert.ok(Math.abs(control.heard(0, offset)) <= 5000);
});

test("a position is told in ms of what was received, between the ends of frames and beyond the oldest kept", () => {
  const positions = new PlayedPositions();
  assert.is(positions.at(0), 0);
  // a clock that runs 0.1 % fast: 961 samples for each 20 ms
  for (let frame = 1; frame <= 2000; frame++) positions.add(frame * 961, frame * 20);
  assert.is(positions.at(1900 * 961), 38_000);
  assert.is(positions.at(1880 * 961), 37_600, "and a little before what was told last");
  assert.ok(Math.abs(positions.at(1950.5 * 961) - 39_010) < 1e-6);
  assert.is(positions.at(5000 * 961), 40_000);
});

test.run();
