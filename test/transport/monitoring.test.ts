/** What those who watch a server see: metrics, statistics, health, and a log without secrets. */
import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { Registry } from "prom-client";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import {
  attach,
  createToken,
  EchoHandler,
  type ServeOptions,
  StreamHandler,
  serve,
  silentLogger,
  tokenAuth,
  VirtualClock,
  type VoxwireError,
} from "../../src/server.ts";
import { loadPromClient } from "../../src/transport/monitoring/prom-client.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

const watched = (options: object = {}) =>
  serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    metrics: true,
    ...options,
  } as ServeOptions);

async function get(url: string): Promise<{ status: number; text: string; type: string }> {
  const response = await fetch(url);
  const type = response.headers.get("content-type") ?? "";
  return { status: response.status, text: await response.text(), type };
}

/** The samples of a scrape by name and labels. */
async function scrape(url: string): Promise<ReadonlyMap<string, number>> {
  const { text } = await get(url);
  const lines = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  return new Map(lines.map((line) => [line.slice(0, line.lastIndexOf(" ")), Number(line.split(" ").at(-1))]));
}

async function started(url: string, id: string): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id });
  await client.sync();
  return client;
}

test("a scrape says what the counters say", async () => {
  const clock = new VirtualClock();
  const server = await watched({ clock, heartbeatMs: 1000, maxSessions: 1 });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 3; i++) client.sendMedia(FRAME);
    await client.nextAudio(480);
    const second = await RawClient.open(server.url);
    second.send({ event: "start", websocket_id: "b" });
    assert.is((await second.closed).code, 4429);
    const ponged = new Promise((resolve) => client.socket.once("ping", resolve));
    await clock.advanceBy(1000);
    await ponged;
    while (server.metrics.roundTrips.count === 0) await client.sync();
    const seen = await scrape(server.metricsUrl);
    const { metrics } = server;
    const expected: Record<string, number> = {
      voxwire_connections: 1,
      voxwire_sessions: 1,
      voxwire_sessions_waiting: 0,
      voxwire_connections_opened_total: 2,
      voxwire_sessions_opened_total: 1,
      'voxwire_frames_total{direction="in"}': 3,
      'voxwire_frames_total{direction="out"}': 3,
      'voxwire_bytes_total{direction="in"}': metrics.bytesIn,
      'voxwire_bytes_total{direction="out"}': metrics.bytesOut,
      'voxwire_refusals_total{reason="session-limit"}': 1,
      'voxwire_refusals_total{reason="auth"}': 0,
      'voxwire_dropped_total{reason="slowReader"}': 0,
      'voxwire_queue_seconds{queue="input"}': 0,
      voxwire_late_max_seconds: 0,
      voxwire_round_trip_seconds_count: 1,
    };
    for (const [name, value] of Object.entries(expected)) assert.is(seen.get(name), value, name);
    for (const quantile of ["0.5", "0.99", "1"])
      assert.ok(
        Number.isFinite(seen.get(`voxwire_event_loop_delay_seconds{quantile="${quantile}"}`)),
        quantile,
      );
    // read again, counters do not add up
    assert.is((await scrape(server.metricsUrl)).get("voxwire_sessions_opened_total"), 1);
    assert.match((await get(server.metricsUrl)).type, /^text\/plain; version=0.0.4; charset=utf-8$/);
  });
});

test("every metric is in the table, and every metric of the table is there", async () => {
  const page = readFileSync(new URL("../../docs/server.md", import.meta.url), "utf8");
  const rows = page.match(/^\| `voxwire_.*$/gm) ?? [];
  const listed = rows.flatMap((row) => row.split("|")[1]?.match(/voxwire_\w+/g) ?? []);
  await withServer(await watched(), async (server) => {
    const { text } = await get(server.metricsUrl);
    const names = Array.from(text.matchAll(/^# TYPE (\w+)/gm), ([, name]) => name);
    assert.equal([...listed].sort(), [...names].sort());
  });
});

test("metrics are at no address where they were not asked for", async () => {
  const server = await watched({ metrics: false });
  await withServer(server, async () => {
    assert.is(server.metricsUrl, "");
    const http = server.url.replace("ws", "http");
    assert.is((await get(`${http}/metrics`)).status, 404);
    assert.is((await get(`${http}/stats`)).status, 404);
  });
});

test("metrics on a port of their own are not on the public one, and go with the server", async () => {
  const server = await watched({ metrics: { port: 0 } });
  const http = server.url.replace("ws", "http");
  assert.is((await get(`${http}/metrics`)).status, 404);
  assert.is((await scrape(server.metricsUrl)).get("voxwire_sessions"), 0);
  assert.is((await get(server.metricsUrl.replace("/metrics", "/other"))).status, 404);
  assert.is((await fetch(server.metricsUrl, { method: "POST" })).status, 405);
  await server.close();
  await fetch(server.metricsUrl).then(
    () => assert.unreachable("it still answers"),
    () => {},
  );
});

test("a register of the caller's has both its own metrics and ours, until the server closes", async () => {
  const register = new Registry();
  const http = createServer((request, response) => {
    if (!server.answer(request, response)) response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const options = {
    handler: EchoHandler,
    logger: silentLogger,
    metrics: { register, path: "/watch/metrics", stats: true },
  };
  const server = attach(http, options);
  assert.is((await scrape(server.metricsUrl)).get("voxwire_sessions"), 0);
  assert.match(await register.metrics(), "voxwire_sessions");
  assert.equal(JSON.parse((await get(server.metricsUrl.replace("metrics", "stats"))).text), { sessions: [] });
  await server.close();
  assert.not.match(await register.metrics(), "voxwire");
  assert.throws(() => attach(http, { ...options, metrics: { port: 0 } }), /opens no port/);
  http.close();
});

test("the statistics have a session's counters and none of its parameters", async () => {
  const server = await watched({ metrics: { port: 0 } });
  await withServer(server, async () => {
    const client = await started(`${server.url}?secret=xyzzy`, "a");
    client.sendMedia(FRAME);
    await client.nextAudio(160);
    const { text } = await get(server.metricsUrl.replace("metrics", "stats"));
    assert.not.match(text, "xyzzy");
    const [session] = JSON.parse(text).sessions;
    assert.equal([session.id, session.isConnected, session.stats.framesSent], ["a", true, 1]);
  });
});

test("where clients come too, live sessions are shown only if asked for, without ids and addresses", async () => {
  await withServer(await watched(), async (server) => {
    assert.is((await get(server.metricsUrl)).status, 200);
    assert.is((await get(server.metricsUrl.replace("metrics", "stats"))).status, 404);
  });
  await withServer(await watched({ metrics: { stats: true } }), async (server) => {
    const client = await started(server.url, "a secret of the client's");
    const { text } = await get(server.metricsUrl.replace("metrics", "stats"));
    const [session] = JSON.parse(text).sessions;
    assert.equal(Object.keys(session), ["session", "isConnected", "format", "stats"]);
    assert.match(session.session, /^[0-9a-f]{16}$/);
    assert.not.match(text, /a secret|127\.0\.0\.1/);
    await client.leave();
  });
  for (const stats of [1, "yes", null]) {
    await watched({ metrics: { stats } }).then(
      () => assert.unreachable(),
      (error: VoxwireError) => assert.match(error.message, "metrics.stats"),
    );
  }
});

test("where clients come too, auth is asked for what is watched; who may have one session alone sees nothing", async () => {
  const secret = "sixteen bytes and more";
  const server = await watched({ metrics: { stats: true }, auth: tokenAuth(secret) });
  const tokens = { bound: createToken({ secret, id: "a" }), free: createToken({ secret }) };
  const withToken = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  await withServer(server, async () => {
    for (const url of [server.metricsUrl, server.metricsUrl.replace("metrics", "stats")]) {
      const stranger = await fetch(url, { headers: { accept: "application/json" } });
      assert.equal([stranger.status, stranger.headers.get("voxwire-error")], [401, "ERR_AUTH"]);
      const { type, message, data } = (await stranger.json()) as Record<string, Record<string, string>>;
      assert.equal([type, data?.["code"]], ["error", "ERR_AUTH"]);
      assert.match(String(message), "token is needed");
      assert.ok(data !== undefined && "hint" in data);
      assert.is((await fetch(url, withToken(tokens.bound))).status, 403);
      assert.is((await fetch(url, withToken(tokens.free))).status, 200);
    }
    assert.is(server.metrics.refused.auth, 4);
  });
  // a port of its own is the operator's
  await withServer(await watched({ metrics: { port: 0 }, auth: tokenAuth(secret) }), async (own) => {
    assert.is((await get(own.metricsUrl)).status, 200);
    assert.is((await get(own.metricsUrl.replace("metrics", "stats"))).status, 200);
  });
});

test("healthy is who lives; ready who is not full, not closing and not late", async () => {
  const clock = new VirtualClock();
  const server = await watched({ clock, maxSessions: 1, maxEventLoopDelayMs: 1, heartbeatMs: 3_600_000 });
  const http = server.url.replace("ws", "http");
  assert.equal((await get(`${http}/healthz`)).text, "ok\n");
  assert.is((await get(`${http}/readyz`)).status, 200);
  const client = await started(server.url, "a");
  const full = await get(`${http}/readyz`);
  assert.equal([full.status, full.text], [503, "The limit of 1 sessions is reached.\n"]);
  assert.is((await get(`${http}/healthz`)).status, 200);
  client.send({ event: "stop" });
  await client.closed;
  while (!server.readiness.isReady) await new Promise((resolve) => setImmediate(resolve));
  // the event loop stands still until Node has seen it late
  while (server.readiness.isReady) {
    const untilMs = performance.now() + 60;
    while (performance.now() < untilMs);
    await new Promise((resolve) => setTimeout(resolve, 30));
    await clock.advanceBy(5000);
  }
  const late = await get(`${http}/readyz`);
  assert.match(late.text, /^The event loop is \d+ ms late/);
  await server.close();
});

test("a server that closes is not ready while it drains, and lets nobody in", async () => {
  let finish = () => {};
  class Slow extends StreamHandler {
    copy() {
      return this;
    }
    receive() {}
    emit() {
      return null;
    }
    override shutdown() {
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    }
  }
  const server = await watched({ handler: Slow });
  const http = server.url.replace("ws", "http");
  const client = await started(server.url, "a");
  const closing = server.close();
  const { status, text } = await get(`${http}/readyz`);
  assert.equal([status, text], [503, "The server is closing.\n"]);
  const refused = await refusal(`${server.url}/websocket/offer`);
  assert.equal([refused.status, refused.text], [503, "The server is closing. Try again later.\n"]);
  assert.is((await client.closed).code, 1001);
  finish();
  await closing;
});

test("a log has sessions, losses and refusals, and neither tokens nor parameters nor audio", async () => {
  const lines: string[] = [];
  const line =
    (level: string) =>
    (...args: unknown[]) =>
      void lines.push(`${level} ${JSON.stringify(args)}`);
  const logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
  const secret = "0123456789abcdef0123456789abcdef";
  const token = createToken({ secret, id: "call-1", params: { pin: "xyzzy" }, ttlMs: 60_000 });
  const server = await watched({ auth: tokenAuth(secret), logger });
  await withServer(server, async () => {
    const payload = Buffer.from("audio of somebody's").toString("base64");
    const client = await RawClient.open(`${server.url}?token=${token}&code=plugh`);
    client.send({
      event: "start",
      websocket_id: "call-1",
      format: {},
      resume: true,
      params: { word: "plover" },
    });
    const { json } = await client.next();
    client.send({ event: "media", media: { payload } });
    client.send("no JSON");
    await client.nextError("ERR_JSON");
    client.socket.terminate();
    while (server.metrics.sessionsLost === 0) await new Promise((resolve) => setImmediate(resolve));
    const back = await RawClient.open(`${server.url}?token=${token}`);
    const resume = { token: json.data.resume_token };
    back.send({ event: "start", websocket_id: "call-1", format: {}, resume });
    const resumed = await back.next();
    // who has said something has its new token: the one before is worth nothing from here on
    back.send({ event: "ping" });
    await back.next();
    const forged = `${token.slice(0, -4)}AAAA`;
    assert.is((await refusal(`${server.url}/websocket/offer?token=${forged}`)).status, 401);
    const late = await RawClient.open(`${server.url}?token=${token}`);
    late.send({ event: "start", websocket_id: "call-1", format: {}, resume });
    await late.nextError("ERR_RESUME");
    await back.leave();
    while (server.sessions.size > 0) await new Promise((resolve) => setImmediate(resolve));
    const text = lines.join("\n");
    for (const expected of ["has begun", "lost its connection", "goes on", "has ended", "was refused"])
      assert.match(text, expected);
    const secrets = [token, forged, json.data.resume_token, resumed.json.data.resume_token, secret, payload];
    for (const hidden of [...secrets, "xyzzy", "plugh", "plover"]) assert.not.match(text, hidden);
  });
});

test("calls that nobody has signed are warned of once, where no auth token is set", async () => {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (message: string) => void warnings.push(message) };
  const server = await watched({ metrics: false, logger });
  await withServer(server, async () => {
    for (let i = 0; i < 2; i++) {
      const client = await connect(server.url, { protocol: "twilio" });
      await client.close();
    }
    assert.is(warnings.filter((line) => /twilio\.authToken is not set/.test(line)).length, 1);
  });
});

test("without the package the error says what to install", () => {
  const missing = () => {
    throw new Error("Cannot find module 'prom-client'");
  };
  assert.throws(
    () => loadPromClient(missing),
    (error: VoxwireError) =>
      error.code === "ERR_DEPENDENCY_MISSING" && /npm install prom-client/.test(error.hint),
  );
});

test("what is no setting of metrics is refused by name", async () => {
  for (const metrics of ["yes", 9464, { port: -1 }, { path: "metrics?" }])
    await watched({ metrics }).then(
      () => assert.unreachable(String(metrics)),
      (error) => assert.match(error.message, /metrics/),
    );
});

test.run();
