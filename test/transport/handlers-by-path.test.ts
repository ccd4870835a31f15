/** Several handlers on one server, each on its path; ids and limits are the server's. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  ConfigError,
  EchoHandler,
  type GeneratorSession,
  type ServeOptions,
  serve,
  silentLogger,
} from "../../src/server.ts";
import { sameSamples } from "../samples.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** Answers each frame with silence. */
async function* mute(session: GeneratorSession): AsyncGenerator<Int16Array> {
  for await (const frame of session) yield new Int16Array(frame.samples.length);
}

function serveTwo(more: Partial<ServeOptions & { handler?: undefined }> = {}) {
  return serve({
    port: 0,
    path: "/v1",
    logger: silentLogger,
    handlers: { "/echo": EchoHandler, "/mute/": { handler: mute, inputRate: 8000, outputRate: 8000 } },
    ...more,
  });
}

test("each path has its own handler and its own rates", async () => {
  await withServer(await serveTwo(), async (server) => {
    const echo = await RawClient.open(`${server.url}/echo`);
    echo.send({ event: "start", webrtc_id: "e" });
    echo.sendMedia(FRAME);
    const heard = await echo.nextAudio(160);
    sameSamples(heard, throughMulaw(FRAME));
    const muted = await RawClient.open(`${server.url}/mute`);
    muted.send({ event: "start", webrtc_id: "m" });
    muted.sendMedia(FRAME);
    sameSamples(await muted.nextAudio(160), new Int16Array(160));
    assert.is(server.sessions.get("e")?.format.input.sample_rate, 24_000);
    assert.is(server.sessions.get("m")?.format.input.sample_rate, 8000);
  });
});

test("an id is taken on every path, and the limit holds for all of them", async () => {
  await withServer(await serveTwo({ maxSessions: 2 }), async (server) => {
    const first = await RawClient.open(`${server.url}/echo`);
    first.send({ event: "start", webrtc_id: "one" });
    await first.sync();
    const twin = await RawClient.open(`${server.url}/mute`);
    twin.send({ event: "start", webrtc_id: "one" });
    await twin.nextError("ERR_ID_IN_USE");
    const second = await RawClient.open(`${server.url}/mute`);
    second.send({ event: "start", webrtc_id: "two" });
    await second.sync();
    const third = await RawClient.open(`${server.url}/echo`);
    third.send({ event: "start", webrtc_id: "three" });
    assert.is((await third.closed).code, 4429);
    await first.sync();
  });
});

test("the page lists every route", async () => {
  await withServer(await serveTwo(), async (server) => {
    const page = await (await fetch(server.url.replace("ws:", "http:"))).text();
    assert.match(page, "/v1/echo/websocket/offer");
    assert.match(page, "/v1/mute/websocket/offer");
  });
});

for (const [what, options] of [
  ["no handler at all", {}],
  ["both forms at once", { handler: EchoHandler, handlers: { "/a": EchoHandler } }],
  ["no path", { handlers: {} }],
  ["a path without a slash", { handlers: { echo: EchoHandler } }],
  ["one path twice", { handlers: { "/a": EchoHandler, "/a/": EchoHandler } }],
  ["what is no handler", { handlers: { "/a": 5 } }],
  ["a rate that is none", { handlers: { "/a": { handler: EchoHandler, inputRate: 5 } } }],
] as const) {
  test(`${what}: a ConfigError`, async () => {
    try {
      // @ts-expect-error: wrong by type too
      const server = await serve({ port: 0, logger: silentLogger, ...options });
      await server.close();
      assert.unreachable();
    } catch (error) {
      assert.instance(error, ConfigError);
    }
  });
}

test.run();
