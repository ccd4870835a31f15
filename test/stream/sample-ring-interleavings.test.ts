/** The ring between two threads: every interleaving at small sizes, on its own source. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { createRingBuffer, RING_HEADER_BYTES, ringShape } from "../../src/stream/ring-buffer.ts";
import { type Coroutine, coroutinesOf, everyInterleaving } from "../interleavings.ts";

/** What the ring's methods are as coroutines. */
interface SteppedRing {
  write(samples: Float32Array): Generator<never, number, void>;
  read(out: Float32Array): Generator<never, number, void>;
  skip(n: number): Generator<never, number, void>;
}

type SteppedRingClass = new (options: object, existing: ArrayBufferLike) => SteppedRing;

/** The class by itself: what it imports is made here, and given to it. */
function alone(source: string): string {
  return source
    .replace(/^import \{ .* \} from .*;\n/gm, "")
    .replace(
      "const WRITTEN",
      `const RING_HEADER_BYTES = ${RING_HEADER_BYTES}, ringShape = (options) => options;\nconst WRITTEN`,
    )
    .replace("  readonly capacity: number;", "  readonly perWord = 1;\n  readonly capacity: number;");
}

async function ringClass(change: (source: string) => string = (source) => source): Promise<SteppedRingClass> {
  return await coroutinesOf<SteppedRingClass>(
    "src/stream/sample-ring.ts",
    "SampleRing",
    ["write", "read", "skip"],
    (source) => change(alone(source)),
  );
}

/**
 * Numbers from 1 on go in in pieces of the sizes `writes`, and come out in pieces of up to `reads`; a negative size passes
 * over so many. Returns in how many ways that can go.
 * @param before where the counters begin
 */
function runAll(
  Ring: SteppedRingClass,
  capacity: number,
  writes: readonly number[],
  reads: readonly number[],
  before = 0,
): number {
  const shape = ringShape({ capacity, sampleFormat: "float32" });
  return everyInterleaving(() => {
    const memory = createRingBuffer(shape, true);
    const counters = new Int32Array(memory, 0, RING_HEADER_BYTES / 4);
    counters[0] = counters[16] = before;
    const producer = new Ring(shape, memory);
    const consumer = new Ring(shape, memory);
    let written = 0;
    let taken = 0;

    function* write(): Coroutine {
      for (const n of writes) {
        written += yield* producer.write(Float32Array.from({ length: n }, (_, i) => written + i + 1));
      }
    }

    function* read(): Coroutine {
      for (const n of reads) {
        if (n < 0) taken += yield* consumer.skip(-n);
        else take(yield* consumer.read(out.subarray(0, n)));
      }
    }

    const out = new Float32Array(8);
    const take = (n: number): void => {
      for (let i = 0; i < n; i++) assert.is(out[i], taken + i + 1, "in order, each as it was written");
      taken += n;
    };

    const check = (): void => {
      const rest = consumer.read(out);
      let step = rest.next();
      while (step.done !== true) step = rest.next();
      take(step.value);
      assert.is(taken, written, "none is lost");
      assert.ok(written >= capacity || written === writes.reduce((sum, n) => sum + n, 0));
    };
    return { threads: [write(), read()], check };
  });
}

/** What a run complains of. */
function faultOf(run: () => void): string {
  try {
    run();
    return "";
  } catch (error) {
    return (error as Error).message;
  }
}

test("in every interleaving of writes, reads and skips all samples come out once, in order, whole", async () => {
  const Ring = await ringClass();
  assert.ok(runAll(Ring, 1, [1, 1, 1], [1, 1]) > 5);
  assert.ok(runAll(Ring, 2, [2, 1, 2], [1, 2]) > 5);
  assert.ok(runAll(Ring, 4, [3, 3], [2, 4]) > 5);
  assert.ok(runAll(Ring, 2, [1, 2, 1], [-1, 2, -1]) > 5);
  assert.ok(runAll(Ring, 2, [2, 2], [2, 2], -1) > 5, "where the counters pass 2^32");
});

test("a ring that told of samples before it has written them would be found out", async () => {
  const Ring = await ringClass((source) =>
    source.replace(
      "const at = written & this.#mask;",
      "Atomics.store(this.#counters, WRITTEN, (written + count) | 0);\n    const at = written & this.#mask;",
    ),
  );
  assert.match(
    faultOf(() => runAll(Ring, 2, [2, 1], [2])),
    "as it was written",
  );
});

test("a ring that gave room back before it has read would be found out", async () => {
  const Ring = await ringClass((source) =>
    source.replace(
      "const at = read & this.#mask;",
      "Atomics.store(this.#counters, READ, (read + count) | 0);\n    const at = read & this.#mask;",
    ),
  );
  assert.match(
    faultOf(() => runAll(Ring, 2, [2, 2], [2])),
    "as it was written",
  );
});

test.run();
