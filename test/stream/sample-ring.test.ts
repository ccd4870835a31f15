import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import type { SampleArray, SampleFormat } from "../../src/core/types.ts";
import { SampleRing } from "../../src/stream/sample-ring.ts";
import { random, sameSamples } from "../samples.ts";

const READ_COUNTER = 16;
const FORMATS: readonly SampleFormat[] = ["int16", "float32"];

type Step =
  | { kind: "write"; n: number }
  | { kind: "read"; n: number; room: number }
  | { kind: "skip"; n: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ kind: fc.constant("write" as const), n: fc.nat(90) }),
  fc.record({ kind: fc.constant("read" as const), n: fc.nat(90), room: fc.nat(90) }),
  fc.record({ kind: fc.constant("skip" as const), n: fc.nat(90) }),
);

function samplesFor(format: SampleFormat, length: number): SampleArray {
  return format === "float32" ? new Float32Array(length) : new Int16Array(length);
}

for (const sampleFormat of FORMATS) {
  for (const shared of [false, true]) {
    test(`${sampleFormat}, ${shared ? "shared" : "plain"}: it does what a list does, also where the counters pass 2^32`, () => {
      fc.assert(
        fc.property(
          fc.integer({ min: 1, max: 70 }),
          fc.integer({ min: 0, max: 200 }),
          fc.array(step, { maxLength: 60 }),
          (capacity, beforeWrap, steps) => {
            const ring = new SampleRing<SampleArray>({ capacity, sampleFormat, shared });
            const counters = new Int32Array(ring.buffer, 0, 32);
            counters[0] = -beforeWrap;
            counters[READ_COUNTER] = -beforeWrap;
            const model: number[] = [];
            let next = 1;
            for (const { kind, n, ...rest } of steps) {
              if (kind === "write") {
                const samples = samplesFor(sampleFormat, n).map((_, i) => next + i);
                const count = ring.write(samples as SampleArray);
                assert.is(count, Math.min(n, ring.capacity - model.length));
                for (let i = 0; i < count; i++) model.push(next++);
              } else if (kind === "skip") {
                assert.is(ring.skip(n), Math.min(n, model.length));
                model.splice(0, n);
              } else {
                const out = samplesFor(sampleFormat, "room" in rest ? rest.room : 0).fill(-7);
                const expected = model.splice(0, Math.min(n, out.length));
                assert.is(ring.read(out as SampleArray, n), expected.length);
                sameSamples(out, [...expected, ...new Array(out.length - expected.length).fill(-7)]);
              }
              assert.is(ring.available, model.length);
              assert.is(ring.space, ring.capacity - model.length);
            }
          },
        ),
        { numRuns: 300 },
      );
    });
  }
}

test("counts that make no sense move nothing: negative, NaN, more than the array holds", () => {
  const ring = new SampleRing({ capacity: 16 });
  assert.is(ring.write(Int16Array.of(1, 2, 3), 10), 3, "what is not there cannot be written");
  assert.is(ring.write(Int16Array.of(9), -1), 0);
  assert.is(ring.write(Int16Array.of(9), Number.NaN), 0);
  assert.is(ring.read(new Int16Array(4), -1), 0);
  assert.is(ring.skip(-1), 0);
  assert.is(ring.skip(Number.NaN), 0);
  assert.is(ring.available, 3);
  const out = new Int16Array(2);
  assert.is(ring.read(out, 3), 2, "what does not fit is not read");
  assert.equal([...out], [1, 2]);
  assert.is(ring.skip(Number.POSITIVE_INFINITY), 1);
});

test("capacity is the next power of two, up to 2^24", () => {
  for (let bits = 1; bits <= 20; bits++) {
    assert.is(new SampleRing({ capacity: 2 ** bits }).capacity, 2 ** bits);
    assert.is(new SampleRing({ capacity: 2 ** bits - 1 }).capacity, bits === 1 ? 1 : 2 ** bits);
    assert.is(new SampleRing({ capacity: 2 ** bits + 1 }).capacity, 2 ** (bits + 1));
  }
  assert.is(new SampleRing({ capacity: 2 ** 24 }).capacity, 2 ** 24);
  for (const capacity of [0, -1, 1.5, Number.NaN, 2 ** 24 + 1]) {
    assert.throws(
      () => new SampleRing({ capacity }),
      (error: unknown) => error instanceof ConfigError,
    );
  }
});

test("a second ring over the first one's buffer is the other end of it; a buffer of another size is refused", () => {
  const options = { capacity: 100, shared: true };
  const producer = new SampleRing(options);
  const consumer = new SampleRing(options, producer.buffer);
  producer.write(Int16Array.of(5, 6, 7));
  const out = new Int16Array(8);
  assert.is(consumer.read(out), 3);
  assert.equal([...out.subarray(0, 3)], [5, 6, 7]);
  assert.is(producer.available, 0);
  assert.throws(
    () => new SampleRing({ capacity: 300 }, producer.buffer),
    (error: unknown) => error instanceof ConfigError && error.message.includes("these options need"),
  );
});

test("millions of samples pass from thread to thread in order, whatever the sizes", async () => {
  // the long form is VOXWIRE_RING_SAMPLES=100000000
  const total = Number(process.env["VOXWIRE_RING_SAMPLES"] ?? 10_000_000);
  const ring = new SampleRing({ capacity: 4096, shared: true });
  // the other end is written against the documented layout, not against the class
  const worker = new Worker(
    `
    const { workerData: { buffer, total } } = require("node:worker_threads");
    const counters = new Int32Array(buffer, 0, 32);
    const samples = new Int16Array(buffer, 128);
    const mask = samples.length - 1;
    let state = 12345, sent = 0;
    while (sent < total) {
      state = (Math.imul(state, 1103515245) + 12345) >>> 0;
      const written = Atomics.load(counters, 0);
      const read = Atomics.load(counters, 16);
      const free = samples.length - ((written - read) >>> 0);
      const n = Math.min(1 + (state >>> 16) % 1500, free, total - sent);
      if (n === 0) { Atomics.wait(counters, 16, read, 5); continue; }
      for (let i = 0; i < n; i++) samples[(written + i) & mask] = (sent + i) * 31;
      sent += n;
      Atomics.store(counters, 0, (written + n) | 0);
      Atomics.notify(counters, 0);
    }
    `,
    { eval: true, workerData: { buffer: ring.buffer, total } },
  );
  const failed = new Promise<never>((_, reject) => worker.once("error", reject));
  const exited = new Promise<number>((resolve) => worker.once("exit", resolve));
  const counters = new Int32Array(ring.buffer, 0, 32);
  const dice = random(7);
  const out = new Int16Array(2000);
  let received = 0;
  while (received < total) {
    const written = Atomics.load(counters, 0);
    const n = ring.read(out, 1 + Math.floor(dice() * 1999));
    for (let i = 0; i < n; i++) {
      if (out[i] !== (((received + i) * 31) << 16) >> 16)
        assert.unreachable(`sample ${received + i} is ${out[i]}`);
    }
    received += n;
    Atomics.notify(counters, READ_COUNTER);
    if (n === 0) {
      Atomics.wait(counters, 0, written, 5);
      await Promise.race([new Promise((resolve) => setImmediate(resolve)), failed]);
    }
  }
  assert.is(await Promise.race([exited, failed]), 0);
  assert.is(received, total);
  assert.is(ring.available, 0);
});

test("a ring in a worker over the same class: what one thread writes the other reads", async () => {
  const options = { capacity: 1000, sampleFormat: "float32", shared: true } as const;
  const ring = new SampleRing<Float32Array>(options);
  const source = JSON.stringify(new URL("../../src/stream/sample-ring.ts", import.meta.url).href);
  const worker = new Worker(
    `
    const { parentPort, workerData } = require("node:worker_threads");
    import("tsx/esm/api").then(({ register }) => (register(), import(${source}))).then(({ SampleRing }) => {
      const ring = new SampleRing(workerData.options, workerData.buffer);
      parentPort.postMessage(ring.write(Float32Array.from({ length: 2000 }, (_, i) => i / 4)));
    });
    `,
    { eval: true, workerData: { buffer: ring.buffer, options } },
  );
  const count = await new Promise((resolve, reject) => {
    worker.once("message", resolve);
    worker.once("error", reject);
  });
  assert.is(count, 1024);
  const out = new Float32Array(1024);
  assert.is(ring.read(out), 1024);
  sameSamples(
    out,
    Float32Array.from({ length: 1024 }, (_, i) => i / 4),
  );
  await worker.terminate();
});

test.run();
