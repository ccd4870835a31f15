/**
 * A minute of a thousand streams on three protocols, their clients in a process of their own, by counts: every frame is
 * back once, whole and in turn, and nothing grows. A machine that cannot keep the pace sends fewer frames and loses none.
 */
import { fork } from "node:child_process";
import { once } from "node:events";
import { setTimeout as pause } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { FRAME_MS } from "../../bench/server/load-plan.ts";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import type { SoakPlan, SoakResult } from "./soak-load.ts";

const STREAMS = 1000;
const SECONDS = 60;
/** Before the first look at memory: buffers of all streams have been made by then. */
const WARM_SECONDS = 15;
const MAX_GROWTH_BYTES = 4 << 20;

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
    // the two processes may have to wait for each other, and for others
    handshakeTimeoutMs: 60_000,
    startTimeoutMs: 60_000,
    logger: silentLogger,
  });
  const plan: SoakPlan = { port: server.port, streams: STREAMS, seconds: SECONDS, warmSeconds: WARM_SECONDS };
  const clients = fork(fileURLToPath(new URL("./soak-load.ts", import.meta.url)), [JSON.stringify(plan)], {
    execArgv: ["--import", "tsx"],
  });
  const exited = once(clients, "exit");
  const failed = exited.then(([code]) => {
    throw new Error(`The clients' process ended with ${code}.`);
  });
  failed.catch(() => {});
  const next = async (): Promise<SoakResult | string> =>
    (await Promise.race([once(clients, "message"), failed]))[0];

  assert.is(await next(), "open");
  while (server.sessions.size < STREAMS) await pause(5);
  clients.send("go");
  assert.is(await next(), "warm");
  const before = await bytesInUse();
  clients.send("go");
  const result = await next();
  if (typeof result === "string") throw new Error(`The clients say ${result}.`);
  const { rounds, wrong, lost } = result;
  // before anything else is asked of the sessions, which would cost them something
  const growth = (await bytesInUse()) - before;

  assert.is(wrong, 0, "every frame is its own stream's, and in turn");
  assert.is(lost, 0, "no connection was lost");
  assert.ok(rounds > 0);
  const { metrics, sessions } = server;
  assert.is(metrics.framesIn, STREAMS * rounds);
  assert.is(metrics.framesOut, STREAMS * rounds);
  assert.equal(metrics.dropped, { notStarted: 0, slowReader: 0, tooFast: 0, busyHandler: 0 });
  assert.is(metrics.badMessages, 0);
  assert.is(sessions.size, STREAMS);
  for (const { stats } of sessions.values()) {
    assert.is(stats.outputQueuedMs, 0);
    assert.is(stats.inputQueuedMs, 0);
    assert.is(stats.sentMs, rounds * FRAME_MS);
  }
  assert.ok(growth < MAX_GROWTH_BYTES, `${growth} bytes more`);
  clients.send("close");
  await exited;
  await server.close({ drainMs: 0 });
});

test.run();
