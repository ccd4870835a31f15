/** Sockets that read into one buffer: `ws` gets the same bytes, and nothing that it keeps is written over. */
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { PassThrough } from "node:stream";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { shareReads } from "../../src/transport/shared-reads.ts";

interface Pair {
  readonly client: Socket;
  readonly accepted: Socket;
  close(): Promise<void>;
}

async function pairOf(): Promise<Pair> {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address() as { port: number };
  const client = connect(address.port, "127.0.0.1");
  const [accepted] = (await once(server, "connection")) as [Socket];
  return {
    client,
    accepted,
    async close() {
      client.destroy();
      accepted.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

/** A masked text message whose payload is so many bytes of `fill`. */
function message(length: number, fill: number): Buffer {
  return Buffer.concat([Buffer.from([0x81, 0x80 | length, 0, 0, 0, 0]), Buffer.alloc(length, fill)]);
}

/** What `ws` may keep: its answer may have to wait. */
const ping = Buffer.from([0x89, 0x80, 0, 0, 0, 0]);

/** Writes and waits until as many bytes have come. */
async function send({ client, accepted }: Pair, bytes: Buffer): Promise<void> {
  const wanted = accepted.bytesRead + bytes.length;
  client.write(bytes);
  while (accepted.bytesRead < wanted) await once(accepted, "data");
}

test("sockets of Node's own share one buffer, which holds whole messages alone; the rest is copied", async () => {
  const pair = await pairOf();
  const chunks: Buffer[] = [];
  const seen: Buffer[] = [];
  assert.ok(shareReads(pair.accepted, true), "this Node reads into a buffer of ours");
  pair.accepted.on("data", (chunk: Buffer) => {
    chunks.push(chunk);
    seen.push(Buffer.from(chunk));
  });
  await send(pair, message(50, 1));
  await send(pair, message(50, 2));
  await send(pair, Buffer.concat([message(20, 3), message(20, 4)]));
  await send(pair, message(60, 5).subarray(0, 30));
  await send(pair, message(60, 5).subarray(30));
  await send(pair, Buffer.concat([message(20, 6), message(20, 7), message(30, 8).subarray(0, 3)]));
  await send(pair, message(30, 8).subarray(3));
  await send(pair, ping);
  await send(pair, Buffer.concat([message(20, 9), ping, message(20, 10)]));
  const lent = chunks.map((chunk) => chunk.buffer === chunks[0]!.buffer);
  assert.equal(lent, [true, true, true, false, true, true, false, true, false, true, false]);
  assert.equal(seen[0], message(50, 1));
  assert.equal(seen[2], Buffer.concat([message(20, 3), message(20, 4)]));
  assert.equal(Buffer.concat([seen[3]!, seen[4]!]), message(60, 5));
  assert.equal(seen[5], Buffer.concat([message(20, 6), message(20, 7)]));
  assert.equal(Buffer.concat([seen[6]!, seen[7]!]), message(30, 8));
  assert.equal(Buffer.concat(seen.slice(9)), Buffer.concat([message(20, 9), ping, message(20, 10)]));
  for (const [i, chunk] of chunks.entries()) {
    if (!lent[i]) assert.equal(Buffer.from(chunk), seen[i], "what is kept is not written over");
  }
  await pair.close();
});

test("of a socket that is cut over its first messages, the rest goes nowhere", async () => {
  const pair = await pairOf();
  const chunks: Buffer[] = [];
  shareReads(pair.accepted, true);
  pair.accepted.on("data", (chunk: Buffer) => {
    chunks.push(Buffer.from(chunk));
    pair.accepted.destroy();
  });
  const closed = once(pair.accepted, "close");
  pair.client.write(Buffer.concat([message(20, 1), message(20, 2).subarray(0, 10)]));
  await closed;
  assert.equal(chunks, [message(20, 1)]);
  await pair.close();
});

test("where messages may not be lent, every chunk is a copy of its own", async () => {
  const pair = await pairOf();
  const chunks: Buffer[] = [];
  assert.ok(shareReads(pair.accepted, false));
  pair.accepted.on("data", (chunk: Buffer) => chunks.push(chunk));
  await send(pair, message(50, 1));
  await send(pair, message(50, 2));
  assert.equal(
    chunks.map((chunk) => Buffer.from(chunk)),
    [message(50, 1), message(50, 2)],
  );
  await pair.close();
});

test("a socket that is paused reads no further, and goes on where it was; the end comes through", async () => {
  const pair = await pairOf();
  shareReads(pair.accepted, true);
  let bytes = 0;
  pair.accepted.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    // more than a socket's buffers hold is on its way
    pair.accepted.pause();
    setImmediate(() => {
      const atPause = bytes;
      setImmediate(() => {
        assert.is(bytes, atPause, "nothing is read while it is paused");
        pair.accepted.resume();
      });
    });
  });
  const whole = Buffer.alloc(300_000, 0x81);
  const ended = once(pair.accepted, "end");
  pair.client.end(whole);
  await ended;
  assert.is(bytes, whole.length);
  await pair.close();
});

test("another kind of stream, and one that holds what was read before, stay as they are", async () => {
  assert.not(shareReads(new PassThrough(), true));
  const pair = await pairOf();
  pair.accepted.unshift(Buffer.from("head"));
  assert.not(shareReads(pair.accepted, true));
  const [chunk] = await once(pair.accepted, "data");
  assert.is(String(chunk), "head");
  await pair.close();
});

test.run();
