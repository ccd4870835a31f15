/** DNS rebinding: by which names pages may ask for a server, and who is not asked. */
import { createServer, request } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  attach,
  ConfigError,
  EchoHandler,
  type RunningServer,
  type ServeOptions,
  serve,
  silentLogger,
  tokenAuth,
} from "../../src/server.ts";
import { hostCheck, isLoopback } from "../../src/transport/host-names.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const ATTACKER = "attacker.example";

async function listening(options: Partial<ServeOptions> = {}): Promise<RunningServer> {
  return await serve({ port: 0, handler: EchoHandler, logger: silentLogger, ...options } as ServeOptions);
}

/** What a browser sends with a page of `http://<name>:<port>` that asks its own host. */
function pageOf(name: string, { port }: RunningServer): Record<string, string> {
  return { host: `${name}:${port}`, origin: `http://${name}:${port}` };
}

async function letIn(server: RunningServer, headers: Record<string, string>): Promise<void> {
  await (await RawClient.open(server.url, { headers })).leave();
}

async function refuses(server: RunningServer, headers: Record<string, string>): Promise<string> {
  const { status, text } = await refusal(`${server.url}/websocket/offer`, headers);
  assert.is(status, 403);
  return text;
}

/** GET with a `Host` of one's own, which fetch does not let through. */
function read(server: RunningServer, path: string, headers: Record<string, string>): Promise<number> {
  return new Promise((resolve, reject) => {
    const asked = request({ host: "127.0.0.1", port: server.port, path, headers }, (response) => {
      response.destroy();
      resolve(response.statusCode ?? 0);
    });
    asked.on("error", reject);
    asked.end();
  });
}

test("a page whose name resolves to this machine is refused, in words, and counted", async () => {
  await withServer(await listening(), async (server) => {
    const text = await refuses(server, pageOf(ATTACKER, server));
    assert.match(text, `"${ATTACKER}:${server.port}"`);
    assert.match(text, "hosts");
    assert.match(text, "--allow-host");
    assert.is(server.metrics.refused.host, 1);
    for (const name of [
      `${ATTACKER}.`,
      "localhost.attacker.example",
      "127.0.0.1.attacker.example",
      "notlocalhost",
    ])
      await refuses(server, pageOf(name, server));
  });
});

test("pages by localhost and by address are let in, and clients that are no pages, by whatever name", async () => {
  await withServer(await listening(), async (server) => {
    for (const name of ["localhost", "LOCALHOST", "app.localhost", "127.0.0.1", "[::1]", "192.0.2.7"])
      await letIn(server, pageOf(name, server));
    await letIn(server, { host: ATTACKER });
    await letIn(server, { host: "" });
    await letIn(server, {});
    assert.is(server.metrics.refused.host, 0);
  });
});

test("an origin that is allowed is let in whatever the host is called", async () => {
  const origin = "https://good.example";
  await withServer(await listening({ allowOrigin: origin }), async (server) => {
    await letIn(server, { host: ATTACKER, origin });
    await refuses(server, pageOf(ATTACKER, server));
  });
  await withServer(await listening({ allowOrigin: "*" }), async (server) => {
    await letIn(server, pageOf(ATTACKER, server));
  });
});

test("names in hosts are let in, and nothing that only looks like them", async () => {
  const hosts = ["voice.example.org", "*.example.net"];
  await withServer(await listening({ hosts }), async (server) => {
    for (const name of [
      "voice.example.org",
      "VOICE.example.org",
      "a.example.net",
      "a.b.example.net",
      "localhost",
    ])
      await letIn(server, pageOf(name, server));
    for (const name of [
      "example.org",
      "voice.example.org.evil.example",
      "example.net",
      "evilexample.net",
      ATTACKER,
    ])
      await refuses(server, pageOf(name, server));
  });
  await withServer(await listening({ hosts: "*" }), async (server) => {
    await letIn(server, pageOf(ATTACKER, server));
  });
});

test("hosts holds wherever the server listens; without it another address goes by no names", async () => {
  await withServer(await listening({ host: "0.0.0.0" }), async (server) => {
    await letIn(server, pageOf(ATTACKER, server));
  });
  await withServer(await listening({ host: "0.0.0.0", hosts: [] }), async (server) => {
    await refuses(server, pageOf(ATTACKER, server));
  });
});

test("where a token or a proxy stands before it, pages go by any name; with twilio, by its public one", async () => {
  await withServer(await listening({ trustProxy: "loopback" }), async (server) => {
    await letIn(server, pageOf("voice.example.org", server));
  });
  await withServer(await listening({ auth: tokenAuth("sixteen bytes and more") }), async (server) => {
    const { status } = await refusal(`${server.url}/websocket/offer`, pageOf("voice.example.org", server));
    assert.is(status, 401);
  });
  await withServer(
    await listening({ twilio: { publicUrl: "https://calls.example.org:8443/x" } }),
    async (server) => {
      await letIn(server, pageOf("calls.example.org", server));
      await refuses(server, pageOf(ATTACKER, server));
    },
  );
});

test("what is read over HTTP goes by names as well, though pages send no origin with it", async () => {
  await withServer(await listening({ metrics: { stats: true }, startTimeoutMs: 20 }), async (server) => {
    for (const path of ["/metrics", "/stats", "/outputs?webrtc_id=a"]) {
      assert.is(await read(server, path, { host: `${ATTACKER}:${server.port}` }), 403, path);
      assert.is.not(await read(server, path, { host: `localhost:${server.port}` }), 403, path);
      assert.is.not(await read(server, path, {}), 403, path);
    }
    // what anybody may know
    assert.is(await read(server, "/healthz", { host: ATTACKER }), 200);
  });
});

test("metrics on a port of their own go by the names of its address, token or not", async () => {
  const options = { metrics: { port: 0 }, host: "0.0.0.0", auth: tokenAuth("sixteen bytes and more") };
  await withServer(await listening(options), async (server) => {
    const { port } = new URL(server.metricsUrl);
    const its = { ...server, port: Number(port) } as RunningServer;
    assert.is(await read(its, "/stats", { host: ATTACKER }), 403);
    assert.is(await read(its, "/stats", { host: "localhost" }), 200);
  });
});

test("attach goes by the address that the HTTP server listens on", async () => {
  for (const [address, isRefused] of [
    ["127.0.0.1", true],
    ["0.0.0.0", false],
  ] as const) {
    const http = createServer();
    const server = attach(http, { handler: EchoHandler, logger: silentLogger });
    await new Promise<void>((resolve) => http.listen(0, address, resolve));
    await withServer(server, async () => {
      if (isRefused) await refuses(server, pageOf(ATTACKER, server));
      else await letIn(server, pageOf(ATTACKER, server));
      await letIn(server, pageOf("localhost", server));
    });
    await new Promise((resolve) => http.close(resolve));
  }
});

test("names that are none are refused when the server starts", async () => {
  for (const hosts of [
    "https://a.example",
    "a.example:80",
    "",
    " ",
    "a.example/",
    null,
    5,
    [5],
    ["*.*"],
    {},
  ]) {
    const started = listening({ hosts } as Partial<ServeOptions>);
    const error = await started.then(
      (server) => server.close(),
      (thrown) => thrown,
    );
    assert.instance(error, ConfigError, JSON.stringify(hosts));
    assert.match(error.message, "hosts");
  }
});

test("loopback is told from what only looks like it", () => {
  for (const host of ["127.0.0.1", "127.8.9.1", "::1", "localhost", "a.localhost", "::ffff:127.0.0.1"])
    assert.ok(isLoopback(host), host);
  for (const host of ["0.0.0.0", "::", "10.0.0.1", "127.0.0.1.example.org", "localhost.example.org", ""])
    assert.not(isLoopback(host), host);
});

test("a host that is none is nobody's", () => {
  const check = hostCheck([])!;
  for (const host of ["", ":", "a b", "[", "user@localhost@x", "%", "localhost:x"])
    assert.not(check(host), host);
});

test.run();
