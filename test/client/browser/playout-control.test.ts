import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { PlayedPositions } from "../../../src/client/browser/played-positions.ts";
import { PlayoutControl } from "../../../src/client/browser/playout-control.ts";

/** Plays a loop: the level follows the drift that is asked for and the two clocks' difference. */
function settle(control: PlayoutControl, levelMs: number, clocksPpm: number, windows: number): number {
  let level = levelMs;
  for (let i = 0; i < windows; i++) {
    const ppm = control.heard(level);
    level += ((ppm + clocksPpm) / 1e6) * 500;
  }
  return level;
}

test("whatever the start and the clocks, the level settles at the margin and stays there for ten hours", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 150, noNaN: true }),
      fc.integer({ min: -300, max: 300 }),
      (start, clocks) => {
        const level = settle(new PlayoutControl(10), start, clocks, 1200);
        assert.ok(Math.abs(level - 10) < 3.1, `${level} ms`);
        assert.ok(Math.abs(settle(new PlayoutControl(10), level, clocks, 72_000) - level) < 0.1);
      },
    ),
    { numRuns: 30 },
  );
});

test("an underrun raises the margin, up to 200 ms, and calm lowers it to where it began", () => {
  const control = new PlayoutControl(10);
  for (let i = 0; i < 5; i++) control.ranOut();
  assert.is(control.marginMs, 60);
  for (let i = 0; i < 40; i++) control.ranOut();
  assert.is(control.marginMs, 200);
  for (let i = 0; i < 20 * 100; i++) control.heard(control.marginMs);
  assert.is(control.marginMs, 10);
});

test("drift stays within what the resampler takes", () => {
  const control = new PlayoutControl(10);
  for (const level of [0, 5, 10, 30, 1000, 10_000]) assert.ok(Math.abs(control.heard(level)) <= 5000);
});

test("a position is told in ms of what was received, between the ends of frames and beyond the oldest kept", () => {
  const positions = new PlayedPositions();
  assert.is(positions.at(0), 0);
  // a clock that runs 0.1 % fast: 961 samples for each 20 ms
  for (let frame = 1; frame <= 2000; frame++) positions.add(frame * 961, frame * 20);
  assert.is(positions.at(1900 * 961), 38_000);
  assert.ok(Math.abs(positions.at(1950.5 * 961) - 39_010) < 1e-6);
  assert.is(positions.at(5000 * 961), 40_000);
});

test.run();
