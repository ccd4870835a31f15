import { test } from "uvu";
import * as assert from "uvu/assert";
import { createLink, LinkConsumer, LinkProducer } from "../../../src/client/browser/sample-link.ts";
import { random, sameSamples } from "../../samples.ts";

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
    return { producer, consumer, close };
  }

  test(`${how}: what is written in any sizes is read in order, and the consumer is told`, async () => {
    const { producer, consumer, close } = open(4096);
    const total = 100_000;
    const received: number[] = [];
    const out = new Float32Array(1000);
    consumer.onSamples(() => {
      for (let n = consumer.ring.read(out); n > 0; n = consumer.ring.read(out)) {
        for (let i = 0; i < n; i++) received.push(out[i]!);
      }
    });
    const dice = random(3);
    for (let sent = 0; sent < total; ) {
      const n = Math.min(total - sent, 1 + Math.floor(dice() * 700));
      sent += producer.write(Float32Array.from({ length: n }, (_, i) => sent + i));
      producer.publish(false);
      await turn();
    }
    while (received.length < total) await turn();
    sameSamples(
      received,
      Float32Array.from({ length: total }, (_, i) => i),
    );
    close();
  });

  test(`${how}: a link is full at its capacity, and has room again when its samples are taken`, async () => {
    const { producer, consumer, close } = open(256);
    assert.is(producer.write(new Float32Array(200)), 200);
    assert.is(producer.write(new Float32Array(200)), 56);
    assert.is(producer.write(new Float32Array(1)), 0);
    assert.is(producer.waiting, 256);
    const taken = new Promise<void>((resolve) => {
      consumer.onSamples(() => {
        consumer.ring.skip(256);
        resolve();
      });
    });
    producer.publish(false);
    await taken;
    while (producer.waiting > 0) await turn();
    assert.is(producer.write(new Float32Array(300)), 256);
    close();
  });

  test(`${how}: each side sees the other's numbers`, async () => {
    const { producer, consumer, close } = open(256);
    producer.control[3] = 33;
    producer.publish();
    consumer.status[5] = 55;
    consumer.publish();
    while (consumer.control[3] !== 33 || producer.status[5] !== 55) await turn();
    close();
  });
}

test("messages: buffers go to and fro, and none is made once there are enough", async () => {
  const { port1, port2 } = new MessageChannel();
  const producer = new LinkProducer({ capacity: 4096, shared: undefined, port: port1 });
  const seen = new Set<number>();
  port2.onmessage = ({ data }) => {
    // the far end marks what it gets: a buffer that is new has no mark
    if (data[0] < 1000) data[0] = 1000 + seen.size;
    seen.add(data[0]);
    port2.postMessage(data, [data.buffer]);
  };
  const block = new Float32Array(128);
  const original = Float32Array.prototype.set;
  // written samples would hide the mark
  Float32Array.prototype.set = () => {};
  try {
    for (let i = 0; i < 200; i++) {
      producer.write(block);
      while (producer.waiting > 0) await turn();
    }
  } finally {
    Float32Array.prototype.set = original;
  }
  assert.is(seen.size, 1);
  producer.close();
  port2.close();
});

test.run();
