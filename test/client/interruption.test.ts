/** A client that clears by itself: what the server has queued for it is dropped, and what is said next is heard. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import { VirtualClock } from "../../src/core/clock.ts";
import { EchoHandler, type Session, serve, silentLogger } from "../../src/server.ts";
import { cutProxy } from "../cut-proxy.ts";
import { RawClient } from "../transport/raw-client.ts";
import { ScriptedSocket, STARTED } from "./scripted-socket.ts";

/** Says ten seconds at once, one sample value throughout, and something else when it is interrupted and has an answer. */
class Talker extends EchoHandler {
  readonly cleared: number[];
  readonly answers: boolean;
  constructor(answers: boolean, cleared: number[] = []) {
    super();
    this.answers = answers;
    this.cleared = cleared;
  }
  override copy(): Talker {
    return new Talker(this.answers, this.cleared);
  }
  override receive(): void {}
  override startUp(session: Session): void {
    session.send(new Int16Array(80_000).fill(8000));
  }
  override onCleared(playedMs: number, session: Session): void {
    this.cleared.push(playedMs);
    if (this.answers) session.send(new Int16Array(1600).fill(-8000));
  }
}

const DIRECTION = { encoding: "pcm16", sampleRate: 8000, frameMs: 20 } as const;
const FORMAT = { input: DIRECTION, output: DIRECTION };

for (const protocol of ["binary", "fastrtc"] as const) {
  for (const workers of [0, 1]) {
    const where = workers === 0 ? "" : ", its handler in a worker";
    test(`after clear() of a client (${protocol}${where}) nothing of what was queued is heard`, async () => {
      const handler = new Talker(false);
      const server = await serve({
        port: 0,
        logger: silentLogger,
        outputRate: 8000,
        ...(workers === 0
          ? { handler }
          : { handler: new URL("./burst-handler.js#Burst", import.meta.url), workers }),
      });
      const client = await connect(server.url, { protocol, format: FORMAT });
      const frames = client[Symbol.asyncIterator]();
      for (let i = 0; i < 5; i++) await frames.next();
      const { playedMs } = client.clear();
      assert.is(playedMs, 80);
      let heard = 0;
      client.on("audio", () => heard++);
      // a second of the server's time would bring fifty frames
      await new Promise((resolve) => setTimeout(resolve, 1000));
      assert.is(heard, 0);
      assert.is(client.stats.receiveQueuedMs, 0);
      if (workers === 0) assert.equal(handler.cleared, [80]);
      await client.close();
      await server.close({ drainMs: 0 });
    });
  }

  test(`what a handler says to clear() of a client (${protocol}) is heard from its first sample on`, async () => {
    const handler = new Talker(true);
    const server = await serve({ port: 0, logger: silentLogger, handler, outputRate: 8000 });
    const client = await connect(server.url, { protocol, format: FORMAT });
    const clears: unknown[] = [];
    client.on("clear", (info) => clears.push(info));
    const frames = client[Symbol.asyncIterator]();
    for (let round = 1; round <= 3; round++) {
      for (let i = 0; i < 3; i++) await frames.next();
      client.clear();
      const { value } = await frames.next();
      assert.ok(
        value!.samples.every((sample) => sample === -8000),
        `round ${round}`,
      );
      assert.is(handler.cleared.length, round);
    }
    // told once each, and by the one who asked
    assert.equal(clears, []);
    await client.close();
    await server.close({ drainMs: 0 });
  });
}

test("a client that says cleared by hand drops nothing of the server's, unless it says that it interrupts", async () => {
  const handler = new Talker(false);
  const server = await serve({ port: 0, logger: silentLogger, handler, outputRate: 8000 });
  const client = await RawClient.open(server.url);
  client.send({ event: "start", websocket_id: "a", format: {} });
  const isClear = ({ json }: { json: { event?: string } }): boolean => json.event === "clear";
  await client.nextAudio(160);
  client.send({ event: "cleared", played_ms: 10 });
  await client.nextAudio(1600);
  client.send({ event: "cleared", played_ms: 100, interrupts: true });
  await client.next(isClear);
  // answers as to any other clear: that is not taken for another interruption
  client.send({ event: "cleared", played_ms: 100 });
  client.send({ event: "mark", mark: { name: "after" } });
  const seen: string[] = [];
  for (;;) {
    const { json } = await client.next(({ json }) => json.event !== "pong");
    seen.push(json.event);
    if (json.event === "mark") break;
  }
  assert.equal(seen, ["mark"]);
  assert.equal(handler.cleared, [10, 100, 100]);
  client.socket.close();
  await server.close({ drainMs: 0 });
});

for (const isLost of [false, true]) {
  const when = isLost ? "while its connection is lost" : "as its connection is lost";
  test(`a client that interrupts ${when} hears nothing old when it is back`, async () => {
    const handler = new Talker(false);
    const server = await serve({ port: 0, logger: silentLogger, handler, outputRate: 8000 });
    const network = await cutProxy(server.url);
    const reconnect = { firstDelayMs: 1, maxDelayMs: 20 };
    const client = await connect(network.url, { protocol: "binary", format: FORMAT, reconnect });
    const frames = client[Symbol.asyncIterator]();
    for (let i = 0; i < 5; i++) await frames.next();
    const lost = new Promise((resolve) => client.once("reconnecting", resolve));
    const resumed = new Promise((resolve) => client.once("resumed", resolve));
    network.cut();
    if (isLost) await lost;
    client.clear();
    let heard = 0;
    client.on("audio", () => heard++);
    await resumed;
    await client.mark("what was replayed is here");
    // half a second of the server's time would bring 25 frames
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.is(heard, 0);
    assert.is(handler.cleared.length, 1);
    await client.close();
    await network.close();
    await server.close({ drainMs: 0 });
  });
}

test("a session that is only playing out what it has said is over when its client interrupts", async () => {
  async function* burst() {
    yield new Int16Array(80_000).fill(8000);
  }
  const server = await serve({ port: 0, logger: silentLogger, handler: burst, outputRate: 8000 });
  const client = await connect(server.url, { protocol: "binary", format: FORMAT });
  const frames = client[Symbol.asyncIterator]();
  for (let i = 0; i < 5; i++) await frames.next();
  client.clear();
  const { code, isExpected } = await client.closed;
  assert.equal([code, isExpected], [1000, true]);
  assert.ok(client.stats.receivedMs < 5000, `${client.stats.receivedMs} ms`);
  await server.close({ drainMs: 0 });
});

/** A client on a scripted socket; `say` gives it a frame of one sample value. */
async function scripted() {
  const clock = new VirtualClock();
  const socket = new ScriptedSocket();
  const connecting = connect("ws://h", {
    id: "x",
    protocol: "fastrtc",
    clock,
    socketFactory: socket.factory,
  });
  await clock.advanceBy(0);
  socket.listener.onOpen();
  socket.say(STARTED);
  const client = await connecting;
  const heard: number[] = [];
  client.on("audio", ({ samples }) => heard.push(samples[0]!));
  const frame = (byte: number) => {
    const payload = Buffer.alloc(160, byte).toString("base64");
    socket.say({ event: "media", media: { payload } });
  };
  const said = () => socket.log.map((entry) => JSON.parse(entry)).filter(({ event }) => event === "cleared");
  return { client, clock, socket, heard, frame, said };
}

test("what is under way when a client clears is dropped until the server's clear, which is not answered", async () => {
  const { client, socket, heard, frame, said } = await scripted();
  const clears: unknown[] = [];
  client.on("clear", (info) => clears.push(info));
  frame(0);
  client.clear();
  client.clear();
  frame(1);
  socket.say({ event: "clear" });
  frame(2);
  assert.is(heard.length, 1);
  socket.say({ event: "clear" });
  frame(3);
  assert.is(heard.length, 2);
  assert.equal(clears, []);
  const asked = { event: "cleared", played_ms: 20, interrupts: true };
  assert.equal(said(), [asked, asked]);
  // one of the server's own is answered and told as ever
  socket.say({ event: "clear" });
  frame(4);
  assert.is(heard.length, 3);
  assert.equal(clears, [{ playedMs: 40, droppedMs: 0 }]);
  assert.equal(said()[2], { event: "cleared", played_ms: 40 });
});

test("a server that never answers a client's clear is heard again after two seconds", async () => {
  const { client, clock, heard, frame } = await scripted();
  client.clear();
  frame(1);
  await clock.advanceBy(1999);
  frame(2);
  assert.equal(heard, []);
  await clock.advanceBy(1);
  frame(3);
  assert.is(heard.length, 1);
});

test.run();
