import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { isDeeperThan } from "../../src/transport/json-depth.ts";

function depthOf(value: unknown): number {
  if (typeof value !== "object" || value === null) return 0;
  return 1 + Math.max(0, ...Object.values(value).map(depthOf));
}

test("the depth of any JSON is what its value says, whatever its strings hold", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 6 }), fc.integer({ min: 0, max: 8 }), (value, maxDepth) => {
      const text = Buffer.from(JSON.stringify(value));
      assert.is(isDeeperThan(text, maxDepth), depthOf(value) > maxDepth);
    }),
  );
});

test("brackets inside strings do not count, nor quotes behind a backslash", () => {
  for (const value of ["[[[[", '"[[[[', "\\[[[[", '\\"[{']) {
    assert.not(isDeeperThan(Buffer.from(JSON.stringify({ value })), 1), value);
  }
});

test("what is no JSON does not throw", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      isDeeperThan(bytes, 3);
    }),
  );
});

test.run();
