import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AudioFrame, SampleArray } from "../../src/core/types.ts";
import { FrameFeed } from "../../src/stream/frame-feed.ts";
import { settle } from "./session-bench.ts";

function frameOf(sequence: number): AudioFrame<SampleArray> {
  return { samples: new Int16Array(1), sampleRate: 8000, channels: 1, timestamp: sequence, sequence };
}

/** Whether a promise has settled by now. */
async function isSettled(promise: Promise<unknown>): Promise<boolean> {
  let settled = false;
  void promise.then(() => {
    settled = true;
  });
  await settle();
  return settled;
}

test("a frame is the consumer's until it asks for the next", async () => {
  const feed = new FrameFeed();
  const offered = feed.offer(frameOf(0));
  assert.not.ok(await isSettled(offered), "nobody has asked yet");
  assert.is((await feed.next()).value?.sequence, 0);
  assert.not.ok(await isSettled(offered), "it is in hand");
  const next = feed.next();
  assert.ok(await isSettled(offered));
  assert.not.ok(await isSettled(next));
  const second = feed.offer(frameOf(1));
  assert.is((await next).value?.sequence, 1);
  assert.not.ok(await isSettled(second));
  feed.end();
  assert.ok(await isSettled(second));
});

test("end tells who waits, lets the frame in hand and any later offer go, and stays ended", async () => {
  const feed = new FrameFeed();
  const waiting = feed.next();
  feed.end();
  assert.equal(await waiting, { done: true, value: undefined });
  assert.ok(await isSettled(feed.offer(frameOf(0))));
  assert.equal(await feed.next(), { done: true, value: undefined });
  feed.end();
  assert.equal(await feed.return(), { done: true, value: undefined });
});

test("a consumer that leaves its loop lets its frame go; the next waits for whoever iterates again", async () => {
  const feed = new FrameFeed();
  const first = feed.offer(frameOf(0));
  for await (const frame of feed) {
    assert.is(frame.sequence, 0);
    break;
  }
  assert.ok(await isSettled(first));
  const second = feed.offer(frameOf(1));
  assert.not.ok(await isSettled(second));
  await feed.return();
  assert.not.ok(await isSettled(second), "a frame nobody has taken is not let go");
  for await (const frame of feed) {
    assert.is(frame.sequence, 1);
    break;
  }
  assert.ok(await isSettled(second));
});

test("who asks twice before a frame comes gets the same one: a race against a timer loses none and hangs none", async () => {
  const feed = new FrameFeed();
  const asked = feed.next();
  const again = feed.next();
  const offered = feed.offer(frameOf(7));
  assert.is((await again).value?.sequence, 7);
  assert.is((await asked).value?.sequence, 7);
  assert.not.ok(await isSettled(offered));
  const late = [feed.next(), feed.next()];
  feed.end();
  for (const result of late) assert.is((await result).done, true);
});

test.run();
