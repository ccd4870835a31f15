import { test } from "uvu";
import * as assert from "uvu/assert";
import { ReceiveQueue } from "../../src/client/receive-queue.ts";

/** A frame of 20 ms at 8 kHz. */
const frame = (sequence: number, ms = 20) => ({
  samples: new Int16Array(ms * 8),
  sampleRate: 8000,
  channels: 1,
  timestamp: sequence * ms * 8,
  sequence,
});

function setUp(maxMs = 100) {
  const marks: string[] = [];
  const queue = new ReceiveQueue<Int16Array>(maxMs, { onMark: (name) => marks.push(name) });
  const take = async () => (await queue.next()).value?.sequence;
  return { queue, marks, take };
}

test("frames come out in their order, whether they or the consumer are first", async () => {
  const { queue, take } = setUp();
  const early = [take(), take()];
  for (let n = 0; n < 4; n++) queue.push(frame(n));
  assert.equal([...(await Promise.all(early)), await take(), await take()], [0, 1, 2, 3]);
  assert.is(queue.queuedMs, 0);
});

test("beyond the bound the oldest frames are dropped and counted; the newest stays however long it is", async () => {
  const { queue, take } = setUp(100);
  for (let n = 0; n < 8; n++) queue.push(frame(n));
  assert.is(queue.queuedMs, 100);
  assert.is(queue.droppedFrames, 3);
  assert.is(await take(), 3);
  queue.push(frame(8, 5000));
  assert.is(queue.queuedMs, 5000);
  assert.is(await take(), 8);
});

test("a flood of marks that nobody plays towards piles up to a thousand; each is told once, in order", () => {
  const { queue, marks } = setUp();
  queue.push(frame(0));
  for (let n = 0; n < 5000; n++) queue.mark(String(n));
  assert.is(marks.length, 4000);
  queue.clear();
  assert.equal(
    marks,
    Array.from({ length: 5000 }, (_, n) => String(n)),
  );
});

test("many thousand frames pass without piling up", async () => {
  const { queue, take } = setUp(1e9);
  for (let n = 0; n < 5000; n++) queue.push(frame(n));
  for (let n = 0; n < 5000; n++) assert.is(await take(), n);
  assert.is(queue.queuedMs, 0);
});

test("a frame is played when its consumer comes back, and only then are the marks behind it told", async () => {
  const { queue, marks, take } = setUp();
  queue.mark("at once");
  assert.equal(marks, ["at once"]);
  queue.push(frame(0));
  queue.mark("after 0");
  queue.push(frame(1));
  queue.mark("after 1");
  await take();
  assert.equal([marks.length, queue.playedMs], [1, 0]);
  await take();
  assert.equal([marks.at(-1), queue.playedMs], ["after 0", 20]);
  queue.consumed();
  assert.equal([marks.at(-1), queue.playedMs], ["after 1", 40]);
});

test("clear drops what waits, tells its marks in order, and keeps what was played", async () => {
  const { queue, marks, take } = setUp();
  for (let n = 0; n < 3; n++) {
    queue.push(frame(n));
    queue.mark(`m${n}`);
  }
  await take();
  queue.consumed();
  assert.is(queue.clear(), 40);
  assert.equal(marks, ["m0", "m1", "m2"]);
  assert.equal([queue.playedMs, queue.queuedMs], [20, 0]);
  queue.push(frame(9));
  assert.is(await take(), 9);
});

test("dropping the oldest keeps the marks, which are told once", async () => {
  const { queue, marks, take } = setUp(40);
  queue.push(frame(0));
  queue.mark("a");
  queue.push(frame(1));
  queue.push(frame(2));
  assert.equal(marks, ["a"]);
  assert.is(await take(), 1);
  assert.equal(marks, ["a"]);
});

test("after the end what waits is still given, then done; an error is thrown once", async () => {
  const { queue, take } = setUp();
  queue.push(frame(0));
  queue.end(undefined);
  assert.is(await take(), 0);
  assert.is((await queue.next()).done, true);
  const failed = setUp();
  const waiting = failed.queue.next().catch((error: Error) => error.message);
  failed.queue.end(new Error("lost"));
  assert.is(await waiting, "lost");
  const late = setUp();
  late.queue.end(new Error("lost"));
  assert.is(await late.queue.next().catch((error: Error) => error.message), "lost");
  assert.is((await late.queue.next()).done, true);
});

test.run();
