/** What one client and one address may take of a server, over real sockets: each limit, its error, code and counter. */
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { EchoHandler, type EndReason, serve, silentLogger, VirtualClock } from "../../src/server.ts";
import type { ListenOptions } from "../../src/transport/listen-options.ts";
import type { ServerSettings } from "../../src/transport/server-options.ts";
import { RawClient, withServer } from "./raw-client.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** A server at 8 kHz, and how its sessions ended. */
async function limited(options: Partial<ServerSettings & ListenOptions> = {}) {
  const ends: EndReason[] = [];
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    onEnd: (_, reason) => void ends.push(reason),
    ...options,
  });
  return { server, ends };
}

async function started(url: string, id: string, headers: Record<string, string> = {}): Promise<RawClient> {
  const client = await RawClient.open(url, { headers });
  client.send({ event: "start", websocket_id: id });
  await client.sync();
  return client;
}

test("an address has so many sessions, others have theirs, and one that ends makes room", async () => {
  const { server } = await limited({ maxSessionsPerAddress: 2, trustProxy: "loopback" });
  await withServer(server, async () => {
    const from = (address: string) => ({ "x-forwarded-for": address });
    const first = await started(server.url, "a", from("192.0.2.1"));
    await started(server.url, "b", from("192.0.2.1"));
    const refused = await RawClient.open(server.url, { headers: from("192.0.2.1") });
    refused.send({ event: "start", websocket_id: "c" });
    const { json } = await refused.next();
    assert.equal(json, { status: "failed", meta: { error: "concurrency_limit_reached", limit: 2 } });
    assert.is((await refused.closed).code, 4429);
    assert.is(server.metrics.refused["address-limit"], 1);
    const told = await RawClient.open(server.url, { headers: from("192.0.2.1") });
    told.send({ event: "start", websocket_id: "c", format: {} });
    const { meta } = (await told.next()).json;
    assert.equal([meta.error, meta.limit, meta.code], ["concurrency_limit_reached", 2, "ERR_LIMIT_SESSIONS"]);
    assert.match(meta.message, "from one address");
    assert.ok(meta.hint);
    await told.closed;
    await started(server.url, "c", from("192.0.2.2"));
    assert.is(server.sessions.get("c")?.remoteAddress, "192.0.2.2");
    first.send({ event: "stop" });
    await first.closed;
    await started(server.url, "d", from("192.0.2.1"));
  });
});

test("sockets that never start lock nobody out: the oldest go, and are told", async () => {
  const { server } = await limited({ maxWaitingSockets: 8 });
  await withServer(server, async () => {
    const idlers: RawClient[] = [];
    for (let i = 0; i < 20; i++) idlers.push(await RawClient.open(server.url));
    const client = await started(server.url, "a");
    for (const idler of idlers.slice(0, 12)) {
      await idler.nextError("ERR_START_TIMEOUT");
      assert.is((await idler.closed).code, 4408);
    }
    assert.is(server.metrics.refused["too-many-sockets"], 13);
    await client.sync();
    await idlers.at(-1)?.sync();
  });
});

test("this machine may open as many as wait in all, and who has to go is told the limit", async () => {
  for (const [options, fits] of [
    [{}, 600],
    [{ maxWaitingPerAddress: 4 }, 4],
    [{ trustProxy: "loopback" }, 512],
  ] as const) {
    const { server } = await limited(options);
    await withServer(server, async () => {
      const headers = "trustProxy" in options ? { "x-forwarded-for": "192.0.2.1" } : {};
      const idlers: RawClient[] = [];
      for (let i = 0; i < fits; i++) idlers.push(await RawClient.open(server.url, { headers }));
      assert.is(server.metrics.refused["too-many-sockets"], 0);
      if (fits === 600) return;
      await RawClient.open(server.url, { headers });
      const { json } = await idlers[0]!.nextError("ERR_START_TIMEOUT");
      assert.match(json.message, `maxWaitingPerAddress is ${fits}`);
      assert.match(json.data.hint, "as soon as");
      assert.is(server.metrics.refused["too-many-sockets"], 1);
    });
  }
});

test("a client that sends nothing for too long is idle; a ping is something", async () => {
  const clock = new VirtualClock();
  const { server, ends } = await limited({ clock, idleTimeoutMs: 60_000, heartbeatMs: 3_600_000 });
  await withServer(server, async () => {
    const silent = await started(server.url, "a");
    const pinging = await started(server.url, "b");
    for (let i = 0; i < 5; i++) {
      await pinging.sync();
      await clock.advanceBy(15_000);
    }
    await silent.nextError("ERR_IDLE");
    assert.is((await silent.closed).code, 4408);
    await pinging.sync();
    assert.equal(
      ends.map(({ kind }) => kind),
      ["idle"],
    );
    assert.is(server.metrics.sessionsEnded.idle, 1);
  });
});

test("a flood is dropped and counted, then cut with 4429; the others hear nothing of it", async () => {
  const clock = new VirtualClock();
  const { server, ends } = await limited({ clock, maxBurstMs: 1000, maxMessageMs: 1000 });
  await withServer(server, async () => {
    const other = await started(server.url, "b");
    const client = await started(server.url, "a");
    for (let i = 0; i < 80; i++) client.sendMedia(FRAME);
    await client.nextError("ERR_TOO_FAST");
    await client.sync();
    assert.is(server.metrics.dropped.tooFast, 30);
    assert.is(server.metrics.framesIn, 50);
    for (let i = 0; i < 21; i++) client.sendMedia(FRAME);
    await client.nextError("ERR_TOO_FAST");
    assert.is((await client.closed).code, 4429);
    assert.equal(
      ends.map(({ kind }) => kind),
      ["too-fast"],
    );
    other.sendMedia(FRAME);
    await other.nextAudio(160);
  });
});

test("a client that catches up after 10 s loses nothing", async () => {
  const { server } = await limited();
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 500; i++) client.sendMedia(FRAME);
    await client.sync();
    assert.is(server.metrics.framesIn, 500);
    assert.is(server.metrics.dropped.tooFast, 0);
  });
});

test("messages without audio have their rate too, before start and after", async () => {
  const clock = new VirtualClock();
  const { server } = await limited({ clock, maxMessagesPerSecond: 100, maxBurstMs: 100 });
  await withServer(server, async () => {
    const flooder = await RawClient.open(server.url);
    for (let i = 0; i < 241; i++) flooder.send({ event: "nothing", i });
    assert.is((await flooder.closed).code, 4429);
    const client = await started(server.url, "a");
    await client.sync();
  });
});

test("long control messages and deep JSON are left out, and the call goes on", async () => {
  const { server } = await limited({ maxControlBytes: 1000, maxJsonDepth: 5 });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.send({ event: "note", text: "x".repeat(1000) });
    await client.nextError("ERR_TOO_BIG");
    client.send(`{"event":"ping","x":${"[".repeat(5)}${"]".repeat(5)}}`);
    await client.nextError("ERR_JSON");
    client.send("[".repeat(100_000));
    await client.nextError("ERR_TOO_BIG");
    await client.sync();
    // media in an unusual spelling is media all the same
    client.send({ media: { payload: Buffer.alloc(3000, 255).toString("base64") }, event: "media" });
    await client.sync();
    assert.is(server.metrics.framesIn, 1);
    assert.is(server.metrics.badMessages, 3);
  });
});

test("the longest message and the longest audio can be set", async () => {
  const { server } = await limited({ maxMessageBytes: 1024, maxMessageMs: 40 });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.sendMedia(new Int16Array(320));
    client.sendMedia(new Int16Array(321));
    await client.nextError("ERR_TOO_BIG");
    client.send(`{"event":"ping","x":"${"x".repeat(1024)}"}`);
    await client.nextError("ERR_TOO_BIG");
    assert.is((await client.closed).code, 1009);
  });
});

test("a request whose header never ends is cut", async () => {
  const { server } = await limited({ handshakeTimeoutMs: 200 });
  await withServer(server, async () => {
    const sockets = Array.from({ length: 20 }, () => connect(server.port, "127.0.0.1"));
    const cut = sockets.map((socket, i) => {
      socket.on("error", () => {}).resume();
      if (i % 2 === 0) socket.write("GET /websocket/offer HTTP/1.1\r\nHost: x\r\nX-Slow: ");
      return new Promise((resolve) => socket.once("close", resolve));
    });
    const client = await started(server.url, "a");
    await Promise.all(cut);
    await client.sync();
  });
});

test.run();
