/** Frames written to sockets from engine memory: right however the sockets keep up, and nothing is left behind. */
import { once } from "node:events";
import { type AddressInfo, createServer, type Socket, connect as tcpConnect } from "node:net";
import { type Duplex, PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import type { MessageSource } from "../../src/transport/frame-slots.ts";
import { FrameSlots, takesViews } from "../../src/transport/frame-slots.ts";

const dsp = loadDspSync();

/** Writes the samples' low bytes, which tests can tell apart. */
const source: MessageSource = {
  isMediaBinary: true,
  mediaBytes: (samples) => samples,
  encodeMedia(samples, sequence, _timestamp, out, offset) {
    for (let i = 0; i < samples.length; i++) out[offset + i] = (samples[i]! + sequence) & 0xff;
    return samples.length;
  },
};

/** A connection over TCP: the writing end, and everything that its other end has read once it reads. */
async function connected(): Promise<{ writer: Socket; reader: Socket; close(): Promise<void> }> {
  const server = createServer({ pauseOnConnect: true }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const accepted = once(server, "connection");
  const writer = tcpConnect((server.address() as AddressInfo).port, "127.0.0.1");
  await once(writer, "connect");
  const [reader] = (await accepted) as [Socket];
  return {
    writer,
    reader,
    async close() {
      writer.destroy();
      reader.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** What a reader gets until `bytes` have come. */
async function read(reader: Duplex, bytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let got = 0;
  for await (const chunk of reader.iterator({ destroyOnReturn: false })) {
    chunks.push(chunk as Buffer);
    got += (chunk as Buffer).length;
    if (got >= bytes) break;
  }
  return Buffer.concat(chunks);
}

/** The frames that `count` calls have written: header and payload. */
function expected(samples: Int16Array, count: number): Buffer {
  const n = samples.length;
  const head =
    n < 126
      ? [0x82, n]
      : n < 65536
        ? [0x82, 126, n >> 8, n & 255]
        : [0x82, 127, 0, 0, 0, 0, 0, n >> 16, (n >> 8) & 255, n & 255];
  const frames = Array.from({ length: count }, (_, sequence) =>
    Buffer.from([...head, ...samples.map((sample) => (sample + sequence) & 0xff)]),
  );
  return Buffer.concat(frames);
}

for (const samples of [0, 1, 125, 126, 160, 7000, 65535, 65536, 70_000]) {
  test(`a frame of ${samples} bytes is whole, with its header in front`, async () => {
    const slots = new FrameSlots(dsp);
    const { writer, reader, close } = await connected();
    const pcm = Int16Array.from({ length: samples }, (_, i) => i * 7);
    for (let i = 0; i < 3; i++)
      assert.is(slots.write(writer, takesViews(writer), source, pcm, i, 0), samples);
    const wanted = expected(pcm, samples === 0 ? 0 : 3);
    if (samples > 0) assert.ok((await read(reader, wanted.length)).equals(wanted));
    await close();
    slots.dispose();
  });
}

test("readers that stand still: each gets its own frames whole, and every lent slot comes back", async () => {
  const before = dsp.memory.slots;
  const slots = new FrameSlots(dsp);
  const stalled = await Promise.all(Array.from({ length: 20 }, connected));
  const quick = await connected();
  const pcm = stalled.map((_, k) => Int16Array.from({ length: 4000 }, (_, i) => i * (2 * k + 3)));
  const counts = stalled.map(() => 0);
  // until every one is backed up, and then on
  for (let round = 0; round < 60 || stalled.some(({ writer }) => writer.writableLength === 0); round++) {
    for (const [k, { writer }] of stalled.entries()) {
      if (writer.writableLength > 200_000) continue;
      slots.write(writer, takesViews(writer), source, pcm[k]!, counts[k]!++, 0);
    }
    slots.write(quick.writer, true, source, pcm[0]!.subarray(0, 160), round, 0);
    if (round < 60) {
      const frame = await read(quick.reader, 164);
      assert.is(frame[4], round & 0xff);
      assert.is(frame.length, 164);
    }
  }
  assert.ok(slots.lent > 0 && slots.lent <= 16, `${slots.lent} lent`);
  for (const [k, { reader }] of stalled.entries()) {
    const wanted = expected(pcm[k]!, counts[k]!);
    assert.ok((await read(reader, wanted.length)).equals(wanted), `reader ${k}`);
  }
  for (const { writer } of stalled) while (writer.writableLength > 0) await once(writer, "drain");
  while (slots.lent > 0) await new Promise<void>((resolve) => setImmediate(resolve));
  await Promise.all([...stalled, quick].map(({ close }) => close()));
  slots.dispose();
  assert.is(dsp.memory.slots, before, "the memory is given back");
});

test("a socket that is destroyed while it is backed up gives its slot back", async () => {
  const slots = new FrameSlots(dsp);
  const { writer, close } = await connected();
  const pcm = new Int16Array(7000);
  while (writer.writableLength === 0) slots.write(writer, true, source, pcm, 0, 0);
  assert.is(slots.lent, 1);
  const closed = once(writer, "close");
  writer.destroy();
  await closed;
  assert.is(slots.lent, 0);
  await close();
  slots.dispose();
});

test("a stream that is no TCP socket is given copies", async () => {
  const slots = new FrameSlots(dsp);
  const pair = new PassThrough();
  assert.not(takesViews(pair));
  const pcm = Int16Array.from({ length: 160 }, (_, i) => i);
  for (let i = 0; i < 5; i++) slots.write(pair, takesViews(pair), source, pcm, i, 0);
  const wanted = expected(pcm, 5);
  assert.ok((await read(pair, wanted.length)).equals(wanted));
  pair.destroy();
  slots.dispose();
});

test("a source with nothing to say writes nothing", async () => {
  const slots = new FrameSlots(dsp);
  const { writer, close } = await connected();
  const mute: MessageSource = { ...source, encodeMedia: () => 0 };
  assert.is(slots.write(writer, true, mute, new Int16Array(160), 0, 0), 0);
  assert.is(writer.bytesWritten, 0);
  await close();
  slots.dispose();
});

test.run();
