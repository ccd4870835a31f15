/** Calls through Vonage, end to end: a fourth protocol, which is one file. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { random, sameSamples } from "../samples.ts";
import { Journal, type ProbeActions, ProbeHandler } from "./probe-handler.ts";
import { withServer } from "./raw-client.ts";
import { VonageLine } from "./vonage-line.ts";

function noise(n: number, seed: number): Int16Array {
  const next = random(seed);
  return Int16Array.from({ length: n }, () => Math.round((next() - 0.5) * 65_535));
}

async function probed(actions: ProbeActions = {}) {
  const journal = new Journal();
  const handler = new ProbeHandler(journal, actions);
  return { journal, server: await serve({ port: 0, handler, logger: silentLogger }) };
}

test("an echo comes back sample for sample at every rate that Vonage has, in messages of 20 ms", async () => {
  await withServer(await serve({ port: 0, handler: EchoHandler, logger: silentLogger }), async (server) => {
    for (const rate of [8000, 16_000, 24_000]) {
      const line = await VonageLine.call(server.url, rate);
      const speech = noise(rate / 2, rate);
      line.speak(speech);
      await line.hear(speech.length);
      sameSamples(line.heard, speech);
      assert.equal(line.faults, []);
      line.socket.close();
      await line.closed;
    }
    assert.is(server.metrics.badMessages, 0);
  });
});

test("a handler at another rate than the line's is served too", async () => {
  const { server, journal } = await probed({ receive: (session) => void session.send(new Int16Array(480)) });
  await withServer(server, async () => {
    const line = await VonageLine.call(server.url, 16_000);
    line.speak(noise(1600, 1));
    await line.hear(1280);
    assert.ok(line.heard.length % 320 === 0);
    assert.is(server.sessions.values().next().value?.format.input.sample_rate, 16_000);
    assert.ok(journal.entries.some((entry) => entry.startsWith("receive")));
    line.socket.close();
  });
});

test("the endpoint's headers are the session's parameters, and each call has an id of its own", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const headers = { caller: "Ada", "call-id": "4711", retries: 3 };
    const lines = await Promise.all([1, 2].map(() => VonageLine.call(server.url, 16_000, headers)));
    while (journal.sessions.length < 2) await new Promise((resolve) => setImmediate(resolve));
    for (const { params } of journal.sessions)
      assert.equal({ ...params }, { caller: "Ada", "call-id": "4711" });
    assert.is(new Set(journal.sessions.map(({ id }) => id)).size, 2);
    for (const line of lines) line.socket.close();
    await journal.has("shutdown client-left");
  });
});

test("marks go as notify and come back once played, in order; a clear is answered", async () => {
  const { server, journal } = await probed({
    receive: (session) => {
      for (const name of ["one", "two"]) {
        session.send(new Int16Array(480).fill(1000));
        session.mark(name);
      }
    },
  });
  await withServer(server, async () => {
    const line = await VonageLine.call(server.url, 24_000);
    line.speak(new Int16Array(480));
    await line.until(() => line.waiting === 4);
    assert.is(journal.count("mark one"), 0, "nothing has been played");
    await line.play();
    await journal.has("mark two");
    assert.equal(
      journal.entries.filter((entry) => entry.startsWith("mark")),
      ["mark one", "mark two"],
    );
    journal.sessions[0]?.clear();
    await line.until(() => line.waiting === 0);
    while (!journal.entries.some((entry) => entry.startsWith("cleared"))) {
      await new Promise((resolve) => setImmediate(resolve));
    }
    assert.equal(line.faults, []);
    line.socket.close();
  });
});

test("keys reach the handler; what is wrong or unknown is counted, and the call goes on", async () => {
  const keys: string[] = [];
  class Keys extends EchoHandler {
    override copy(): Keys {
      return new Keys();
    }
    override onDtmf(digit: string): void {
      keys.push(digit);
    }
  }
  await withServer(await serve({ port: 0, handler: Keys, logger: silentLogger }), async (server) => {
    const line = await VonageLine.call(server.url, 8000);
    line.say({ event: "websocket:dtmf", digit: "5", duration: 260 });
    line.say({ event: "websocket:dtmf", digit: 5 });
    line.say({ event: "websocket:notify", payload: { theirs: true } });
    line.say({ event: "websocket:something" });
    line.say({ event: { toString: 1 } });
    line.say([]);
    line.socket.send("{");
    line.socket.send(Buffer.alloc(3));
    for (let i = 0; i < 200; i++) line.socket.send("?");
    const speech = noise(1600, 2);
    line.speak(speech);
    await line.hear(1600);
    sameSamples(line.heard, speech);
    assert.equal(keys, ["5"]);
    assert.is(server.metrics.badMessages, 205);
    assert.is(server.metrics.unknownMessages, 2);
    assert.equal(line.faults, []);
    line.socket.close();
  });
});

test("a call whose audio is another is refused with a sentence that says what would do", async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const server = await serve({ port: 0, handler: EchoHandler, logger });
  await withServer(server, async () => {
    for (const type of ["audio/l16;rate=44100", "audio/pcmu;rate=8000", 7, { toString: 1 }, undefined]) {
      const line = await VonageLine.call(server.url, 8000, { "content-type": type });
      assert.is(await line.closed, 1003, String(JSON.stringify(type)));
    }
    assert.is(server.metrics.refused.format, 5);
    assert.is(server.sessions.size, 0);
  });
});

test.run();
