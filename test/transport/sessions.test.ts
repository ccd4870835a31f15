/** Ids, the order of messages, errors and the ways a session ends, over real sockets. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, type EndReason, serve, silentLogger, VirtualClock } from "../../src/server.ts";
import type { ServeOptions } from "../../src/transport/serve.ts";
import { sameSamples } from "../samples.ts";
import { Journal, type ProbeActions, ProbeHandler } from "./probe-handler.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** A server whose handlers write a journal, and how its sessions ended. */
async function probed(
  actions: ProbeActions = {},
  options: Partial<ServeOptions & { handlers?: undefined }> = {},
) {
  const journal = new Journal();
  const ends: { id: string; kind: EndReason["kind"] }[] = [];
  let wake = (): void => {};
  const server = await serve({
    port: 0,
    handler: new ProbeHandler(journal, actions),
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    onEnd: ({ id }, { kind }) => {
      ends.push({ id, kind });
      wake();
    },
    ...options,
  });
  const ended = async (count: number): Promise<void> => {
    while (ends.length < count) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  return { server, journal, ends, ended };
}

async function started(url: string, id: string, more: object = {}): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id, ...more });
  await client.sync();
  return client;
}

test("a live id is refused to a second client, and the first goes on", async () => {
  const { server, journal } = await probed({ receive: (session) => void session.send(FRAME) });
  await withServer(server, async () => {
    const first = await started(server.url, "a");
    const second = await RawClient.open(server.url);
    second.send({ event: "start", webrtc_id: "a" });
    await second.nextError("ERR_ID_IN_USE");
    assert.is((await second.closed).code, 4409);
    first.sendMedia(FRAME);
    sameSamples(await first.nextAudio(160), throughMulaw(FRAME));
    assert.is(journal.count("startUp a"), 1);
    assert.is(server.sessions.size, 1);
    assert.is(server.metrics.refused["id-in-use"], 1);
  });
});

test("of twenty clients that want one id at once, one gets it", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const clients = await Promise.all(Array.from({ length: 20 }, () => RawClient.open(server.url)));
    for (const client of clients) client.send({ event: "start", websocket_id: "a" });
    const results = await Promise.all(
      clients.map((client) =>
        Promise.race([
          client.closed.then(({ code }) => code),
          client.sync().then(
            () => 0,
            () => -1,
          ),
        ]),
      ),
    );
    const losers = await Promise.all(
      clients.filter((_, i) => results[i] !== 0).map((client) => client.closed),
    );
    assert.is(losers.length, 19);
    assert.ok(losers.every(({ code }) => code === 4409));
    assert.is(journal.count("startUp a"), 1);
  });
});

test("an id can be used again once its session has wholly left, and not before", async () => {
  let finish = (): void => {};
  const { server, ended } = await probed({
    shutdown: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  });
  await withServer(server, async () => {
    const first = await started(server.url, "a");
    await first.leave();
    const early = await RawClient.open(server.url);
    early.send({ event: "start", websocket_id: "a" });
    assert.is((await early.closed).code, 4409);
    finish();
    await ended(1);
    const second = await started(server.url, "a");
    assert.is(server.sessions.size, 1);
    second.send({ event: "stop" });
    await second.closed;
    finish();
    await ended(2);
    assert.is(server.sessions.size, 0);
  });
});

test("a second start is an error, leaks no id, and the session goes on", async () => {
  const { server } = await probed({ receive: (session) => void session.send(FRAME) });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.send({ event: "start", websocket_id: "b" });
    await client.nextError("ERR_START_TWICE");
    client.sendMedia(FRAME);
    await client.nextAudio(160);
    assert.equal([...server.sessions.keys()], ["a"]);
    const other = await started(server.url, "b");
    assert.is(server.sessions.size, 2);
    await other.leave();
  });
});

test("a start that is refused as malformed may be sent again", async () => {
  const { server } = await probed();
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start" });
    await client.nextError("ERR_ID_INVALID");
    client.send({ event: "start", websocket_id: "a", webrtc_id: "b" });
    await client.nextError("ERR_ID_INVALID");
    client.send({ event: "start", websocket_id: "a" });
    await client.sync();
    assert.is(server.sessions.size, 1);
  });
});

test("media before start is dropped and counted, with one error in fifty", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    for (let i = 0; i < 120; i++) client.sendMedia(FRAME);
    await client.sync();
    assert.is(client.received.filter(({ json }) => json.data?.code === "ERR_NOT_STARTED").length, 3);
    assert.is(server.metrics.dropped.notStarted, 120);
    client.send({ event: "start", websocket_id: "a" });
    client.sendMedia(FRAME);
    await journal.has("receive a");
    assert.is(journal.count("receive a"), 1);
  });
});

test("what comes while startUp runs is held, and received after it", async () => {
  let finish = (): void => {};
  const { server, journal } = await probed({
    startUp: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 5; i++) client.sendMedia(FRAME);
    await client.sync();
    assert.equal(journal.entries, ["startUp a"]);
    finish();
    await journal.has("receive a");
    assert.is(journal.count("receive a"), 5);
  });
});

test("the parameters are the query's and the start's, the start's first", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const client = await RawClient.open(`${server.url}?room=blue&lang=en&__proto__=x`);
    client.send({ event: "start", websocket_id: "a", params: { lang: "de", name: "Ada" } });
    await client.sync();
    assert.equal(
      { ...journal.sessions[0]?.params },
      { room: "blue", lang: "de", name: "Ada", ["__proto__"]: "x" },
    );
  });
});

test("a client that sent a format is answered with what was agreed, and its media is numbered", async () => {
  const { server } = await probed({}, { handler: EchoHandler });
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({
      event: "start",
      format: {
        input: { encoding: "alaw", sample_rate: 8000 },
        output: { encoding: "pcm16", sample_rate: 8000, frame_ms: 10 },
      },
    });
    const { json } = await client.next();
    assert.is(json.type, "started");
    assert.equal(json.data.input, { encoding: "alaw", sample_rate: 8000, frame_ms: 20 });
    assert.equal(json.data.output, { encoding: "pcm16", sample_rate: 8000, frame_ms: 10 });
    assert.equal([...server.sessions.keys()], [json.data.webrtc_id]);
    client.send({
      event: "media",
      media: { payload: Buffer.alloc(480, 0xd5).toString("base64"), seq: 0, timestamp: 0 },
    });
    for (let i = 0; i < 6; i++) {
      const { media } = (await client.next(({ json }) => json.event === "media")).json;
      assert.is(media.seq, i);
      assert.is(media.timestamp, i * 80);
      assert.is(Buffer.from(media.payload, "base64").length, 160);
    }
  });
});

test("a format that cannot be agreed on is refused with 1003, and nothing is kept", async () => {
  const { server } = await probed();
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a", format: { input: { encoding: "opus" } } });
    const error = await client.nextError("ERR_FORMAT_UNSUPPORTED");
    assert.match(error.json.message, "mulaw, alaw, pcm16");
    assert.is((await client.closed).code, 1003);
    await started(server.url, "a");
    assert.is(server.sessions.size, 1);
  });
});

test("clear, marks and cleared go both ways for a client that sent a format", async () => {
  const { server, journal } = await probed({
    receive: (session) => {
      session.send(new Int16Array(320));
      session.mark("m");
      session.clear();
    },
  });
  await withServer(server, async () => {
    const client = await started(server.url, "a", { format: {} });
    client.sendMedia(new Int16Array(160));
    assert.equal((await client.next(({ json }) => json.event === "mark")).json, {
      event: "mark",
      mark: { name: "m" },
    });
    await client.next(({ json }) => json.event === "clear");
    client.send({ event: "cleared", played_ms: 40 });
    client.send({ event: "mark", mark: { name: "m" } });
    await journal.has("mark m");
    await journal.has("cleared 40");
    client.send({ event: "mark", mark: { name: "mine" } });
    assert.is((await client.next(({ json }) => json.event === "mark")).json.mark.name, "mine");
    assert.is(journal.count("mark m"), 1);
    assert.is(journal.count("mark mine"), 0);
  });
});

for (const [what, bad, code] of [
  ["text that is not JSON", "x", 1007],
  ["bad Base64", '{"event":"media","media":{"payload":"!!!!"}}', 1007],
  ["a message without an event", "{}", 1007],
  ["binary", Buffer.from([1, 2, 3]), 1003],
] as const) {
  test(`${what}: one is answered with an error and the call goes on; 100 in a row end it with ${code}`, async () => {
    const { server, ends, ended } = await probed({ receive: (session) => void session.send(FRAME) });
    await withServer(server, async () => {
      const client = await started(server.url, "a");
      for (let i = 0; i < 99; i++) client.socket.send(bad);
      client.sendMedia(FRAME);
      sameSamples(await client.nextAudio(160), throughMulaw(FRAME));
      assert.is(client.received.filter(({ json }) => json.type === "error").length, 99);
      for (let i = 0; i < 100; i++) client.socket.send(bad);
      await client.next(({ json }) => json.data?.code === "ERR_TOO_MANY_ERRORS");
      assert.is((await client.closed).code, code);
      await ended(1);
      assert.equal(ends, [{ id: "a", kind: "protocol-error" }]);
      assert.is(server.metrics.badMessages, 199);
    });
  });
}

test("more than 5 s of audio in one message is an error, and the call goes on", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.sendMedia(new Int16Array(40_001));
    await client.nextError("ERR_TOO_BIG");
    assert.is(journal.count("receive a"), 0);
    client.sendMedia(FRAME);
    await journal.has("receive a");
  });
});

test("a message above 256 KiB ends the connection with 1009, and in words up to 512 KiB", async () => {
  const { server, ended, ends } = await probed();
  await withServer(server, async () => {
    const first = await started(server.url, "a");
    first.send(`{"event":"x","y":"${"z".repeat(300_000)}"}`);
    await first.nextError("ERR_TOO_BIG");
    assert.is((await first.closed).code, 1009);
    const second = await started(server.url, "b");
    second.send(`{"event":"x","y":"${"z".repeat(600_000)}"}`);
    assert.is((await second.closed).code, 1009);
    await ended(2);
    assert.ok(ends.every(({ kind }) => kind === "protocol-error"));
  });
});

test("text that is not UTF-8 ends the connection with 1007", async () => {
  const { server } = await probed();
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.socket.send(Buffer.from([0x22, 0xff, 0x22]), { binary: false });
    assert.is((await client.closed).code, 1007);
  });
});

test("a handler that throws ends its own session with 1011 and a report; others go on", async () => {
  const { server, journal, ends, ended } = await probed({
    receive: (session) => {
      if (session.id === "bad") throw new Error("no");
      session.send(FRAME);
    },
  });
  await withServer(server, async () => {
    const good = await started(server.url, "good");
    const bad = await started(server.url, "bad");
    bad.sendMedia(FRAME);
    await bad.nextError("ERR_HANDLER");
    assert.is((await bad.closed).code, 1011);
    await ended(1);
    assert.equal(ends, [{ id: "bad", kind: "handler-error" }]);
    assert.is(journal.count("shutdown handler-error"), 1);
    good.sendMedia(FRAME);
    await good.nextAudio(160);
  });
});

test("a startUp that fails is reported and closes with 1011", async () => {
  const { server, journal } = await probed({
    startUp: async () => {
      throw new Error("no");
    },
  });
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    await client.nextError("ERR_HANDLER");
    assert.is((await client.closed).code, 1011);
    await journal.has("shutdown handler-error");
  });
});

test("a handler that cannot be made is reported and closes with 1011; the id stays free", async () => {
  let isBroken = true;
  const { server } = await probed(
    {},
    {
      handler: () => {
        if (isBroken) throw new Error("no");
        return new EchoHandler();
      },
    },
  );
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    await client.nextError("ERR_HANDLER");
    assert.is((await client.closed).code, 1011);
    isBroken = false;
    await started(server.url, "a");
    assert.is(server.sessions.size, 1);
  });
});

for (const [what, leave, kind] of [
  ["stop", (client: RawClient) => client.send({ event: "stop" }), "client-left"],
  ["a close", (client: RawClient) => client.socket.close(1000), "client-left"],
  ["a cut", (client: RawClient) => client.socket.terminate(), "connection-lost"],
] as const) {
  test(`shutdown runs exactly once after ${what}`, async () => {
    const { server, journal, ends, ended } = await probed();
    await withServer(server, async () => {
      const client = await started(server.url, "a");
      leave(client);
      await ended(1);
      assert.equal(ends, [{ id: "a", kind }]);
      assert.equal(journal.entries, ["startUp a", `shutdown ${kind}`]);
      assert.is(server.metrics.sessionsEnded[kind], 1);
    });
    assert.is(journal.entries.length, 2);
  });
}

test("a handler that closes its session: what is queued, end_stream, 1000", async () => {
  const { server, ended, ends } = await probed({
    receive: (session) => {
      session.send(new Int16Array(1600));
      session.close("That was all.");
    },
  });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.sendMedia(FRAME);
    await client.nextAudio(1600);
    assert.equal((await client.next()).json, { type: "end_stream", data: "That was all." });
    assert.is((await client.closed).code, 1000);
    await ended(1);
    assert.is(ends[0]?.kind, "closed");
  });
});

// what a person writes without types: `session.close(error)`, a reason that is far too long
const REASONS: [what: string, reason: unknown, words: RegExp][] = [
  ["an error", new Error("enough"), /^Error: enough$/],
  ["null", null, /^The handler closed the session\.$/],
  ["a number", 7, /^7$/],
  ["a very long text", "🎧".repeat(200_000), /^(🎧){30}$/u],
];
for (const [what, reason, words] of REASONS) {
  test(`a handler that closes with ${what} for a reason closes its session, and the server goes on`, async () => {
    const { server, ended } = await probed({ receive: (session) => session.close(reason as string) });
    await withServer(server, async () => {
      const client = await started(server.url, "a");
      client.sendMedia(FRAME);
      const { code, reason: sent } = await client.closed;
      assert.is(code, 1000);
      assert.match(sent, words);
      await ended(1);
      await (await started(server.url, "a")).leave();
    });
  });
}

const unprintable = Object.defineProperty(new Error("bad"), "stack", {
  get() {
    throw new Error("not even this");
  },
});
const { proxy: revoked, revoke } = Proxy.revocable({}, {});
revoke();
for (const [what, thrown] of [
  ["an error that cannot be printed", unprintable],
  ["a revoked proxy", revoked],
  ["undefined", undefined],
] as const) {
  for (const where of ["made", "receive"] as const) {
    test(`a handler that throws ${what} (${where}) ends its own session, also where the logger throws`, async () => {
      const fail = () => {
        throw thrown;
      };
      const lines: unknown[] = [];
      const consoleError = console.error;
      console.error = (...line) => void lines.push(line[0]);
      try {
        const logger = { info: () => {}, warn: () => {}, error: fail };
        const options = where === "made" ? { handler: fail, logger } : { logger };
        const { server } = await probed({ receive: fail }, options);
        await withServer(server, async () => {
          const client = await RawClient.open(server.url);
          client.send({ event: "start", websocket_id: "a" });
          if (where === "receive") client.sendMedia(FRAME);
          await client.nextError("ERR_HANDLER");
          assert.is((await client.closed).code, 1011);
        });
        assert.is(server.metrics.sessions, 0);
        assert.match(String(lines[0]), "andler");
      } finally {
        console.error = consoleError;
      }
    });
  }
}

test("a socket that never starts is closed with 4408 after the time-out, and not before", async () => {
  const clock = new VirtualClock();
  const { server } = await probed({}, { clock, startTimeoutMs: 10_000 });
  const client = await RawClient.open(server.url);
  await clock.advanceTo(9_999);
  await client.sync();
  await clock.advanceTo(10_000);
  await client.nextError("ERR_START_TIMEOUT");
  assert.is((await client.closed).code, 4408);
  assert.is(server.metrics.refused["start-timeout"], 1);
  await server.close();
});

test("the time limit ends a silent session with 4430", async () => {
  const clock = new VirtualClock();
  const { server, journal } = await probed({}, { clock, timeLimitMs: 60_000, heartbeatMs: 600_000 });
  const client = await started(server.url, "a");
  await clock.advanceTo(59_999);
  await client.sync();
  await clock.advanceTo(60_000);
  await client.nextError("ERR_TIME_LIMIT");
  assert.is((await client.closed).code, 4430);
  await journal.has("shutdown limit");
  await server.close();
});

test("a callback that throws harms nobody", async () => {
  const errors: string[] = [];
  const { server } = await probed(
    {},
    {
      logger: { ...silentLogger, error: (message) => errors.push(message) },
      onSession: () => {
        throw new Error("no");
      },
    },
  );
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    await client.sync();
    assert.equal(errors, ["The server's onSession callback failed."]);
  });
});

test("an async callback that rejects harms nobody either: not the process, and not the session", async () => {
  const errors: string[] = [];
  let ended: () => void = () => {};
  const hasEnded = new Promise<void>((resolve) => {
    ended = resolve;
  });
  const reject = () => Promise.reject(new Error("no"));
  const { server } = await probed(
    {},
    {
      logger: {
        ...silentLogger,
        error: (message) => {
          errors.push(message);
          if (errors.length === 2) ended();
        },
      },
      onSession: reject,
      onEnd: reject,
    },
  );
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    await client.sync();
    client.send({ event: "stop" });
    await client.closed;
    await hasEnded;
    assert.equal(errors, ["The server's onSession callback failed.", "The server's onEnd callback failed."]);
  });
});

test("close() lets queued audio leave, tells the client, shuts handlers down and frees the port", async () => {
  const { server, journal, ends } = await probed({
    receive: (session) => void session.send(new Int16Array(2400)),
  });
  const client = await started(server.url, "a");
  const idle = await RawClient.open(server.url);
  client.sendMedia(FRAME);
  await journal.has("receive a");
  const closing = server.close();
  assert.is(server.close(), closing);
  await client.nextAudio(2400);
  assert.is((await client.next()).json.type, "end_stream");
  assert.is((await client.closed).code, 1001);
  assert.is((await idle.closed).code, 1001);
  await closing;
  assert.equal(ends, [{ id: "a", kind: "server-closing" }]);
  assert.is(journal.count("shutdown server-closing"), 1);
  const next = await serve({ port: server.port, handler: EchoHandler });
  assert.is(next.port, server.port);
  await next.close();
});

test("close() refuses new clients with 503 while it drains", async () => {
  let finish = (): void => {};
  const { server } = await probed({
    shutdown: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
  });
  await started(server.url, "a");
  const closing = server.close();
  let message = "";
  await RawClient.open(server.url).catch((error: Error) => {
    message = error.message;
  });
  assert.match(message, "503");
  finish();
  await closing;
});

test("close() ends what will not drain in time", async () => {
  const clock = new VirtualClock();
  const { server, journal } = await probed(
    { receive: (session) => void session.send(new Int16Array(80_000)) },
    { clock },
  );
  const client = await started(server.url, "a");
  client.sendMedia(FRAME);
  await journal.has("receive a");
  const closing = server.close({ drainMs: 1000 });
  await clock.advanceBy(1000);
  assert.is((await client.closed).code, 1001);
  await closing;
  assert.is(journal.count("shutdown server-closing"), 1);
  assert.is(clock.pending, 0);
});

test("close() waits no longer than drainTimeoutMs, however much longer it may", async () => {
  const setDelays: number[] = [];
  class Timers extends VirtualClock {
    override setTimer(callback: () => void, delayMs: number): unknown {
      setDelays.push(delayMs);
      return super.setTimer(callback, delayMs);
    }
  }
  const { server } = await probed({}, { clock: new Timers(), limits: { drainTimeoutMs: 1234 } });
  setDelays.length = 0;
  await server.close({ drainMs: Number.POSITIVE_INFINITY });
  assert.equal(setDelays, [1234]);
});

test("a closed server leaves no timer behind, whatever its handlers awaited", async () => {
  const clock = new VirtualClock();
  const pause = () => new Promise<void>((resolve) => setImmediate(resolve));
  const { server, journal } = await probed({ startUp: pause, receive: pause, shutdown: pause }, { clock });
  const client = await started(server.url, "a", { format: {} });
  client.sendMedia(new Int16Array(480));
  await journal.has("receive a");
  await client.leave();
  await server.close();
  assert.is(clock.pending, 0);
});

test.run();
