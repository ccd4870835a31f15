/** Workers that die, and workers that do not come back: whom it costs what. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { VirtualClock } from "../../../src/server.ts";
import { sameSamples } from "../../samples.ts";
import { type RawClient, throughMulaw } from "../raw-client.ts";
import { command, noise, started, until, withWorkers } from "./worker-bench.ts";

/** What a client sees whose worker has died. */
async function sawItDie(client: RawClient): Promise<void> {
  await client.nextError("ERR_WORKER");
  assert.is((await client.closed).code, 1011);
}

async function echoes(client: RawClient, seed: number): Promise<void> {
  client.sendMedia(noise(seed));
  sameSamples(await client.nextAudio(160), throughMulaw(noise(seed)));
}

const DEATHS: readonly (readonly [string, string, unknown?])[] = [
  ["ends its process", "exit", 3],
  ["ends its process as if all were well", "exit", 0],
  ["throws outside of every call", "throwOutside"],
  ["leaves a promise rejected", "rejectOutside"],
];

for (const [what, name, value] of DEATHS) {
  test(`a handler that ${what} costs its worker's sessions, and no others`, () =>
    withWorkers({}, async (server, journal) => {
      const clients = await Promise.all(["a", "b", "c", "d"].map((id) => started(server.url, id)));
      const [a, b, c, d] = clients as [RawClient, RawClient, RawClient, RawClient];
      command(server, "a", name, value);
      await sawItDie(a);
      await sawItDie(c);
      await echoes(b, 1);
      await echoes(d, 2);
      await until(server, ({ sessions }) => sessions === 2);
      const { metrics } = server;
      assert.is(metrics.sessionsEnded["worker-died"], 2);
      // nobody is left in the thread whose shutdown could run
      assert.is(journal.entries.filter((entry) => entry.startsWith("shutdown")).length, 0);
      await until(server, ({ workers }) => workers.every(({ isReady }) => isReady));
      assert.equal(
        server.metrics.workers.map(({ restarts }) => restarts),
        [1, 0],
      );
      const again = await started(server.url, "a");
      await echoes(again, 3);
      for (const client of [again, b, d]) await client.leave();
    }));
}

test("a worker that runs out of memory dies alone", () =>
  withWorkers({ workers: { count: 2, maxHeapMb: 32 } }, async (server) => {
    const a = await started(server.url, "a");
    const b = await started(server.url, "b");
    command(server, "a", "fillMemory");
    await sawItDie(a);
    await echoes(b, 1);
    await b.leave();
  }));

test("an endless loop is ended after handlerTimeoutMs, and its worker starts again", () => {
  const clock = new VirtualClock();
  return withWorkers(
    { clock, heartbeatMs: 3_600_000, limits: { handlerTimeoutMs: 5000 } },
    async (server) => {
      const a = await started(server.url, "a");
      const b = await started(server.url, "b");
      command(server, "a", "loop");
      // answered by the other worker, which is therefore seen to be there
      for (let s = 0; s < 5; s++) {
        await clock.advanceBy(1000);
        await echoes(b, s);
      }
      assert.is(server.sessions.size, 2, "it still has time");
      await clock.advanceBy(3000);
      await sawItDie(a);
      await echoes(b, 9);
      await until(server, ({ sessionsEnded }) => sessionsEnded["worker-died"] === 1);
      await clock.advanceBy(10);
      await until(server, ({ workers }) => workers[0]?.isReady === true);
      const again = await started(server.url, "a");
      await echoes(again, 10);
      await again.leave();
      await b.leave();
    },
  );
});

test("a worker that dies again and again is started ever more rarely, and its clients go to the other", () => {
  const clock = new VirtualClock();
  return withWorkers({ clock, heartbeatMs: 3_600_000 }, async (server) => {
    const restarts = () => server.metrics.workers[0]!.restarts;
    for (const [round, delayMs] of [0, 250, 500, 1000, 2000].entries()) {
      const client = await started(server.url, "a");
      command(server, "a", "exit", 1);
      await sawItDie(client);
      await until(server, ({ workers }) => !workers[0]!.isReady);
      assert.is(restarts(), round);
      if (delayMs > 0) {
        const other = await started(server.url, `b${round}`);
        await echoes(other, round);
        await other.leave();
        await clock.advanceBy(delayMs - 1);
        assert.is(restarts(), round, "not yet");
      }
      await clock.advanceBy(1);
      assert.is(restarts(), round + 1);
      await until(server, ({ workers }) => workers[0]!.isReady);
    }
  });
});

test.run();
