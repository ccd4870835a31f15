/** Half a minute of two hundred streams on three protocols, by counts: every frame is back once, whole and in turn, and nothing grows. */
import { setTimeout as pause } from "node:timers/promises";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_MS, type LoadProtocol } from "../../bench/server/load-plan.ts";
import { LoadStream } from "../../bench/server/load-stream.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";

const STREAMS = 200;
const SECONDS = 30;
/** Frames before the first look at memory. */
const WARM_FRAMES = 500;
const MAX_GROWTH_BYTES = 3 << 20;
const PROTOCOLS: readonly LoadProtocol[] = ["json", "json-format", "binary"];

async function bytesInUse(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 3; look++) {
    globalThis.gc();
    await pause(1);
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

test(`${STREAMS} streams for ${SECONDS} s: nothing lost, nothing foreign, nothing queued, nothing grows`, async () => {
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
  });
  let wrong = 0;
  let lost = 0;
  const events = {
    onFrame: (stream: LoadStream, frame: number) => {
      if (frame !== stream.received) wrong++;
    },
    onLost: () => void lost++,
  };
  const streams = Array.from({ length: STREAMS }, (_, i) => {
    const protocol = PROTOCOLS[i % PROTOCOLS.length]!;
    const path = protocol === "binary" ? "/stream" : "/websocket/offer";
    const { port } = server;
    return new LoadStream(
      {
        ...{ host: "127.0.0.1", port, path, protocol, streams: STREAMS, seconds: SECONDS, warmUpSeconds: 0 },
        ...{ isClosedLoop: false, isVerified: true, serverPid: process.pid },
      },
      i,
      events,
    );
  });
  for (const stream of streams) await stream.open();
  while (server.sessions.size < STREAMS) await pause(1);

  const frames = (SECONDS * 1000) / FRAME_MS;
  const beganMs = performance.now();
  let before = 0;
  for (let frame = 0; frame < frames; frame++) {
    const earlyMs = beganMs + frame * FRAME_MS - performance.now();
    if (earlyMs > 0) await pause(earlyMs);
    for (const stream of streams) stream.send(0);
    // a machine that is too slow for this gets its echo later, and none of it dropped for being late
    while (streams.some(({ sent, received }) => sent - received > 100)) await pause(5);
    if (frame === WARM_FRAMES) before = await bytesInUse();
  }
  while (streams.some(({ sent, received }) => received < sent)) await pause(5);

  assert.is(wrong, 0, "every frame is its own stream's, and in turn");
  assert.is(lost, 0, "no connection was lost");
  assert.ok(streams.every(({ received }) => received === frames));
  const { metrics, sessions } = server;
  assert.is(metrics.framesIn, STREAMS * frames);
  assert.is(metrics.framesOut, STREAMS * frames);
  assert.equal(metrics.dropped, { notStarted: 0, slowReader: 0, tooFast: 0, busyHandler: 0 });
  assert.is(metrics.badMessages, 0);
  for (const { stats } of sessions.values()) {
    assert.is(stats.outputQueuedMs, 0);
    assert.is(stats.inputQueuedMs, 0);
    assert.is(stats.sentMs, SECONDS * 1000);
  }
  const growth = (await bytesInUse()) - before;
  assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes more`);
  for (const stream of streams) stream.close();
  await server.close({ drainMs: 0 });
});

test.run();
