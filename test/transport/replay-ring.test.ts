/** What is kept of a session's output for a client that comes back. */
import * as fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ReplayRing } from "../../src/transport/replay-ring.ts";

interface Frame {
  readonly samples: readonly number[];
  readonly sequence: number;
  readonly timestamp: number;
}

test("from any frame on: the latest that fit, whole, in order, each once; also across the wrap of the numbers", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 9 }),
      fc.constantFrom(0, 5, 2 ** 31 - 3, 2 ** 32 - 3),
      fc.array(fc.record({ length: fc.integer({ min: 1, max: 16 }), isCleared: fc.boolean() }), {
        maxLength: 30,
      }),
      fc.integer({ min: -5, max: 40 }),
      (capacity, first, pieces, asked) => {
        const ring = new ReplayRing(capacity * 2, 8000, 2);
        let kept: Frame[] = [];
        let timestamp = 0;
        for (const [i, { length, isCleared }] of pieces.entries()) {
          if (isCleared && i % 7 === 6) {
            ring.clear();
            kept = [];
          }
          const sequence = (first + i) >>> 0;
          const samples = Array.from({ length }, (_, n) => i * 16 + n);
          ring.push(Int16Array.from(samples), sequence, timestamp);
          kept.push({ samples, sequence, timestamp });
          timestamp += length;
          kept = kept.slice(-capacity);
        }
        const from = pieces.length === 0 ? 0 : (first + asked) >>> 0;
        const wanted = kept.filter(({ sequence }) => ((sequence - from) | 0) >= 0);
        const got: Frame[] = [];
        ring.replay(from, (samples, sequence, at) =>
          got.push({ samples: [...samples], sequence, timestamp: at }),
        );
        assert.equal(got, wanted);
        assert.is(ring.msFrom(from), wanted.reduce((sum, { samples }) => sum + samples.length, 0) / 8);
      },
    ),
  );
});

test("a ring takes its memory with the first frame", () => {
  const ring = new ReplayRing(2000, 48_000, 20);
  ring.replay(0, () => assert.unreachable("there is nothing"));
  assert.is(ring.msFrom(0), 0);
  ring.push(new Int16Array(960), 0, 0);
  assert.is(ring.msFrom(0), 20);
});

test.run();
