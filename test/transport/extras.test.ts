/** Additional inputs and outputs, over the socket and by id over HTTP. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import {
  attach,
  type RunningServer,
  type Session,
  serve,
  silentLogger,
  VirtualClock,
} from "../../src/server.ts";
import { Journal, type ProbeActions, ProbeHandler } from "./probe-handler.ts";
import { RawClient, withServer } from "./raw-client.ts";

const FORMAT = { input: {}, output: {} };

async function probed(actions: ProbeActions = {}, more = {}) {
  const journal = new Journal();
  const handler = new ProbeHandler(journal, actions);
  const server = await serve({ port: 0, handler, logger: silentLogger, startTimeoutMs: 400, ...more });
  return { server, journal, base: server.url.replace("ws:", "http:") };
}

/** A plain client whose session has started, and that session. */
async function started(server: RunningServer, journal: Journal, id: string, format?: object) {
  const client = await RawClient.open(server.url);
  client.send({ event: "start", webrtc_id: id, ...(format !== undefined && { format }) });
  await journal.has(`startUp ${id}`);
  return { client, session: journal.sessions.find((session) => session.id === id) as Session };
}

/** Events of a stream of server-sent events, one by one. */
class EventReader {
  readonly response: IncomingMessage;
  readonly ended: Promise<void>;
  #text = "";
  #wake = (): void => {};

  constructor(response: IncomingMessage) {
    this.response = response;
    response.setEncoding("utf8");
    response.on("data", (part) => {
      this.#text += part;
      this.#wake();
    });
    this.ended = new Promise((resolve) => response.once("close", resolve));
  }

  static open(url: string, headers: Record<string, string> = {}): Promise<EventReader> {
    return new Promise((resolve, reject) => {
      const request = httpRequest(url, { headers, agent: false }, (response) =>
        resolve(new EventReader(response)),
      );
      request.once("error", reject);
      request.end();
    });
  }

  /** The next event but comments, as its lines. */
  async next(): Promise<string[]> {
    for (;;) {
      const end = this.#text.indexOf("\n\n");
      if (end < 0) {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
        continue;
      }
      const event = this.#text.slice(0, end);
      this.#text = this.#text.slice(end + 2);
      if (!event.startsWith(":")) return event.split("\n");
    }
  }
}

const post = (url: string, body: unknown, headers = {}) =>
  fetch(url, { method: "POST", body: typeof body === "string" ? body : JSON.stringify(body), headers });

test("inputs: asked for with send_input, set over HTTP as FastRTC's pages do, and over the socket", async () => {
  const { server, journal, base } = await probed();
  await withServer(server, async () => {
    const { client, session } = await started(server, journal, "a");
    const first = session.waitForInput();
    assert.equal((await client.next(({ json }) => json.type === "send_input")).json, {
      type: "send_input",
      data: "",
    });
    const answer = await post(`${base}/input_hook`, { webrtc_id: "a", voice: "Ada", speed: 2 });
    assert.is(answer.status, 200);
    assert.equal(await answer.json(), { status: "ok" });
    assert.equal(await first, [{ voice: "Ada", speed: 2 }]);
    const second = session.waitForInput();
    await post(`${base}/input_hook`, { websocket_id: "a", input: [1, null] });
    assert.equal(await second, [1, null]);
    const third = session.waitForInput();
    client.send({ event: "input", input: ["x"] });
    assert.equal(await third, ["x"]);
    server.sessions.get("a")?.setInput(true);
    assert.equal(session.input, [true]);
    client.send({ event: "input", input: Array(65).fill(0) });
    await client.nextError("ERR_MESSAGE");
    assert.equal(session.input, [true]);
  });
});

test("inputs over HTTP that are wrong are answered with what is wrong, and change nothing", async () => {
  const { server, journal, base } = await probed();
  await withServer(server, async () => {
    const { session } = await started(server, journal, "a");
    for (const [body, status, text] of [
      ["", 400, "not JSON"],
      ["[]", 400, "not an object"],
      [{}, 400, "webrtc_id"],
      [{ webrtc_id: 5 }, 400, "webrtc_id"],
      [{ webrtc_id: "a", input: "x" }, 400, "no list"],
      [{ webrtc_id: "b" }, 404, "no session"],
      [{ webrtc_id: "__proto__" }, 404, "no session"],
      [`"${"x".repeat(70_000)}"`, 413, "65536"],
    ] as const) {
      const answer = await post(`${base}/input_hook`, body);
      assert.is(answer.status, status, text);
      assert.match(await answer.text(), text);
    }
    assert.is((await fetch(`${base}/input_hook`)).status, 405);
    const foreign = await post(`${base}/input_hook`, { webrtc_id: "a" }, { origin: "https://evil.example" });
    assert.is(foreign.status, 403);
    assert.equal(session.input, []);
  });
});

test("a page of an allowed origin may ask first, and then set inputs", async () => {
  const { server, journal, base } = await probed({}, { allowOrigin: "https://app.example" });
  await withServer(server, async () => {
    const { session } = await started(server, journal, "a");
    const headers = { origin: "https://app.example" };
    const asked = await fetch(`${base}/input_hook`, { method: "OPTIONS", headers });
    assert.is(asked.status, 204);
    assert.is(asked.headers.get("access-control-allow-origin"), "https://app.example");
    assert.is((await post(`${base}/input_hook`, { webrtc_id: "a", input: [1] }, headers)).status, 200);
    assert.equal(session.input, [1]);
  });
});

test("outputs: fetch_output for a plain client, the value for one that sent a format", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const plain = await started(server, journal, "plain");
    plain.session.output({ text: "hello" });
    assert.equal((await plain.client.next()).json, { type: "fetch_output", data: [] });
    const ours = await started(server, journal, "ours", FORMAT);
    ours.session.output({ text: "hello" });
    ours.session.warn("careful");
    assert.equal((await ours.client.next(({ json }) => json.type === "output")).json.data, { text: "hello" });
    assert.equal((await ours.client.next()).json, { type: "warning", data: "careful" });
  });
});

test("outputs over HTTP: what was said before, what follows, the end; every reader gets all of it", async () => {
  const { server, journal, base } = await probed();
  await withServer(server, async () => {
    const { session } = await started(server, journal, "a");
    session.output("one");
    const reader = await EventReader.open(`${base}/outputs?webrtc_id=a`);
    assert.match(reader.response.headers["content-type"] ?? "", "text/event-stream");
    assert.equal(await reader.next(), ["id: 1", "event: output", 'data: "one"']);
    session.output({ two: "\n\u2028" });
    assert.equal(await reader.next(), [
      "id: 2",
      "event: output",
      `data: ${JSON.stringify({ two: "\n\u2028" })}`,
    ]);
    const again = await EventReader.open(`${base}/outputs?webrtc_id=a`, { "last-event-id": "1" });
    assert.is((await again.next())[0], "id: 2");
    session.close();
    for (const each of [reader, again]) {
      assert.equal(await each.next(), ["event: end", "data: null"]);
      await each.ended;
    }
    const late = await fetch(`${base}/outputs?webrtc_id=a`);
    assert.is(late.status, 404, "after the end nothing is kept");
  });
});

test("a reader that comes before its session waits for it; one whose session never comes is told", async () => {
  const { server, journal, base } = await probed({}, { startTimeoutMs: 10_000 });
  await withServer(server, async () => {
    const early = EventReader.open(`${base}/outputs?websocket_id=soon`);
    // the reader has been taken in once a later request has been answered
    await fetch(`${base}/health`);
    const { session } = await started(server, journal, "soon");
    const reader = await early;
    session.output(1);
    assert.equal(await reader.next(), ["id: 1", "event: output", "data: 1"]);
  });
  const other = await probed();
  await withServer(other.server, async () => {
    assert.is((await fetch(`${other.base}/outputs?webrtc_id=never`)).status, 404);
    assert.is((await fetch(`${other.base}/outputs`)).status, 400);
  });
});

test("one address with all the places of early readers keeps nobody out, and loses its own oldest", async () => {
  const { server, journal, base } = await probed({}, { startTimeoutMs: 60_000, trustProxy: "loopback" });
  await withServer(server, async () => {
    const from = (address: string) => ({ "x-forwarded-for": address });
    const flood = Array.from({ length: 300 }, (_, i) =>
      EventReader.open(`${base}/outputs?webrtc_id=evil${i}`, from("203.0.113.9")),
    );
    // those beyond an address's places have displaced its own
    while (server.metrics.refused["too-many-readers"] < 300 - 128) await fetch(`${base}/healthz`);
    const victim = EventReader.open(`${base}/outputs?webrtc_id=good`, from("203.0.113.5"));
    await fetch(`${base}/healthz`);
    const { session } = await started(server, journal, "good");
    const reader = await victim;
    assert.is(reader.response.statusCode, 200);
    session.output("heard");
    assert.is((await reader.next())[2], 'data: "heard"');
    assert.is(server.metrics.refused["too-many-readers"], 300 - 128);
    await server.close({ drainMs: 0 });
    const statuses = (await Promise.all(flood)).map(({ response }) => response.statusCode);
    assert.ok(statuses.every((status) => status === 503));
  });
});

test("inputs over HTTP come no faster than a client's messages: 429, a counter, and the session goes on", async () => {
  let inputs = 0;
  const limits = { maxMessagesPerSecond: 10, maxBurstMs: 100, maxMessageBytes: 1024, maxControlBytes: 1024 };
  const clock = new VirtualClock();
  const { server, journal, base } = await probed({}, { ...limits, clock });
  await withServer(server, async () => {
    const { client, session } = await started(server, journal, "a");
    session.on("input", () => void inputs++);
    const statuses: Record<number, number> = {};
    for (let i = 0; i < 100; i++) {
      const { status } = await post(`${base}/input_hook`, { webrtc_id: "a", input: [i] });
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    // a second's worth at once, and what a burst of the shortest frames is
    assert.equal(statuses, { 200: 30, 429: 70 });
    assert.is(inputs, 30);
    assert.equal([server.metrics.refused["too-fast"], server.metrics.dropped.tooFast], [70, 70]);
    const answer = await post(`${base}/input_hook`, { webrtc_id: "a", input: ["x".repeat(1024)] });
    assert.equal([answer.status, answer.headers.get("voxwire-error")], [413, "ERR_TOO_BIG"]);
    // the client's own messages are counted apart
    client.send({ event: "input", input: ["mine"] });
    await client.sync();
    assert.is(inputs, 31);
    await clock.advanceBy(1000);
    assert.is((await post(`${base}/input_hook`, { webrtc_id: "a", input: [1] })).status, 200);
  });
});

test("after a clear a plain client has heard no more than it was sent before", async () => {
  const clock = new VirtualClock();
  const cleared: number[] = [];
  const { server, journal } = await probed({}, { clock });
  await withServer(server, async () => {
    const { session } = await started(server, journal, "plain");
    session.on("cleared", (playedMs) => void cleared.push(playedMs));
    session.send(new Int16Array(24_000));
    await clock.advanceBy(300);
    const { sentMs } = session.stats;
    session.clear();
    session.send(new Int16Array(480));
    while (cleared.length === 0) await clock.advanceBy(0.157);
    assert.ok(sentMs > 300 && cleared[0]! <= sentMs, `${cleared[0]} of ${sentMs}`);
  });
});

test("only so much is kept for late readers, and only so many may read", async () => {
  const { server, journal, base } = await probed();
  await withServer(server, async () => {
    const { session } = await started(server, journal, "a");
    for (let i = 1; i <= 100; i++) session.output(i);
    const reader = await EventReader.open(`${base}/outputs?webrtc_id=a`);
    assert.is((await reader.next())[0], "id: 37");
    const more = await Promise.all(
      Array.from({ length: 16 }, () => EventReader.open(`${base}/outputs?webrtc_id=a`)),
    );
    assert.equal(
      more.map(({ response }) => response.statusCode).filter((status) => status !== 200),
      [429],
    );
  });
});

test("a reader that does not read is dropped and counted; the others and the session go on", async () => {
  const { server, journal, base } = await probed();
  await withServer(server, async () => {
    const { session, client } = await started(server, journal, "a");
    const stalled = await EventReader.open(`${base}/outputs?webrtc_id=a`);
    stalled.response.pause();
    stalled.response.on("error", () => {});
    const reader = await EventReader.open(`${base}/outputs?webrtc_id=a`);
    const big = "x".repeat(60_000);
    let sent = 0;
    while (server.metrics.slowOutputReaders === 0) {
      session.output(big);
      sent++;
      assert.is((await reader.next())[0], `id: ${sent}`);
      assert.ok(sent < 2000, "the stalled reader is dropped at last");
    }
    session.output("last");
    assert.is((await reader.next())[2], 'data: "last"');
    await client.sync();
  });
});

test("attach(): requests are the owner's, who may hand them on", async () => {
  const { createServer } = await import("node:http");
  const journal = new Journal();
  const http = createServer((request, response) => {
    if (!voice.answer(request, response)) response.end("mine");
  });
  const voice = attach(http, { path: "/voice", handler: new ProbeHandler(journal), logger: silentLogger });
  await new Promise<void>((resolve) => http.listen(0, "127.0.0.1", resolve));
  await withServer(voice, async () => {
    const { session } = await started(voice, journal, "a");
    const base = voice.url.replace("ws:", "http:");
    assert.is(await (await fetch(base)).text(), "mine");
    assert.is((await post(`${base}/input_hook`, { webrtc_id: "a", input: [5] })).status, 200);
    assert.equal(session.input, [5]);
  });
  await new Promise((resolve) => {
    http.close(resolve);
    http.closeAllConnections();
  });
});

test("our client: setInput there, outputs back, as events", async () => {
  const { server, journal } = await probed();
  await withServer(server, async () => {
    const outputs: unknown[] = [];
    const client = await connect(server.url, { id: "c", on: { output: (value) => outputs.push(value) } });
    await journal.has("startUp c");
    const session = journal.sessions.at(-1) as Session;
    const asked = new Promise((resolve) => client.once("notice", resolve));
    const waited = session.waitForInput();
    assert.equal(await asked, { type: "send_input", data: "" });
    client.setInput("hello", { n: 1 });
    assert.equal(await waited, ["hello", { n: 1 }]);
    session.output([1, { b: null }]);
    await client.mark("after");
    assert.equal(outputs, [[1, { b: null }]]);
    await client.close();
  });
});

test.run();
