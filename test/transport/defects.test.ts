/** A defect of the server's own, met by one client's message or request, is that client's loss and nobody else's. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import { type Dsp, loadDspSync } from "../../src/index.ts";
import { EchoHandler, type Logger, serve, silentLogger } from "../../src/server.ts";
import { sameSamples } from "../samples.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);

/** An engine whose readers fail at media that is not of the usual shape. */
function defective(): Dsp {
  const dsp = loadDspSync();
  return new Proxy(dsp, {
    get(target, name) {
      if (name === "createMessageReader") {
        return (options: Parameters<Dsp["createMessageReader"]>[0]) => {
          const reader = target.createMessageReader(options);
          reader.readPayload = () => {
            throw new TypeError("a defect");
          };
          return reader;
        };
      }
      const value = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
}

test("a message at which the server fails ends its own connection with 1011, a log line, and no word of the cause", async () => {
  const errors: unknown[] = [];
  const logger: Logger = {
    ...silentLogger,
    error: (_message, fields) => void errors.push(Object(fields).error),
  };
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger,
    dsp: defective(),
  });
  await withServer(server, async () => {
    const [good, bad] = await Promise.all([RawClient.open(server.url), RawClient.open(server.url)]);
    good.send({ event: "start", websocket_id: "good" });
    bad.send({ event: "start", websocket_id: "bad" });
    bad.send('{"media":{"payload":"AAAA"},"event":"media"}');
    const { text } = await bad.nextError("ERR_MESSAGE");
    assert.not.match(text, "defect");
    assert.is((await bad.closed).code, 1011);
    good.sendMedia(FRAME);
    sameSamples(await good.nextAudio(160), throughMulaw(FRAME));
  });
  assert.is(errors.length, 1);
  assert.instance(errors[0], TypeError);
});

test("an event that says of itself that it is no text, and throws, is one more that nobody knows", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  await withServer(server, async () => {
    const call = new WebSocket(`${server.url}/telephone/handler`);
    await new Promise((resolve) => call.once("open", resolve));
    for (const event of [{ toString: 1 }, [{ toString: "" }], { toString: 1, valueOf: 1 }, null, 7, []]) {
      call.send(JSON.stringify({ event }));
    }
    const pong = new Promise((resolve) => call.once("pong", resolve));
    call.ping();
    await pong;
    assert.is(server.metrics.unknownMessages, 6);
    assert.is(server.metrics.sessionsEnded["protocol-error"], undefined);
    call.close();
  });
});

test("inputs over HTTP that are nested too deeply are refused as they are over the socket", async () => {
  const server = await serve({ port: 0, handler: EchoHandler, logger: silentLogger });
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", websocket_id: "a" });
    await client.sync();
    const url = new URL("/input_hook", server.url.replace("ws:", "http:"));
    const post = (depth: number) => {
      const input = "[".repeat(depth) + "]".repeat(depth);
      return fetch(url, { method: "POST", body: `{"webrtc_id":"a","input":${input}}` });
    };
    assert.is((await post(20)).status, 200);
    const answer = await post(20_000);
    assert.is(answer.status, 400);
    assert.match(await answer.text(), "deeper than 32");
  });
});

test.run();
