import { test } from "uvu";
import * as assert from "uvu/assert";
import { CAPTURE, CaptureBlocks } from "../../../src/client/browser/capture-blocks.ts";
import { createLink, LinkConsumer, LinkProducer } from "../../../src/client/browser/sample-link.ts";

const BLOCK = 128;
const turn = () => new Promise((resolve) => setImmediate(resolve));

for (const isShared of [true, false]) {
  const how = isShared ? "shared memory" : "messages";

  function open(capacity: number) {
    const ends = createLink(capacity, isShared);
    const producer = new LinkProducer(ends.producer);
    const consumer = new LinkConsumer(ends.consumer);
    const close = () => {
      producer.close();
      consumer.close();
    };
    return { blocks: new CaptureBlocks(producer), consumer, close };
  }

  test(`${how}: blocks that the browser passes over are counted, and do not move what comes after in time`, async () => {
    const { blocks, consumer, close } = open(8192);
    // the clock as seen by Chromium when its audio thread moves: it jumps once, by no fault of ours
    const frames = [2688, 2816, 5504, 5632, 5760, 5888, 6016, 6144];
    for (const frame of frames) blocks.push([new Float32Array(BLOCK).fill(0.5)], BLOCK, frame);
    await turn();
    await turn();
    const taken = consumer.ring.skip(8192);
    assert.is(taken, frames.length * BLOCK);
    const gap = 5504 - (2816 + BLOCK);
    assert.is(consumer.control[CAPTURE.lost], gap);
    // the sample that comes next is captured when the clock says so
    assert.is(consumer.control[CAPTURE.firstFrame]! + taken, 6144 + BLOCK);
    close();
  });

  test(`${how}: the clock may wrap at 2^32 samples without a loss`, async () => {
    const { blocks, consumer, close } = open(8192);
    const first = 2 ** 32 - 2 * BLOCK;
    for (let i = 0; i < 4; i++) blocks.push([new Float32Array(BLOCK)], BLOCK, first + i * BLOCK);
    await turn();
    assert.is(consumer.control[CAPTURE.lost], 0);
    assert.is(consumer.control[CAPTURE.firstFrame], first | 0);
    close();
  });
}

test.run();
