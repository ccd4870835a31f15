/** Peers that read too slowly, that are dead, or that send rubbish: the server lives, and others hear nothing of it. */
import { createHash, randomBytes } from "node:crypto";
import { connect, type Socket } from "node:net";
import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  EchoHandler,
  type EndReason,
  type RunningServer,
  serve,
  silentLogger,
  VirtualClock,
} from "../../src/server.ts";
import { sameSamples } from "../samples.ts";
import { Journal, ProbeHandler } from "./probe-handler.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

test("a reader that stalls: frames dropped and counted, memory bounded, closed with 4413 after 5 s, others unharmed", async () => {
  const clock = new VirtualClock();
  const journal = new Journal();
  const reasons: EndReason[] = [];
  const server = await serve({
    port: 0,
    clock,
    logger: silentLogger,
    maxUnsentMs: 1000,
    heartbeatMs: 10_000_000,
    handler: new ProbeHandler(journal, {
      emit: ({ id, outputRate }) => (id === "slow" ? new Int16Array(outputRate / 50) : null),
      receive: (session) => void session.send(new Int16Array(160)),
    }),
    onEnd: (_session, reason) => reasons.push(reason),
  });
  const output = { encoding: "pcm16", sample_rate: 192_000, frame_ms: 20 };
  const slow = await RawClient.open(server.url);
  slow.send({ event: "start", websocket_id: "slow", format: { output } });
  await slow.next(({ json }) => json.event === "media");
  slow.socket.pause();

  // the kernel takes some megabytes before anything waits in the process
  while (server.metrics.dropped.slowReader === 0) {
    assert.ok(clock.now() < 120_000, "frames are dropped before two minutes of audio have gone out");
    await clock.advanceBy(20);
  }
  const bytesOut = server.metrics.bytesOut;
  assert.is(reasons.length, 0);
  await clock.advanceBy(4_900);
  assert.is(reasons.length, 0, "not yet");
  const frameBytes = 3840 * 2 * (4 / 3) + 100;
  assert.ok(server.metrics.bytesOut - bytesOut < 2 * frameBytes, "next to nothing is added beyond the bound");
  assert.ok(server.metrics.dropped.slowReader >= 240);
  const other = await RawClient.open(server.url);
  other.send({ event: "start", websocket_id: "other", format: { output: { sample_rate: 8000 } } });
  other.sendMedia(new Int16Array(480));
  await other.nextAudio(160);
  await clock.advanceBy(200);
  await journal.has("shutdown slow-reader");

  slow.socket.resume();
  await slow.next(({ json }) => json.data?.code === "ERR_SLOW_READER");
  const { code, reason } = await slow.closed;
  assert.is(code, 4413);
  assert.match(reason, "slowly");
  await other.sync();
  await server.close({ drainMs: 0 });
  assert.is(clock.pending, 0);
});

test("a reader that catches up in time is not closed", async () => {
  const clock = new VirtualClock();
  const server = await serve({
    port: 0,
    clock,
    logger: silentLogger,
    maxUnsentMs: 1000,
    heartbeatMs: 10_000_000,
    handler: new ProbeHandler(new Journal(), { emit: ({ outputRate }) => new Int16Array(outputRate / 50) }),
  });
  const client = await RawClient.open(server.url);
  const output = { encoding: "pcm16", sample_rate: 192_000, frame_ms: 20 };
  client.send({ event: "start", websocket_id: "a", format: { output } });
  await client.next(({ json }) => json.event === "media");
  client.socket.pause();
  while (server.metrics.dropped.slowReader === 0) await clock.advanceBy(20);
  client.socket.resume();
  const { framesOut } = server.metrics;
  while (server.metrics.framesOut === framesOut) {
    await turn();
    await clock.advanceBy(1);
  }
  const dropped = server.metrics.dropped.slowReader;
  for (let i = 0; i < 500; i++) {
    await clock.advanceBy(20);
    await turn();
  }
  assert.is(client.socket.readyState, 1);
  assert.ok(server.sessions.has("a"));
  assert.ok(server.metrics.dropped.slowReader - dropped < 250, "most frames go out again");
  await Promise.all([server.close({ drainMs: 0 }), clock.advanceBy(1)]);
});

/** A WebSocket client by hand that sends what it is told and answers nothing. */
async function deafSocket(server: RunningServer): Promise<Socket> {
  const socket = connect(server.port, "127.0.0.1");
  const key = randomBytes(16).toString("base64");
  socket.write(
    "GET /websocket/offer HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
      `Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ${key}\r\n\r\n`,
  );
  const answer = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  assert.match(String(answer), accept);
  return socket;
}

/** A masked frame (with the mask 0, which leaves the payload as it is). */
function masked(opcode: number, payload: Buffer): Buffer {
  const length =
    payload.length < 126 ? [0x80 | payload.length] : [0xfe, payload.length >> 8, payload.length & 255];
  return Buffer.concat([Buffer.from([0x80 | opcode, ...length, 0, 0, 0, 0]), payload]);
}

test("a peer that answers no heartbeat is given up at the third", async () => {
  const clock = new VirtualClock();
  const journal = new Journal();
  const server = await serve({
    port: 0,
    clock,
    logger: silentLogger,
    handler: new ProbeHandler(journal),
    heartbeatMs: 15_000,
  });
  const socket = await deafSocket(server);
  const gone = new Promise((resolve) => socket.once("close", resolve));
  socket.write(masked(1, Buffer.from('{"event":"start","websocket_id":"dead"}')));
  await journal.has("startUp dead");
  const living = await RawClient.open(server.url);
  living.send({ event: "start", websocket_id: "living" });
  await living.sync();
  for (const ms of [15_000, 30_000, 44_999]) {
    await clock.advanceTo(ms);
    assert.ok(server.sessions.has("dead"));
    await living.sync();
  }
  await clock.advanceTo(45_000);
  await gone;
  await journal.has("shutdown connection-lost");
  await living.sync();
  assert.equal([...server.sessions.keys()], ["living"]);
  await server.close({ drainMs: 0 });
  assert.is(clock.pending, 0);
});

test("a ping is answered, with what it carried", async () => {
  await withServer(await serve({ port: 0, handler: EchoHandler, logger: silentLogger }), async (server) => {
    const client = await RawClient.open(server.url);
    const pong = new Promise((resolve) => client.socket.once("pong", resolve));
    client.socket.ping("abc");
    assert.is(String(await pong), "abc");
  });
});

test("frames that break the WebSocket protocol end their own connection and no other", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  await withServer(server, async () => {
    const good = await RawClient.open(server.url);
    good.send({ event: "start", websocket_id: "good" });
    for (const rubbish of [
      Buffer.from([0x81, 0x01, 0x61]),
      Buffer.from([0xff, 0x80, 0, 0, 0, 0]),
      masked(3, Buffer.from("x")),
      masked(8, Buffer.from([0])),
      Buffer.concat([Buffer.from([0x81, 0xff, 0x7f]), Buffer.alloc(20, 255)]),
      randomBytes(500),
    ]) {
      const socket = await deafSocket(server);
      const gone = new Promise((resolve) => socket.once("close", resolve));
      socket.on("error", () => {});
      socket.on("data", () => {});
      socket.write(masked(1, Buffer.from('{"event":"start","websocket_id":"bad"}')));
      socket.write(rubbish);
      socket.end();
      await gone;
    }
    await good.sync();
    while (server.metrics.connections > 1 || server.sessions.size > 1) await turn();
    assert.equal([...server.sessions.keys()], ["good"]);
  });
});

test("whatever one client sends, the server lives and another client's echo is whole", async () => {
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
  });
  await withServer(server, async () => {
    const good = await RawClient.open(server.url);
    good.send({ event: "start", websocket_id: "good" });
    const frame = Int16Array.from({ length: 160 }, (_, i) => i * 50);
    const usual = [
      '{"event":"start","websocket_id":"bad"}',
      '{"event":"start","webrtc_id":"bad","format":{"input":{"encoding":"alaw","sample_rate":8000}}}',
      `{"event":"media","media":{"payload":"${Buffer.alloc(160, 0xff).toString("base64")}"}}`,
      '{"event":"mark","mark":{"name":"x"}}',
      '{"event":"cleared","played_ms":1e300}',
      '{"event":"ping"}',
      '{"event":"stop"}',
    ];
    const mutated = fc
      .tuple(fc.constantFrom(...usual), fc.nat(), fc.nat(20), fc.string({ maxLength: 8 }))
      .map(([text, at, length, insert]) => {
        const start = at % text.length;
        return text.slice(0, start) + insert + text.slice(start + length);
      });
    const messages = fc.array(
      fc.oneof(
        fc.constantFrom(...usual),
        mutated,
        fc.string({ maxLength: 60 }),
        fc.json(),
        fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
      ),
      { maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(messages, async (rubbish) => {
        const bad = await RawClient.open(server.url);
        for (const message of rubbish) bad.socket.send(message);
        good.sendMedia(frame);
        sameSamples(await good.nextAudio(160), throughMulaw(frame));
        await bad.leave();
      }),
      { numRuns: 150 },
    );
    while (server.metrics.connections > 1 || server.sessions.size > 1) await turn();
    assert.ok(server.metrics.badMessages > 0);
  });
});

test.run();
