import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { DurationHistogram } from "../../src/client/histogram.ts";

test("an empty histogram says 0", () => {
  assert.equal(new DurationHistogram().summary(), { count: 0, p50: 0, p99: 0, max: 0 });
});

test("percentiles are right to 2 % and 0.01 ms, never above the maximum", () => {
  const durations = fc.array(fc.double({ min: -5, max: 700_000, noNaN: true }), {
    minLength: 1,
    maxLength: 300,
  });
  fc.assert(
    fc.property(durations, fc.double({ min: 0, max: 1, noNaN: true }), (values, fraction) => {
      const histogram = new DurationHistogram();
      for (const value of values) histogram.record(value);
      const sorted = values.map((value) => Math.max(0, value)).sort((a, b) => a - b);
      const exact = sorted[Math.max(0, Math.ceil(sorted.length * fraction) - 1)]!;
      const found = histogram.percentile(fraction);
      assert.ok(found <= histogram.summary().max);
      // Beyond ten minutes all is one bin.
      if (exact < 600_000) {
        assert.ok(found >= exact * 0.999_999 - 1e-9, `${found} < ${exact}`);
        assert.ok(found <= exact * 1.021 + 0.011, `${found} > ${exact}`);
      }
    }),
  );
});

test.run();
