/** All that goes beside audio between a client and its handler in a worker, and its place among the audio. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { sameSamples } from "../../samples.ts";
import { throughMulaw } from "../raw-client.ts";
import { command, handlers, nextOutput, noise, started, until, withWorkers } from "./worker-bench.ts";

test("inputs, outputs, lines, warnings and keys cross both ways", () =>
  withWorkers({}, async (server) => {
    const client = await started(server.url, "a");
    client.send({ event: "input", input: ["output", { some: ["json", 1, null] }] });
    assert.equal(await nextOutput(client), { some: ["json", 1, null] });
    command(server, "a", "log", "a line");
    assert.is((await client.next(({ json }) => json.type === "log")).json.data, "a line");
    command(server, "a", "warn", "a warning");
    assert.is((await client.next(({ json }) => json.type === "warning")).json.data, "a warning");
    assert.throws(() => server.sessions.get("a")?.setInput(() => {}), /cannot go to another thread/);
    await client.leave();
  }));

test("marks keep their places among the audio, also where a burst outgrows the ring", () =>
  withWorkers({ limits: { leadMs: 2000 } }, async (server) => {
    const client = await started(server.url, "a");
    command(server, "a", "sendMarked", 60);
    for (let i = 0; i < 60; i++) {
      sameSamples(await client.nextAudio(160), throughMulaw(new Int16Array(160).fill(256 * i)), `frame ${i}`);
      const next = await client.next(({ json }) => json.event === "media" || json.event === "mark");
      assert.is(next.json.mark?.name, `after ${i}`);
    }
    client.send({ event: "mark", mark: { name: "after 7" } });
    assert.equal(await nextOutput(client), { mark: "after 7" });
    await client.leave();
  }));

test("a clear comes after the audio before it and before the audio after it", () =>
  withWorkers({}, async (server) => {
    const client = await started(server.url, "a");
    for (let round = 0; round < 20; round++) {
      const before = noise(2 * round);
      const after = noise(2 * round + 1);
      command(server, "a", "send", before);
      command(server, "a", "clear");
      command(server, "a", "send", after);
      sameSamples(await client.nextAudio(160), throughMulaw(before));
      const next = await client.next(({ json }) => json.event === "media" || json.event === "clear");
      assert.is(next.json.event, "clear");
      sameSamples(await client.nextAudio(160), throughMulaw(after));
      client.send({ event: "cleared", played_ms: 20 * (round + 1) });
      assert.is(await nextOutput(client), "cleared");
    }
    await client.leave();
  }));

test("what the client sent before a request the handler has heard before it", () =>
  withWorkers({ handler: handlers("Stamps") }, async (server) => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 30; i++) client.sendMedia(noise(i));
    client.send({ event: "input", input: ["output", "now"] });
    for (let i = 0; i < 30; i++) assert.is((await nextOutput(client)).sequence, i);
    assert.is(await nextOutput(client), "now");
    await client.leave();
  }));

test("a handler that closes, or throws, ends its own session with its reason", () =>
  withWorkers({ workers: 1 }, async (server, journal) => {
    const ends: string[] = [];
    const closing = await started(server.url, "closing");
    const throwing = await started(server.url, "throwing");
    const other = await started(server.url, "other");
    command(server, "closing", "send", noise(1));
    command(server, "closing", "close", "that is all");
    sameSamples(await closing.nextAudio(160), throughMulaw(noise(1)));
    assert.is((await closing.next(({ json }) => json.type === "end_stream")).json.data, "that is all");
    assert.is((await closing.closed).code, 1000);
    command(server, "throwing", "throw");
    await throwing.nextError("ERR_HANDLER");
    assert.is((await throwing.closed).code, 1011);
    other.sendMedia(noise(2));
    sameSamples(await other.nextAudio(160), throughMulaw(noise(2)));
    await journal.has("shutdown closing closed");
    await journal.has("shutdown throwing handler-error");
    await until(server, ({ sessionsEnded }) => sessionsEnded["handler-error"] === 1);
    assert.is(server.metrics.sessionsEnded.closed, 1);
    assert.equal(ends, []);
    await other.leave();
  }));

test("a session's counters are those of both threads", () =>
  withWorkers({}, async (server) => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 10; i++) client.sendMedia(noise(i));
    await client.nextAudio(1600);
    const { stats } = server.sessions.get("a")!;
    assert.is(stats.framesSent, 10);
    assert.is(stats.receivedMs, 200);
    assert.is(stats.sentMs, 200);
    command(server, "a", "stats");
    const inside = await nextOutput(client);
    assert.is(stats.framesReceived, 10);
    for (const name of ["framesReceived", "framesSent", "receivedMs", "sentMs", "framesDropped"] as const)
      assert.is(inside[name], stats[name], name);
    assert.equal(Object.keys(stats).sort(), Object.keys(inside).sort());
    await client.leave();
  }));

test.run();
