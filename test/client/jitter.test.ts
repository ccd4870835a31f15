/** The option `jitter`: received audio played by a clock, in virtual time against a scripted server. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Client, connect } from "../../src/client.ts";
import { VirtualClock } from "../../src/core/clock.ts";
import { loadDspSync } from "../../src/index.ts";
import { ScriptedSocket, STARTED } from "./scripted-socket.ts";

const dsp = loadDspSync();
const FRAME_MS = 20;
const N = 160;

interface Call {
  client: Client;
  socket: ScriptedSocket;
  clock: VirtualClock;
  heard: number[];
  /** The server sends frame `i`, all samples of a level of its own. */
  send(i: number): void;
}

const level = (i: number) => dsp.mulaw.decode(dsp.mulaw.encode(Int16Array.of(1000 + 300 * i)))[0]!;

function payload(i: number): string {
  return Buffer.from(dsp.mulaw.encode(new Int16Array(N).fill(1000 + 300 * i))).toString("base64");
}

async function call(options: Parameters<typeof connect>[1] = {}, started: unknown = STARTED): Promise<Call> {
  const clock = new VirtualClock(500);
  const socket = new ScriptedSocket();
  const heard: number[] = [];
  const opening = connect("ws://server", {
    protocol: "fastrtc",
    socketFactory: socket.factory,
    clock,
    jitter: true,
    heartbeat: false,
    ...options,
    on: { audio: ({ samples }) => heard.push(...samples), ...options.on },
  });
  await clock.advanceBy(1);
  socket.listener.onOpen();
  socket.say(started);
  const client = (await opening) as Client;
  const send = (i: number) =>
    socket.say({ event: "media", media: { payload: payload(i), seq: i, timestamp: i * N } });
  return { client, socket, clock, heard, send };
}

/** The levels of the frames that were heard, once each, silence left out. */
function levels(heard: readonly number[]): number[] {
  return heard.filter((value, i) => value !== 0 && value !== heard[i - 1]);
}

test("frames that come in disorder and in a bunch are heard in order, one every 20 ms", async () => {
  const { client, clock, heard, send } = await call();
  for (const i of [0, 1, 3, 2, 4, 5]) {
    send(i);
    await clock.advanceBy(FRAME_MS);
  }
  for (const i of [6, 7, 8, 9]) send(i);
  await clock.advanceBy(300);
  const expected = Array.from({ length: 10 }, (_, i) => level(i));
  // what fades after the last one passes by their levels
  assert.equal(
    levels(heard)
      .filter((value) => expected.includes(value))
      .slice(0, 10),
    expected,
  );
  assert.is(heard.length % N, 0);
  assert.ok(heard.length >= 20 * N);
  const { jitter } = client.stats;
  assert.is(jitter?.packetsReceived, 10);
  assert.is(jitter?.packetsLost, 0);
  void client.close();
});

test("a lost frame is made up; the statistics have WebRTC's names", async () => {
  const { client, clock, heard, send } = await call();
  for (let i = 0; i < 40; i++) {
    if (i !== 20) send(i % 2);
    await clock.advanceBy(FRAME_MS);
  }
  assert.is(heard.length, 39 * N);
  const stats = client.stats.jitter!;
  assert.ok(stats.concealedSamples >= N && stats.concealmentEvents >= 1);
  assert.ok(
    stats.jitterBufferEmittedCount > 0 && stats.jitterBufferDelay > 0 && stats.jitterBufferTargetDelay > 0,
  );
  for (const name of [
    "insertedSamplesForDeceleration",
    "removedSamplesForAcceleration",
    "packetsDiscarded",
  ] as const) {
    assert.type(stats[name], "number");
  }
  void client.close();
});

test("a mark of the server's goes back once the audio before it has been played", async () => {
  const { client, socket, clock, send } = await call();
  const marks = () => socket.said.filter((event) => event === "mark").length;
  for (let i = 0; i < 5; i++) send(i);
  socket.say({ event: "mark", mark: { name: "end" } });
  assert.is(marks(), 0);
  await clock.advanceBy(60);
  assert.is(marks(), 0);
  await clock.advanceBy(100);
  assert.is(marks(), 1);
  socket.say({ event: "mark", mark: { name: "at once" } });
  await clock.advanceBy(1);
  assert.is(marks(), 2);
  void client.close();
});

test("clear drops what waits and says how much of what came was played", async () => {
  const { client, clock, heard, send } = await call();
  for (let i = 0; i < 20; i++) send(i);
  await clock.advanceBy(100);
  const { playedMs, droppedMs } = client.clear();
  assert.is(playedMs + droppedMs, 400);
  assert.ok(playedMs >= 60 && playedMs <= 100, `${playedMs} ms`);
  await clock.advanceBy(60);
  const before = heard.length;
  await clock.advanceBy(100);
  assert.equal([...new Set(heard.slice(before))], [0]);
  void client.close();
});

test("what waits at the end is handed on; the statistics stay", async () => {
  const { client, socket, clock, heard, send } = await call();
  for (let i = 0; i < 10; i++) send(i);
  await clock.advanceBy(20);
  socket.listener.onClose(1000, "");
  await clock.advanceBy(1);
  assert.ok(heard.includes(level(9)));
  assert.is(client.stats.jitter?.packetsReceived, 10);
  assert.is(clock.pending, 0);
});

test("a rate that has no jitter buffer is told of, and audio is handed on as it comes", async () => {
  const direction = { encoding: "mulaw", sample_rate: 11_025, frame_ms: 20 };
  const started = { type: "started", data: { webrtc_id: "x", input: direction, output: direction } };
  const warnings: string[] = [];
  const { client, heard, send } = await call({ on: { warning: ({ code }) => warnings.push(code) } }, started);
  send(0);
  assert.equal(warnings, ["ERR_RATE"]);
  assert.is(heard.length, N);
  assert.is(client.stats.jitter, undefined);
  void client.close();
});

test("wrong settings are refused at once", async () => {
  for (const jitter of ["yes", { maxDelayMs: 10 }, { networkMs: -1 }]) {
    try {
      await connect("ws://127.0.0.1:1", { jitter: jitter as { maxDelayMs?: number } });
      assert.unreachable();
    } catch (error) {
      assert.is((error as { code: string }).code, "ERR_CONFIG");
    }
  }
});

test.run();
