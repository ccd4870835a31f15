/** Servers that come and go in one process leave nothing behind: no handle, no heap, none of Node's histograms. */

import { syncBuiltinESMExports } from "node:module";
import perfHooks from "node:perf_hooks";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { RawClient } from "./raw-client.ts";

const LIVES = 200;
const MAX_BYTES_A_LIFE = 2048;
const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** Each of Node's histograms takes half a megabyte that V8 does not see. */
let histograms = 0;
const { monitorEventLoopDelay } = perfHooks;
perfHooks.monitorEventLoopDelay = (options) => {
  histograms++;
  return monitorEventLoopDelay(options);
};
syncBuiltinESMExports();

async function live(): Promise<void> {
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
  });
  const client = await RawClient.open(server.url);
  client.send({ event: "start", websocket_id: "a" });
  client.sendMedia(FRAME);
  await client.nextAudio(FRAME.length);
  await client.leave();
  await server.close({ drainMs: 0 });
}

/** What is in use once all that can be freed has been: handles are let go of in turns of their own. */
async function leastBytes(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as scripts/test.mjs does.");
  let least = Number.POSITIVE_INFINITY;
  for (let look = 0; look < 5; look++) {
    globalThis.gc();
    await new Promise((resolve) => setTimeout(resolve, 5));
    const { heapUsed, external } = process.memoryUsage();
    least = Math.min(least, heapUsed + external);
  }
  return least;
}

/** Everything that keeps, or would keep, the process going. */
async function handles(wanted: number): Promise<number> {
  for (let look = 0; look < 20 && process.getActiveResourcesInfo().length > wanted; look++)
    await leastBytes();
  return process.getActiveResourcesInfo().length;
}

test(`${LIVES} servers one after another, each with a call: heap and handles are back, and one histogram does for all`, async () => {
  for (let i = 0; i < 50; i++) await live();
  const handlesBefore = await handles(0);
  const before = await leastBytes();
  for (let i = 0; i < LIVES; i++) await live();
  const growth = (await leastBytes()) - before;
  assert.ok(growth < LIVES * MAX_BYTES_A_LIFE, `${growth} bytes more`);
  assert.ok((await handles(handlesBefore)) <= handlesBefore, "no handle is left");
  assert.is(histograms, 1);
});

test("servers at once have a histogram each, which later ones take over", async () => {
  const open = () => serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  for (let i = 0; i < 5; i++) {
    const servers = [await open(), await open(), await open()];
    for (const server of servers) await server.close({ drainMs: 0 });
  }
  assert.is(histograms, 3);
});

test.run();
