import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import { AudioQueue } from "../../src/stream/audio-queue.ts";
import { sameSamples } from "../samples.ts";

test("it does what a bounded list does: in order, oldest dropped and counted, clear not counted", () => {
  const step = fc.oneof(
    fc.record({ kind: fc.constant("push" as const), n: fc.nat(250) }),
    fc.record({ kind: fc.constant("read" as const), n: fc.nat(120) }),
    fc.record({ kind: fc.constant("clear" as const), n: fc.constant(0) }),
  );
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 25 }), fc.array(step, { maxLength: 80 }), (maxMs, steps) => {
      const queue = new AudioQueue({ sampleRate: 4000, maxMs });
      const bound = maxMs * 4;
      let model: number[] = [];
      let dropped = 0;
      let next = 0;
      for (const { kind, n } of steps) {
        if (kind === "push") {
          const samples = Int16Array.from({ length: n }, () => next++);
          queue.push(samples);
          model.push(...samples);
          dropped += Math.max(0, model.length - bound);
          model = model.slice(-bound);
        } else if (kind === "read") {
          const out = new Int16Array(n);
          const count = queue.read(out);
          sameSamples(out.subarray(0, count), model.splice(0, n));
        } else {
          assert.is(queue.clear(), model.length);
          model = [];
        }
        assert.is(queue.length, model.length);
        assert.is(queue.droppedSamples, dropped);
      }
    }),
    { numRuns: 500 },
  );
});

test("float32 samples pass unchanged", () => {
  const queue = new AudioQueue<Float32Array>({ sampleRate: 8000, sampleFormat: "float32" });
  queue.push(Float32Array.of(0.25, -1, 1e-9));
  const out = new Float32Array(3);
  assert.is(queue.read(out), 3);
  sameSamples(out, Float32Array.of(0.25, -1, 1e-9));
});

test("ready: true at once where something waits, later when something comes, for everyone who waits", async () => {
  const queue = new AudioQueue({ sampleRate: 8000 });
  const waiting = [queue.ready(), queue.ready()];
  queue.push(new Int16Array(0));
  assert.is(await Promise.race([waiting[0], Promise.resolve("still waiting")]), "still waiting");
  queue.push(Int16Array.of(1));
  assert.equal(await Promise.all(waiting), [true, true]);
  assert.is(await queue.ready(), true);
});

test("end: who waits is told; what waits can still be read; what comes later is ignored", async () => {
  const queue = new AudioQueue({ sampleRate: 8000 });
  const waiting = queue.ready();
  queue.end();
  assert.is(await waiting, false);
  const other = new AudioQueue({ sampleRate: 8000 });
  other.push(Int16Array.of(1, 2));
  other.end();
  other.push(Int16Array.of(3));
  assert.is(await other.ready(), true);
  assert.is(other.read(new Int16Array(5)), 2);
  assert.is(await other.ready(), false);
});

test("an end in a loop over ready() ends the loop after all has been read", async () => {
  const queue = new AudioQueue({ sampleRate: 8000 });
  const heard: number[] = [];
  const reader = (async () => {
    const out = new Int16Array(3);
    while (await queue.ready()) heard.push(...out.subarray(0, queue.read(out)));
  })();
  for (let i = 0; i < 20; i++) {
    queue.push(Int16Array.of(i));
    if (i % 3 === 0) await null;
  }
  queue.end();
  await reader;
  assert.equal(
    heard,
    Array.from({ length: 20 }, (_, i) => i),
  );
});

test("the longest queue is what its ring holds, and a longer one is refused in ms", () => {
  const longestMs = Math.floor((2 ** 24 * 1000) / 48_000);
  const queue = new AudioQueue({ sampleRate: 48_000, maxMs: longestMs });
  queue.push(new Int16Array(10));
  assert.is(queue.length, 10);
  assert.throws(() => new AudioQueue({ sampleRate: 48_000, maxMs: longestMs + 1 }), /maxMs is 349526/);
});

test("wrong options are refused", () => {
  for (const options of [
    { sampleRate: 8 },
    { sampleRate: 8000, maxMs: 0 },
    { sampleRate: 8000, maxMs: Number.NaN },
  ])
    assert.throws(
      () => new AudioQueue(options),
      (error: unknown) => error instanceof ConfigError,
    );
});

test.run();
