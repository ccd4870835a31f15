import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SampleFormat } from "../../src/core/types.ts";
import { FrameQueue } from "../../src/stream/frame-queue.ts";
import type { PooledFrame } from "../../src/stream/pooled-frame.ts";
import { sameSamples } from "../samples.ts";

function queueOf(maxFrames: number, isFresh = false, sampleFormat: SampleFormat = "int16") {
  return new FrameQueue<Int16Array>({ frameSamples: 4, sampleRate: 8000, sampleFormat, maxFrames, isFresh });
}

test("it does what a bounded list does; frames in hand are never overwritten, and the pool stays within the bound", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 6 }),
      fc.array(fc.constantFrom("push", "push", "shift", "release", "clear"), { maxLength: 80 }),
      (maxFrames, steps) => {
        const queue = queueOf(maxFrames);
        const made = new Set<PooledFrame<Int16Array>>();
        let model: number[] = [];
        let inHand: PooledFrame<Int16Array> | undefined;
        let inHandNumber = -1;
        let next = 0;
        let dropped = 0;
        for (const step of steps) {
          if (step === "push") {
            const frame = queue.fill(Int16Array.of(next, 1, 2, 3), next * 4, next);
            made.add(frame);
            queue.push(frame);
            model.push(next++);
            if (model.length > maxFrames) {
              model.shift();
              dropped++;
            }
          } else if (step === "shift" && inHand === undefined) {
            inHand = queue.shift();
            inHandNumber = model.shift() ?? -1;
            assert.is(inHand?.sequence ?? -1, inHandNumber);
          } else if (step === "release" && inHand !== undefined) {
            queue.release(inHand);
            inHand = undefined;
          } else if (step === "clear") {
            queue.clear();
            model = [];
          }
          assert.is(queue.length, model.length);
          assert.is(queue.dropped, dropped);
          if (inHand !== undefined) sameSamples(inHand.samples, [inHandNumber, 1, 2, 3]);
        }
        assert.ok(made.size <= maxFrames + 2, `${made.size} frames for ${maxFrames}`);
      },
    ),
    { numRuns: 500 },
  );
});

test("fresh frames are arrays of their own, each time", () => {
  const queue = queueOf(2, true);
  const first = queue.fill(Int16Array.of(1, 2, 3, 4), 0, 0);
  queue.release(first);
  const second = queue.fill(Int16Array.of(5, 6, 7, 8), 4, 1);
  assert.is.not(first, second);
  assert.is.not(first.samples.buffer, second.samples.buffer);
  sameSamples(first.samples, [1, 2, 3, 4]);
});

test("a frame says what it is", () => {
  const queue = new FrameQueue<Float32Array>({
    frameSamples: 2,
    sampleRate: 16000,
    sampleFormat: "float32",
    maxFrames: 1,
    isFresh: false,
  });
  const frame = queue.fill(Float32Array.of(0.5, -0.5), 640, 2);
  assert.instance(frame.samples, Float32Array);
  assert.equal(
    { ...frame, samples: [...frame.samples] },
    {
      samples: [0.5, -0.5],
      sampleRate: 16000,
      channels: 1,
      timestamp: 640,
      sequence: 2,
    },
  );
});

test.run();
