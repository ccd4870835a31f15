import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { Jitter, loopParts, percentile, TimeSeries } from "../../src/playground/page/measures.ts";

test("a series keeps the latest, oldest first, and gives those since a time in order of size", () => {
  const series = new TimeSeries(4);
  for (const [at, value] of [
    [0, 9],
    [1, 5],
    [2, 7],
    [3, 6],
    [4, 8],
  ] as const)
    series.add(at, value);
  assert.is(series.length, 4);
  assert.equal(
    [0, 1, 2, 3].map((i) => [series.timeAt(i), series.valueAt(i)]),
    [
      [1, 5],
      [2, 7],
      [3, 6],
      [4, 8],
    ],
  );
  assert.is(series.last, 8);
  assert.equal([...series.sortedSince(2)], [6, 7, 8]);
  assert.equal([...series.sortedSince(5)], []);
  series.clear();
  assert.is(series.length, 0);
  assert.ok(Number.isNaN(series.last));
});

test("a percentile is one of the values, and so many do not exceed it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 1000, noNaN: true }), { minLength: 1 }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (values, share) => {
        const sorted = Float64Array.from(values).sort();
        const found = percentile(sorted, share);
        assert.ok(sorted.includes(found));
        assert.ok(sorted.filter((value) => value <= found).length >= share * sorted.length - 1e-9);
      },
    ),
  );
  assert.ok(Number.isNaN(percentile(new Float64Array(0), 0.5)));
});

test("jitter is nothing for an even network, and moves by a sixteenth towards each difference", () => {
  const jitter = new Jitter();
  for (let i = 0; i < 10; i++) jitter.add(30);
  assert.is(jitter.jitterMs, 0);
  jitter.add(46);
  assert.is(jitter.jitterMs, 1);
  jitter.clear();
  jitter.add(100);
  assert.is(jitter.jitterMs, 0);
});

test("the loop's parts are none below nothing, and together the loop", () => {
  const ms = fc.double({ min: 0, max: 2000, noNaN: true });
  fc.assert(
    fc.property(ms, ms, ms, ms, (loopMs, tripMs, pingMs, playoutMs) => {
      const parts = Object.values(loopParts(loopMs, tripMs, pingMs, playoutMs));
      assert.ok(parts.every((part) => part >= 0));
      assert.ok(Math.abs(parts.reduce((sum, part) => sum + part, 0) - loopMs) < 1e-6);
    }),
  );
  assert.equal(loopParts(60, 12, 10, 30), { captureMs: 18, networkMs: 10, serverMs: 2, playoutMs: 30 });
});

test.run();
