/** A handler that stands still: whom it holds up, and what becomes of the audio that waits for it. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type RunningServer, VirtualClock } from "../../../src/server.ts";
import { sameSamples } from "../../samples.ts";
import { throughMulaw } from "../raw-client.ts";
import {
  command,
  handlers,
  nextOutput,
  noise,
  started,
  type WorkerJournal,
  withWorkers,
} from "./worker-bench.ts";

/** What a handler waits at until it is opened. */
class Gate {
  readonly memory = new SharedArrayBuffer(4);

  open(): void {
    const gate = new Int32Array(this.memory);
    Atomics.store(gate, 0, 1);
    Atomics.notify(gate, 0);
  }
}

/** `withWorkers` with a gate that is open at the end: a server whose worker stands still cannot close. */
function withGate(
  options: Parameters<typeof withWorkers>[0],
  work: (server: RunningServer, gate: Gate, journal: WorkerJournal) => Promise<void>,
): Promise<void> {
  return withWorkers(options, async (server, journal) => {
    const gate = new Gate();
    try {
      await work(server, gate, journal);
    } finally {
      gate.open();
    }
  });
}

test("a handler that blocks holds up neither the sockets nor another worker's sessions", () =>
  withGate({}, async (server, gate) => {
    const a = await started(server.url, "a");
    const b = await started(server.url, "b");
    command(server, "a", "block", gate.memory);
    a.sendMedia(noise(0));
    for (let i = 0; i < 50; i++) {
      b.sendMedia(noise(i));
      sameSamples(await b.nextAudio(160), throughMulaw(noise(i)));
    }
    // its own socket answers, too
    const pong = new Promise((resolve) => a.socket.once("pong", resolve));
    a.socket.ping();
    await pong;
    await a.sync();
    assert.is(a.received.filter(({ json }) => json.event === "media").length, 0, "the handler stands still");
    const late = await started(server.url, "c");
    gate.open();
    sameSamples(await a.nextAudio(160), throughMulaw(noise(0)));
    for (const client of [a, b, late]) await client.leave();
  }));

test("of the audio that waits for a worker no more than maxInputMs is kept: the newest, with the gap in its time stamps", () => {
  const clock = new VirtualClock();
  const options = { workers: 1, handler: handlers("Stamps"), clock, heartbeatMs: 3_600_000 };
  return withGate(options, async (server, gate) => {
    const client = await started(server.url, "a");
    command(server, "a", "block", gate.memory);
    for (let i = 0; i < 100; i++) {
      client.sendMedia(new Int16Array(160).fill(100 * i));
      await client.sync();
      await clock.advanceBy(20);
    }
    const { stats } = server.sessions.get("a")!;
    assert.is(stats.framesReceived, 0);
    assert.is(stats.inputQueuedMs, 500);
    assert.is(stats.framesDropped, 75);
    assert.is(server.metrics.dropped.busyHandler, 75);
    gate.open();
    for (let i = 75; i < 100; i++) {
      const { sequence, timestamp, first } = await nextOutput(client);
      assert.equal([sequence, timestamp], [i, 160 * i]);
      assert.is(first, throughMulaw(Int16Array.of(100 * i))[0]);
    }
    command(server, "a", "stats");
    assert.is((await nextOutput(client)).framesDropped, 75, "the handler can see it");
    assert.is(stats.framesDropped, 75, "and nobody counts it twice");
    assert.is(stats.framesReceived, 25);
    assert.is(stats.inputQueuedMs, 0);
    await client.leave();
  });
});

test("a burst that finds its worker at work is kept whole", () => {
  const clock = new VirtualClock();
  const options = { workers: 1, handler: handlers("Stamps"), clock, heartbeatMs: 3_600_000 };
  return withGate(options, async (server, gate) => {
    const client = await started(server.url, "a");
    command(server, "a", "block", gate.memory);
    for (let i = 0; i < 400; i++) client.sendMedia(noise(i));
    let isTaken = false;
    void client.sync().then(() => {
      isTaken = true;
    });
    while (!isTaken) {
      // a flood is read in turns of its own: that much time has to pass, and no more
      if (clock.nextDueMs <= clock.now() + 1) await clock.advanceBy(1);
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
    assert.is(server.sessions.get("a")!.stats.inputQueuedMs, 8000);
    gate.open();
    for (let i = 0; i < 400; i++) assert.is((await nextOutput(client)).sequence, i);
    assert.is(server.metrics.dropped.busyHandler, 0);
    await client.leave();
  });
});

test("a worker that stood still is counted and named in the log", async () => {
  const lines: string[] = [];
  const logger = { info: () => {}, warn: (line: string) => lines.push(line), error: () => {} };
  await withGate({ workers: 1, logger }, async (server, gate, journal) => {
    const client = await started(server.url, "a");
    command(server, "a", "block", gate.memory);
    await journal.has("blocks a");
    await new Promise((resolve) => setTimeout(resolve, 600));
    gate.open();
    while (server.metrics.workers[0]!.stalls === 0) {
      client.sendMedia(noise(0));
      await client.nextAudio(160);
    }
    assert.ok(server.metrics.workers[0]!.maxStallMs >= 250);
    assert.match(lines.join("\n"), /stood still for \d+ ms; every session of this worker waited/);
    await client.leave();
  });
});

test.run();
