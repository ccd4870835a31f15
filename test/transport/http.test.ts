/** Ports, pages, paths and origins; `attach` beside other people's servers. */
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type WebSocket, WebSocketServer } from "ws";
import { loadDspSync } from "../../src/dsp/dsp.ts";
import { attach, ConfigError, EchoHandler, serve, silentLogger } from "../../src/server.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const quiet = { handler: EchoHandler, logger: silentLogger };

async function listen(http: Server): Promise<string> {
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  const address = http.address();
  return typeof address === "object" ? `127.0.0.1:${address?.port}` : "";
}

async function stop(http: Server): Promise<void> {
  await new Promise((resolve) => {
    http.close(resolve);
    http.closeAllConnections();
  });
}

test("the pages say what there is", async () => {
  await withServer(await serve({ port: 0, path: "/voice", ...quiet }), async (server) => {
    const base = server.url.replace("ws:", "http:");
    assert.match(base, /^http:\/\/127\.0\.0\.1:\d+\/voice$/);
    for (const url of [base, `${base}/`, new URL("/", base)]) {
      const page = await fetch(url);
      assert.is(page.status, 200);
      assert.match(await page.text(), "/voice/websocket/offer");
    }
    for (const url of [`${base}/health`, new URL("/health", base)]) {
      const health = await fetch(url);
      assert.is(health.status, 200);
      assert.equal(await health.json(), { status: "ok", sessions: 0 });
    }
    const missing = await fetch(`${base}/websocket`);
    assert.is(missing.status, 404);
    assert.match(await missing.text(), "/voice/websocket/offer");
    assert.is((await fetch(`${base}/websocket/offer`)).status, 426);
    assert.is((await fetch(base, { method: "POST", body: "x" })).status, 405);
  });
});

test("an upgrade to a wrong path is answered with the right one", async () => {
  await withServer(await serve({ port: 0, ...quiet }), async (server) => {
    const { status, text } = await refusal(`${server.url}/websocket/ofer`);
    assert.is(status, 404);
    assert.match(text, "/websocket/offer");
  });
});

test("a client that is refused and keeps its end open keeps no socket, and holds up no close", async () => {
  const server = await serve({ port: 0, ...quiet });
  const socket = connect({ port: server.port, host: "127.0.0.1", allowHalfOpen: true });
  socket.write("GET /nowhere HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n");
  let answer = "";
  socket.on("data", (data) => {
    answer += data;
  });
  await new Promise((resolve) => socket.once("end", resolve));
  assert.match(answer, "404");
  await server.close();
  socket.destroy();
});

test("what is no HTTP, has too long a header, or does not come in time is told so with a code, and counted", async () => {
  const server = await serve({ port: 0, handshakeTimeoutMs: 200, ...quiet });
  const answerTo = (bytes: string) =>
    new Promise<string>((resolve) => {
      const socket = connect({ port: server.port, host: "127.0.0.1" });
      let answer = "";
      socket.on("data", (data) => {
        answer += data;
      });
      socket.on("error", () => {});
      socket.once("close", () => resolve(answer));
      socket.write(bytes);
    });
  await withServer(server, async () => {
    const post = "POST /input_hook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{";
    for (const [bytes, status, code] of [
      ["hello\r\n\r\n", 400, "ERR_MESSAGE"],
      [`GET / HTTP/1.1\r\nHost: x\r\nCookie: ${"x".repeat(20_000)}\r\n\r\n`, 431, "ERR_TOO_BIG"],
      ["GET / HTTP/1.1\r\nHost: x\r\n", 408, "ERR_TIMEOUT"],
      [post, 408, "ERR_TIMEOUT"],
    ] as const) {
      const answer = await answerTo(bytes);
      assert.match(answer, new RegExp(`^HTTP/1\\.1 ${status} `));
      assert.match(answer, `voxwire-error: ${code}\r\n`);
    }
    const { refused } = server.metrics;
    assert.equal([refused["bad-request"], refused["handshake-timeout"]], [2, 2]);
  });
});

test("a refusal is JSON for who accepts that, of the wire's own shape", async () => {
  await withServer(await serve({ port: 0, ...quiet }), async (server) => {
    const { status, text } = await refusal(`${server.url}/nowhere`, { accept: "application/json" });
    assert.is(status, 404);
    const { type, message, data } = JSON.parse(text);
    assert.equal([type, data.code], ["error", "ERR_NOT_FOUND"]);
    assert.ok(message.length > 0 && data.hint.length > 0);
  });
});

test("a query with too many parameters is refused", async () => {
  await withServer(await serve({ port: 0, ...quiet }), async (server) => {
    const query = Array.from({ length: 65 }, (_, i) => `k${i}=v`).join("&");
    const { status, text } = await refusal(`${server.url}/websocket/offer?${query}`);
    assert.is(status, 400);
    assert.match(text, "64");
  });
});

test("pages of this host and of allowed origins may connect, others not; no origin may", async () => {
  const server = await serve({
    port: 0,
    allowOrigin: ["https://good.example", "http://localhost:5173", "chrome-extension://abcdef"],
    ...quiet,
  });
  await withServer(server, async () => {
    const url = `${server.url}/websocket/offer`;
    for (const origin of [
      "https://evil.example",
      "null",
      "http://localhost",
      "https://good.example.evil.example",
      "file://",
      `ftp://127.0.0.1:${server.port}`,
    ]) {
      const { status, text } = await refusal(url, { origin });
      assert.is(status, 403);
      assert.match(text, "allowOrigin");
    }
    assert.is(server.metrics.refused.origin, 6);
    for (const headers of [
      {},
      { origin: "https://good.example" },
      { origin: "http://localhost:5173" },
      { origin: "chrome-extension://abcdef" },
      { origin: `http://127.0.0.1:${server.port}` },
    ]) {
      await (await RawClient.open(server.url, { headers })).leave();
    }
  });
  await withServer(await serve({ port: 0, allowOrigin: "*", ...quiet }), async (open) => {
    await (await RawClient.open(open.url, { headers: { origin: "https://any.example" } })).leave();
  });
});

test("a subprotocol is not agreed to: this route has none", async () => {
  await withServer(await serve({ port: 0, ...quiet }), async (server) => {
    const answer = await new Promise<string>((resolve) => {
      const socket = connect(server.port, "127.0.0.1", () => {
        socket.write(
          "GET /websocket/offer HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n" +
            "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: voxwire.v1\r\n" +
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n",
        );
      });
      socket.once("data", (data) => {
        socket.destroy();
        resolve(String(data));
      });
    });
    assert.match(answer, /^HTTP\/1\.1 101 /);
    assert.not.match(answer, /sec-websocket-(protocol|extensions)/i);
  });
});

test("a port in use is an error that names another", async () => {
  await withServer(await serve({ port: 0, ...quiet }), async ({ port }) => {
    try {
      await serve({ port, ...quiet });
      assert.unreachable("the port is taken");
    } catch (error) {
      assert.instance(error, ConfigError);
      if (!(error instanceof ConfigError)) return;
      assert.is(error.code, "ERR_PORT");
      assert.match(error.message, String(port));
      assert.match(error.hint, String(port === 65535 ? 65534 : port + 1));
    }
  });
});

test("audio memory that is full shows when the server is made, not when a client comes", async () => {
  const dsp = loadDspSync({ memoryBytes: 2 ** 20 });
  const before = dsp.memory.usedBytes;
  const block = dsp.allocInt16(300_000);
  try {
    await serve({ port: 0, ...quiet, dsp });
    assert.unreachable();
  } catch (error) {
    assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
  }
  dsp.free(block);
  assert.is(dsp.memory.usedBytes, before);
});

test("options that are wrong are refused by name", async () => {
  for (const [options, name] of [
    [{ port: 70_000 }, "port"],
    [{ path: "voice" }, "path"],
    [{ path: "/a b" }, "path"],
    [{ frameMs: 0 }, "frameMs"],
    [{ inputRate: 8 }, "inputRate"],
    [{ maxSessions: 0 }, "maxSessions"],
    [{ startTimeoutMs: 0 }, "startTimeoutMs"],
    [{ heartbeatMs: Number.NaN }, "heartbeatMs"],
    [{ timeLimitMs: -1 }, "timeLimitMs"],
    [{ limits: { leadMs: -1 } }, "leadMs"],
    [{ handler: undefined }, "handler"],
    [{ host: "" }, "host"],
    [{ host: " " }, "host"],
    [{ host: 5 }, "host"],
    [{ maxMessageBytes: 10 }, "maxMessageBytes"],
    [{ maxSessionsPerAddress: 0 }, "maxSessionsPerAddress"],
    [{ idleTimeoutMs: "x" }, "idleTimeoutMs"],
    [{ maxSpeed: 0.5 }, "maxSpeed"],
    [{ trustProxy: "proxy.example.org" }, "trustProxy"],
    [{ auth: "secret" }, "auth"],
    [{ tls: {} }, "tls"],
    [{ tls: { cert: "cert.pem", key: "key.pem" } }, "tls"],
    [{ allowOrigin: 5 }, "allowOrigin"],
    [{ allowOrigin: "example.org" }, "allowOrigin"],
    [{ allowOrigin: ["https://example.org/"] }, "allowOrigin"],
    [{ allowOrigin: "https://example.org/page" }, "allowOrigin"],
    [{ allowOrigin: "https://example.org:443" }, "allowOrigin"],
    [{ allowOrigin: "https://Example.org" }, "allowOrigin"],
  ] as const) {
    try {
      // @ts-expect-error: some of these are wrong by type too
      const server = await serve({ port: 0, ...quiet, ...options });
      await server.close();
      assert.unreachable(`${name} is wrong`);
    } catch (error) {
      assert.instance(error, ConfigError);
      assert.match((error as ConfigError).message, name);
    }
  }
});

test("attach() takes its own paths and leaves everything else alone", async () => {
  const http = createServer((_request, response) => response.end("mine"));
  const others = new WebSocketServer({ noServer: true });
  const otherSockets: WebSocket[] = [];
  http.on("upgrade", (request, socket, head) => {
    if (request.url === "/chat") others.handleUpgrade(request, socket, head, (ws) => otherSockets.push(ws));
  });
  const one = attach(http, { path: "/one", inputRate: 8000, ...quiet });
  const two = attach(http, { path: "/two", ...quiet });
  assert.is(one.url, "");
  assert.is(one.port, 0);
  const host = await listen(http);
  assert.is(one.url, `ws://${host}/one`);

  const { WebSocket } = await import("ws");
  const chat = new WebSocket(`ws://${host}/chat`);
  await new Promise((resolve) => chat.once("open", resolve));
  const first = await RawClient.open(one.url);
  const second = await RawClient.open(two.url);
  for (const client of [first, second]) {
    client.send({ event: "start", websocket_id: "same id, two servers" });
    await client.sync();
  }
  assert.is(await (await fetch(`http://${host}/one`)).text(), "mine");
  assert.is(one.sessions.size, 1);

  await one.close();
  assert.is((await first.closed).code, 1001);
  await second.sync();
  assert.is(await (await fetch(`http://${host}/`)).text(), "mine");
  const again = attach(http, { path: "/one", ...quiet });
  await (await RawClient.open(again.url)).leave();
  await again.close();
  await two.close();
  assert.is(http.listenerCount("upgrade"), 1);
  const closed = new Promise((resolve) => chat.once("close", resolve));
  otherSockets[0]?.terminate();
  await closed;
  await stop(http);
});

test("attach() alone on a server answers upgrades to other paths", async () => {
  const http = createServer();
  const voice = attach(http, { path: "/voice", ...quiet });
  const host = await listen(http);
  const { status, text } = await refusal(`ws://${host}/websocket/offer`);
  assert.is(status, 404);
  assert.match(text, "/voice/websocket/offer");
  await voice.close();
  await stop(http);
});

test("two attach() calls with one path: the second is an error", async () => {
  const http = createServer();
  const voice = attach(http, quiet);
  assert.throws(
    () => attach(http, quiet),
    (error: unknown) => error instanceof ConfigError && error.message.includes("/websocket/offer"),
  );
  await voice.close();
});

test.run();
