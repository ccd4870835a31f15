/** The ring between two threads: every interleaving at small sizes, and two real threads at random ones. */
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { AudioRing, createAudioRing, pieceWords } from "../../../src/transport/workers/audio-ring.ts";
import { type Coroutine, coroutinesOf, everyInterleaving } from "../../interleavings.ts";
import { random } from "../../samples.ts";

/** Samples that the two threads pass on; a long run is `VOXWIRE_RING_SAMPLES=100000000`. */
const SAMPLES = Number(process.env["VOXWIRE_RING_SAMPLES"] ?? 2_000_000);

/** Takes pieces into plain memory. */
class Buffer {
  memory = new Int32Array(8);

  words(samples: number): Int32Array {
    if (samples > 2 * this.memory.length) this.memory = new Int32Array(samples);
    return this.memory;
  }

  samples(n: number): number[] {
    return [...new Int16Array(this.memory.buffer, 0, n)];
  }
}

/** What the ring's methods are as coroutines. */
interface SteppedRing {
  write(samples: Int16Array, first: number, second: number): Generator<never, boolean, void>;
  take(out: Buffer, until: number): Generator<never, number, void>;
  drop(): Generator<never, number, void>;
  readonly first: number;
  readonly second: number;
  readonly written: number;
}

type SteppedRingClass = new (buffer: SharedArrayBuffer) => SteppedRing;

const pieceOf = (i: number): Int16Array => Int16Array.from({ length: 1 + (i % 2) }, (_, k) => 10 * i + k);

/** `pieces` written into a ring for `capacityWords`, the oldest dropped where there is no room; `takes` taken meanwhile. */
function runAll(Ring: SteppedRingClass, capacityWords: number, pieces: number, takes: number): number {
  return everyInterleaving(() => {
    const memory = createAudioRing(capacityWords);
    const writer = new Ring(memory);
    const reader = new Ring(memory);
    const buffer = new Buffer();
    const dropped: number[] = [];
    const taken: number[] = [];
    let writes = 0;

    function* write(): Coroutine {
      for (let i = 0; i < pieces; i++) {
        while (!(yield* writer.write(pieceOf(i), i, -i))) {
          const oldest = dropped.length;
          const n = yield* writer.drop();
          // which one it was shows in what the reader has got
          if (n >= 0) dropped[oldest] = n;
        }
        writes++;
      }
    }

    function* take(): Coroutine {
      for (let k = 0; k < takes; k++) {
        yield { place: "WRITTEN", isWrite: false };
        const n = yield* reader.take(buffer, reader.written);
        if (n >= 0) taken.push(checkPiece(reader, buffer, n));
      }
    }

    const check = (): void => {
      assert.is(writes, pieces);
      const left = new AudioRing(memory);
      for (let n = left.take(buffer, left.written); n >= 0; n = left.take(buffer, left.written))
        taken.push(checkPiece(left, buffer, n));
      assert.is(taken.length + dropped.length, pieces, "each was taken or dropped, and none twice");
      for (let k = 1; k < taken.length; k++) assert.ok(taken[k]! > taken[k - 1]!, "in order");
      const gone = Array.from({ length: pieces }, (_, i) => i).filter((i) => !taken.includes(i));
      assert.equal(
        gone.map((i) => pieceOf(i).length),
        dropped,
      );
    };
    return { threads: [write(), take()], check };
  });
}

/** Which piece it is, whole. */
function checkPiece(ring: { first: number; second: number }, buffer: Buffer, n: number): number {
  const i = ring.first;
  assert.is(ring.second, -i || 0);
  assert.equal(buffer.samples(n), [...pieceOf(i)], `piece ${i} is not torn`);
  return i;
}

test("every interleaving of writes, drops and takes: each piece is taken whole or dropped, in order", async () => {
  const Ring = await coroutinesOf<SteppedRingClass>("src/transport/workers/audio-ring.ts", "AudioRing", [
    "write",
    "take",
    "drop",
  ]);
  // one piece fits; two do; a wrap falls inside a piece
  assert.ok(runAll(Ring, 4, 3, 2) > 100);
  assert.ok(runAll(Ring, 8, 3, 2) > 50);
  assert.ok(runAll(Ring, 8, 4, 2) > 100);
});

test("a ring whose reader did not claim what it takes would be found out", async () => {
  const Ring = await coroutinesOf<SteppedRingClass>(
    "src/transport/workers/audio-ring.ts",
    "AudioRing",
    ["write", "take", "drop"],
    (source) =>
      source.replace(
        /if \(Atomics\.compareExchange\(this\.#counters, TAKEN, taken, \(?taken \+ size\)? ?\| 0\) !== taken\) continue;/,
        "Atomics.store(this.#counters, TAKEN, (taken + size) | 0);",
      ),
  );
  let found = "";
  try {
    runAll(Ring, 4, 3, 2);
  } catch (error) {
    found = (error as Error).message;
  }
  assert.match(found, /none twice/);
});

test("it does what a list does, also where the counters pass 2^32", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 200 }),
      fc.integer({ min: 0, max: 300 }),
      fc.array(fc.record({ kind: fc.constantFrom("write", "take", "drop"), n: fc.nat(120) }), {
        maxLength: 80,
      }),
      (capacity, beforeWrap, steps) => {
        const memory = createAudioRing(capacity);
        const counters = new Int32Array(memory, 0, 32);
        counters[0] = counters[16] = -beforeWrap;
        const ring = new AudioRing(memory);
        const buffer = new Buffer();
        const model: { samples: number[]; first: number }[] = [];
        let made = 0;
        for (const { kind, n } of steps) {
          const words = model.reduce((sum, { samples }) => sum + pieceWords(samples.length), 0);
          assert.is(ring.waitingWords, words);
          if (kind === "write") {
            const samples = Int16Array.from({ length: n }, (_, i) => 31 * made + i);
            const fits = words + pieceWords(n) <= ring.capacityWords;
            assert.is(ring.write(samples, made, -made), fits);
            if (fits) model.push({ samples: [...samples], first: made });
            made++;
          } else if (kind === "take") {
            const expected = model.shift();
            assert.is(ring.take(buffer, ring.written), expected?.samples.length ?? -1);
            if (expected === undefined) continue;
            assert.equal(buffer.samples(expected.samples.length), expected.samples);
            assert.is(ring.first, expected.first);
          } else {
            assert.is(ring.peek(), model.length > 0);
            if (model.length > 0) assert.is(ring.first, model[0]!.first);
            assert.is(ring.drop(), model.shift()?.samples.length ?? -1);
          }
        }
      },
    ),
    { numRuns: 300 },
  );
});

test("a position beyond what was written, such as one of another ring, ends the reading where the writing ends", () => {
  const ring = new AudioRing(createAudioRing(64));
  const buffer = new Buffer();
  assert.is(ring.take(buffer, 1000), -1);
  ring.write(Int16Array.of(1, 2, 3), 0, 0);
  assert.is(ring.take(buffer, 1_000_000), 3);
  assert.is(ring.take(buffer, 1_000_000), -1);
});

test(`two threads, random sizes, ${SAMPLES} samples: what is taken is whole, and what is not was dropped`, async () => {
  const memory = createAudioRing(1024);
  const totals = new SharedArrayBuffer(8);
  const reader = new Worker(new URL("./ring-reader.js", import.meta.url), { workerData: { memory, totals } });
  const read = new Promise<{ pieces: number; samples: number }>((resolve, reject) => {
    reader.once("message", resolve);
    reader.once("error", reject);
  });
  const ring = new AudioRing(memory);
  const next = random(7);
  const done = new Int32Array(totals);
  const samples = new Int16Array(400);
  let written = 0;
  let pieces = 0;
  let droppedSamples = 0;
  let droppedPieces = 0;
  while (written < SAMPLES) {
    const n = Math.floor(next() * 400);
    const piece = samples.subarray(0, n);
    // each piece's samples follow from its number: the reader knows them
    for (let i = 0; i < n; i++) piece[i] = Math.imul(pieces + 1, 40_503) + Math.imul(i, 2_654_435);
    // in turns: the reader is waited for, or overrun
    const isOverrun = (pieces & 4096) !== 0;
    while (!ring.write(piece, pieces, n)) {
      const dropped = isOverrun ? ring.drop() : -1;
      if (dropped >= 0) {
        droppedSamples += dropped;
        droppedPieces++;
      } else if (!isOverrun) Atomics.wait(done, 1, 0, 0.01);
    }
    written += n;
    pieces++;
  }
  Atomics.store(done, 0, 1);
  const got = await read;
  assert.is(got.samples + droppedSamples, written);
  assert.is(got.pieces + droppedPieces, pieces);
});

test.run();
