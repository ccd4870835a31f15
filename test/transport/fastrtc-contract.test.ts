/**
 * As a plain FastRTC 0.0.34 client speaks: only its messages are sent, and nothing may arrive that FastRTC would not
 * send, but the fields that were added to its error.
 */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type Session, StreamHandler, serve, silentLogger } from "../../src/server.ts";
import { RawClient, type Received, withServer } from "./raw-client.ts";

const TYPES = new Set([
  "send_input",
  "end_stream",
  "fetch_output",
  "stopword",
  "error",
  "warning",
  "log",
  "update_connection",
]);

function assertPlain({ json, text }: Received): void {
  const keys = Object.keys(json).sort().join();
  if (json.event === "media") {
    assert.is(keys, "event,media", text);
    assert.equal(Object.keys(json.media), ["payload"], text);
  } else if (json.event === "pong") {
    assert.is(keys, "event", text);
  } else if (json.status === "failed") {
    assert.is(keys, "meta,status", text);
    assert.is(json.meta.error, "concurrency_limit_reached");
  } else {
    assert.ok(TYPES.has(json.type), text);
    assert.is(keys, json.type === "error" ? "data,message,type" : "data,type", text);
  }
}

/** Does everything with its session that a handler can do. */
class BusyHandler extends StreamHandler {
  marks: string[] = [];

  copy(): BusyHandler {
    return new BusyHandler();
  }

  receive(_frame: unknown, session: Session): void {
    session.log("heard");
    session.send(new Int16Array(480));
    session.mark("here");
    session.clear();
    session.send(new Int16Array(480));
    session.mark("there");
  }

  override onMark(name: string, session: Session): void {
    session.log(`mark ${name}`);
  }

  emit(): null {
    return null;
  }
}

test("a plain client gets what FastRTC sends, and nothing else", async () => {
  const server = await serve({ port: 0, handler: new BusyHandler(), maxSessions: 1, logger: silentLogger });
  await withServer(server, async () => {
    const client = await RawClient.open(server.url);
    const frame = Buffer.alloc(480, 0xff).toString("base64");
    client.send('{"event": "ping"}');
    client.send({ event: "media", media: { payload: frame } });
    client.send({ event: "start", websocket_id: "plain" });
    for (let i = 0; i < 5; i++) client.send(`{"event": "media", "media": {"payload": "${frame}"}}`);
    client.send("rubbish");
    client.send({ event: "media", media: { payload: "!" } });
    client.send({ event: "something", else: true });
    client.send({ event: "mark", mark: { name: "x" } });
    client.send({ event: "cleared", played_ms: 0 });
    await client.next(({ json }) => json.event === "media");
    await client.next(({ json }) => json.type === "log" && json.data === "mark there");
    await client.sync();

    const second = await RawClient.open(server.url);
    second.send({ event: "start", websocket_id: "another" });
    assert.equal((await second.next()).json, {
      status: "failed",
      meta: { error: "concurrency_limit_reached", limit: 1 },
    });
    assert.is((await second.closed).code, 4429);

    client.send({ event: "stop" });
    assert.is((await client.closed).code, 1000);
    const third = await RawClient.open(server.url);
    third.send({ event: "start", websocket_id: "plain" });
    await third.sync();
    assert.is(server.sessions.size, 1);
    await server.close();
    assert.is((await third.closed).code, 1001);
    for (const message of [...client.received, ...second.received, ...third.received]) assertPlain(message);
    assert.is(third.received.at(-1)?.json.type, "end_stream");
  });
});

test("the rate is the handler's, and 24 kHz where it names none", async () => {
  class Rated extends BusyHandler {
    override inputRate = 16000;
    override copy(): Rated {
      return new Rated();
    }
  }
  await withServer(await serve({ port: 0, handler: Rated, logger: silentLogger }), async (server) => {
    const client = await RawClient.open(server.url);
    client.send({ event: "start", webrtc_id: "a" });
    await client.sync();
    const { format } = server.sessions.get("a")!;
    assert.equal(format.input, { encoding: "mulaw", sample_rate: 16000, frame_ms: 20 });
    assert.equal(format.output, { encoding: "mulaw", sample_rate: 24000, frame_ms: 20 });
  });
});

test.run();
