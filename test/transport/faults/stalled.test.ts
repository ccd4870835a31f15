/** A hundred clients that read nothing, while audio for them goes on: what waits is bounded, then they are gone. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../src/server.ts";
import { clientFrame, OPCODES } from "../rfc6455/frames.ts";
import { BytePeer, ByteServer } from "../rfc6455/peer.ts";
import { BINARY_ROUTE, JSON_ROUTE, type Route } from "../rfc6455/routes.ts";

const READERS = 100;
const direction = '{"encoding":"mulaw","sample_rate":8000,"frame_ms":20}';
const START = `{"event":"start","format":{"input":${direction},"output":${direction}}}`;

function message(route: Route, payload: Uint8Array): Buffer {
  return clientFrame({ opcode: route.opcode, payload });
}

async function started(server: ByteServer, route: Route): Promise<BytePeer> {
  const peer = new BytePeer(server);
  peer.write(BytePeer.upgrade(route));
  await peer.until(() => peer.isOpen);
  peer.write(message(route, route.json(START)));
  await peer.until(() => peer.transcript.includes("message started"));
  return peer;
}

/** What is in use once all that can be freed has been: the least of a few looks, for buffers are freed in the background. */
async function memoryBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 4; look++) {
    globalThis.gc();
    await new Promise((resolve) => setImmediate(resolve));
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

for (const route of [JSON_ROUTE, BINARY_ROUTE]) {
  test(`${READERS} readers that stall, ${route.name}: less than 10 MB wait, all are closed, the others lose nothing`, async () => {
    const clock = new VirtualClock();
    const server = new ByteServer({ clock, heartbeatMs: 1e9, idleTimeoutMs: 1e9 });
    const other = await started(server, route);
    const stalled = await Promise.all(Array.from({ length: READERS }, () => started(server, route)));
    const frame = message(route, route.audio(new Uint8Array(160).fill(0x5a)));
    const round = async () => {
      for (const peer of stalled) peer.write(frame);
      other.write(frame);
      await clock.advanceBy(20);
    };
    for (let i = 0; i < 10; i++) await round();
    const before = await memoryBytes();
    for (const peer of stalled) peer.stall();
    let most = 0;
    let rounds = 0;
    while (server.voice.metrics.connections > 1) {
      await round();
      if (++rounds % 100 === 0) most = Math.max(most, (await memoryBytes()) - before);
      assert.ok(rounds < 1500, "none stays for more than 30 s");
    }
    assert.is(server.voice.metrics.sessionsEnded["slow-reader"], READERS);
    assert.ok(server.voice.metrics.dropped.slowReader > 0);
    assert.ok(most > 0 && most < 10 * 1024 * 1024, `${most} bytes more`);
    await other.until(() => other.audio.length >= (rounds + 10) * 160);
    await server.close();
  });
}

test.run();
