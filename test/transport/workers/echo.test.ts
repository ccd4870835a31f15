/** Sessions whose handlers run in workers: audio, and whose it is. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sameSamples } from "../../samples.ts";
import { RawClient, throughMulaw } from "../raw-client.ts";
import { handlers, nextOutput, noise, started, threadOf, until, withWorkers } from "./worker-bench.ts";

test("an echo in a worker gives back the very samples, for plain clients too", () =>
  withWorkers({ workers: 1 }, async (server) => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    const frames = Array.from({ length: 20 }, (_, i) => noise(i));
    for (const frame of frames) client.sendMedia(frame);
    for (const frame of frames) sameSamples(await client.nextAudio(160), throughMulaw(frame));
    await client.leave();
  }));

test("a recording that comes all at once comes back whole: a burst is no stall", () =>
  withWorkers({ workers: 1 }, async (server) => {
    const client = await started(server.url, "a");
    const frames = Array.from({ length: 600 }, (_, i) => noise(i));
    for (const frame of frames) client.sendMedia(frame);
    for (const frame of frames) sameSamples(await client.nextAudio(160), throughMulaw(frame));
    assert.is(server.metrics.dropped.busyHandler, 0);
    await client.leave();
  }));

test("messages of any length come back as they are: longer than a ring, odd, and single samples", () =>
  withWorkers({ workers: 1 }, async (server) => {
    const client = await started(server.url, "a");
    for (const length of [1, 2, 3, 159, 161, 5, 2047, 4001]) {
      const audio = Int16Array.from({ length }, (_, i) => (i * 7919) % 30_000);
      client.sendMedia(audio);
      sameSamples(await client.nextAudio(length), throughMulaw(audio), `${length} samples`);
    }
    await client.leave();
  }));

test("of forty sessions in two workers, joining and leaving, each hears itself alone", () =>
  withWorkers({}, async (server, journal) => {
    const threads = new Map<number, number>();
    await Promise.all(
      Array.from({ length: 40 }, async (_, i) => {
        const client = await started(server.url, `s${i}`);
        const thread = await threadOf(server, client, `s${i}`);
        threads.set(thread, (threads.get(thread) ?? 0) + 1);
        for (let k = 0; k < 5 + (i % 7) * 5; k++) {
          const frame = noise(1000 * i + k);
          client.sendMedia(frame);
          sameSamples(await client.nextAudio(160), throughMulaw(frame), `session ${i}, frame ${k}`);
        }
        await client.leave();
      }),
    );
    assert.is(threads.size, 2, "both workers have sessions");
    await until(server, (metrics) => metrics.sessions === 0);
    for (let i = 0; i < 40; i++) await journal.has(`shutdown s${i} client-left`);
    assert.is(journal.entries.length, 80, "each has started once and ended once");
  }));

test("sessions go where there are fewest, and an id goes where it was", () =>
  withWorkers({}, async (server) => {
    const clients = await Promise.all(["a", "b", "c", "d"].map((id) => started(server.url, id)));
    const [a, b, c, d] = await Promise.all(clients.map((client, i) => threadOf(server, client, "abcd"[i]!)));
    assert.is(new Set([a, b, c, d]).size, 2);
    assert.equal(
      server.metrics.workers.map(({ sessions }) => sessions),
      [2, 2],
    );
    for (const client of clients) await client.leave();
    await until(server, (metrics) => metrics.sessions === 0);
    // in another order, which would spread them otherwise
    for (const [id, thread] of [
      ["d", d],
      ["b", b],
      ["a", a],
      ["c", c],
    ] as const) {
      const client = await started(server.url, id);
      assert.is(await threadOf(server, client, id), thread, `id ${id}`);
      await client.leave();
    }
  }));

test("handlers by path, with settings of their own, each from its export", () =>
  withWorkers(
    {
      handler: undefined as never,
      handlers: {
        "/echo": handlers(),
        "/stamps": { handler: handlers("Stamps"), frameMs: 40 },
      } as never,
    },
    async (server) => {
      const echo = await started(`${server.url}/echo`, "a");
      echo.sendMedia(noise(1));
      sameSamples(await echo.nextAudio(160), throughMulaw(noise(1)));
      const stamps = await started(`${server.url}/stamps`, "b");
      for (let i = 0; i < 4; i++) stamps.sendMedia(noise(2));
      assert.is((await nextOutput(stamps)).timestamp, 0);
      assert.is((await nextOutput(stamps)).timestamp, 320);
      await echo.leave();
      await stamps.leave();
    },
  ));

test.run();
