import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import type { PlatformSocketClass } from "../../src/client/browser-socket.ts";
import { createBrowserSocketFactory } from "../../src/client/browser-socket.ts";
import { connect } from "../../src/client.ts";
import { systemClock } from "../../src/core/clock.ts";
import { createNetwork } from "../../src/network/network.ts";
import { socketClassOf } from "../../src/playground/threads/socket-class.ts";
import { createToken, EchoHandler, serve, silentLogger, tokenAuth } from "../../src/server.ts";

const platform = createBrowserSocketFactory(WebSocket as unknown as PlatformSocketClass);
/** As the page's worker puts them together. */
const behind = (name: string) => {
  const network = createNetwork(name);
  const Boxed = socketClassOf(network.overSockets(platform, systemClock));
  return { network, socketFactory: createBrowserSocketFactory(Boxed) };
};

for (const protocol of ["binary", "fastrtc"] as const) {
  test(`${protocol}: a client behind a network of the page is the client it was, but later`, async () => {
    const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
    const { network, socketFactory } = behind("clean");
    const client = await connect(server.url, { socketFactory, protocol, heartbeat: { intervalMs: 20 } });
    assert.is(client.session.protocol, protocol);
    const heard: number[] = [];
    const all = new Promise<void>((resolve) => {
      client.on("audio", ({ samples }) => {
        heard.push(...samples);
        if (heard.length >= 4800) resolve();
      });
    });
    client.send(Int16Array.from({ length: 4800 }, (_, i) => i));
    await all;
    assert.is(heard.length, 4800);
    assert.ok(network.stats.up.media >= 10);
    assert.ok(client.stats.ping.p50 >= 39, `${client.stats.ping.p50} ms there and back`);
    const info = await client.close();
    assert.is(info.isExpected, true);
    await server.close({ drainMs: 0 });
  });
}

test("a token passes through", async () => {
  const secret = "sixteen bytes or more of it";
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    logger: silentLogger,
    auth: tokenAuth(secret),
  });
  const { socketFactory } = behind("clean");
  const client = await connect(server.url, {
    socketFactory,
    token: createToken({ secret, id: "me" }),
    id: "me",
  });
  assert.is(client.id, "me");
  await client.close();
  await server.close({ drainMs: 0 });
});

test("a server that goes is noticed behind a network", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  const client = await connect(server.url, {
    socketFactory: behind("clean").socketFactory,
    reconnect: false,
  });
  await server.close({ drainMs: 0 });
  assert.is((await client.closed).code, 1001);
});

test.run();
