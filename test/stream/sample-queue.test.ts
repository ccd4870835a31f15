import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SampleQueue } from "../../src/stream/sample-queue.ts";
import { sameSamples } from "../samples.ts";
import { settle } from "./session-bench.ts";

test("it does what a list does, across its own end, while it grows and after it has shrunk", () => {
  const step = fc.oneof(
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("push" as const), n: fc.nat(3000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("push" as const), n: fc.nat(120_000) }) },
    { weight: 6, arbitrary: fc.record({ kind: fc.constant("take" as const), n: fc.nat(4000) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("take" as const), n: fc.constant(1e9) }) },
    { weight: 1, arbitrary: fc.record({ kind: fc.constant("clear" as const), n: fc.constant(0) }) },
  );
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const queue = new SampleQueue();
      // all samples count on, so two counters are the model
      let pushed = 0;
      let taken = 0;
      for (const { kind, n } of steps) {
        if (kind === "push") {
          queue.push(Int16Array.from({ length: n }, (_, i) => pushed + i));
          pushed += n;
        } else if (kind === "take") {
          const count = Math.min(n, queue.length);
          const out = new Int16Array(count);
          queue.take(out, count);
          sameSamples(
            out,
            Int16Array.from({ length: count }, (_, i) => taken + i),
          );
          taken += count;
        } else {
          assert.is(queue.clear(), pushed - taken);
          taken = pushed;
        }
        assert.is(queue.length, pushed - taken);
      }
    }),
    { numRuns: 200 },
  );
});

test("what a burst took is given back when it has gone", async () => {
  const arrayBytes = (): number => {
    globalThis.gc?.();
    return process.memoryUsage().arrayBuffers;
  };
  /** Array memory is swept beside the program: what is dead may need some turns to be counted off. */
  const isGivenBack = async (boundBytes: number): Promise<boolean> => {
    for (let turn = 0; turn < 100; turn++) {
      if (arrayBytes() < boundBytes) return true;
      await settle();
    }
    return false;
  };
  assert.type(globalThis.gc, "function", "run with --expose-gc");
  const queue = new SampleQueue();
  assert.ok(await isGivenBack(2_000_000), "what came before this test is gone");
  const before = arrayBytes();
  const burst = 5_000_000;
  queue.push(new Int16Array(burst));
  assert.ok(arrayBytes() >= burst * 2);
  const frame = new Int16Array(1000);
  for (let i = 0; i < burst / 1000; i++) queue.take(frame, 1000);
  assert.ok(await isGivenBack(before + 100_000));
  queue.push(Int16Array.of(1, 2, 3));
  queue.take(frame, 3);
  assert.equal([...frame.subarray(0, 3)], [1, 2, 3]);
});

test.run();
