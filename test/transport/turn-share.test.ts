/** A client that sends without pause is read on after all the others; counted in turns and messages, never in time. */
import { once } from "node:events";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { silentLogger } from "../../src/core/logger.ts";
import { EchoHandler, serve } from "../../src/server.ts";
import { Counters } from "../../src/transport/counters.ts";
import { SHARE_MESSAGES, TurnShare } from "../../src/transport/turn-share.ts";

const MEDIA = JSON.stringify({
  event: "media",
  media: { payload: Buffer.alloc(160, 0x31).toString("base64") },
});
const PING = '{"event":"ping"}';

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

test("one share in a turn goes on, a second one waits for the next turn; every pause is counted and ends", async () => {
  const counters = new Counters();
  const calls: string[] = [];
  const socket = { pause: () => void calls.push("pause"), resume: () => void calls.push("resume") };
  const share = new TurnShare(socket, counters);
  for (let round = 1; round <= 3; round++) {
    share.usedUp();
    await turn();
    assert.equal(calls, []);
    share.usedUp();
    share.usedUp();
    share.usedUp();
    assert.equal(calls.splice(0), ["pause"]);
    assert.is(counters.pausedReads, round);
    await turn();
    assert.equal(calls.splice(0), ["resume"]);
  }
});

async function opened(url: string, id: string): Promise<WebSocket> {
  const socket = new WebSocket(`${url}/websocket/offer`);
  await once(socket, "open");
  socket.send(JSON.stringify({ event: "start", websocket_id: id }));
  return socket;
}

test("beside a flood everybody's frames are answered, the flood's own too, and the flood is held back by the turn", async () => {
  const server = await serve({
    handler: EchoHandler,
    port: 0,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    maxMessagesPerSecond: 1_000_000,
    maxSpeed: 1_000_000,
  });
  try {
    const flood = await opened(server.url, "flood");
    const others = await Promise.all([1, 2, 3].map((n) => opened(server.url, `other-${n}`)));
    let pongs = 0;
    flood.on("message", () => pongs++);
    // enough for many reads of the server's, written at once
    const floods = 40 * SHARE_MESSAGES;
    flood.pause();
    for (let n = 0; n < floods; n++) flood.send(PING);
    flood.resume();
    const answered = others.map(async (socket) => {
      for (let frame = 0; frame < 20; frame++) {
        const back = once(socket, "message");
        socket.send(MEDIA);
        const [data] = (await back) as [Buffer];
        assert.is(JSON.parse(data.toString()).event, "media");
      }
    });
    await Promise.all(answered);
    while (pongs < floods) await once(flood, "message");
    assert.is(pongs, floods);
    const { pausedReads, dropped } = server.metrics;
    assert.ok(pausedReads > 0, "the flood was never held back");
    assert.equal(dropped, { notStarted: 0, slowReader: 0, tooFast: 0, busyHandler: 0 });
    for (const socket of [flood, ...others]) socket.terminate();
  } finally {
    await server.close();
  }
});

test("a client that keeps to real time is never held back, however long it stays", async () => {
  const server = await serve({
    handler: EchoHandler,
    port: 0,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
  });
  try {
    const socket = await opened(server.url, "steady");
    for (let frame = 0; frame < 5 * SHARE_MESSAGES; frame++) {
      const back = once(socket, "message");
      socket.send(MEDIA);
      await back;
    }
    assert.is(server.metrics.pausedReads, 0);
    socket.terminate();
  } finally {
    await server.close();
  }
});

test.run();
