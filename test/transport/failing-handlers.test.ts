/** A handler that fails, at every place where it can: what its client sees on each protocol, and that others do not. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { connect } from "../../src/client.ts";
import {
  type AnyHandler,
  EchoHandler,
  type EndReason,
  type Logger,
  type Session,
  StreamHandler,
  serve,
  silentLogger,
} from "../../src/server.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { VonageLine } from "./vonage-line.ts";

const FRAME = new Int16Array(160).fill(1000);
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

type Place =
  | "copy"
  | "startUp"
  | "receive"
  | "emit"
  | "onMark"
  | "onCleared"
  | "onDtmf"
  | "onInput"
  | "listener"
  | "signal"
  | "shutdown";
type Way = "throws" | "rejects" | "throws nothing" | "throws what cannot be shown";

class Failing extends StreamHandler {
  place: Place;
  way: Way;
  shutdowns: string[];

  constructor(place: Place, way: Way, shutdowns: string[]) {
    super();
    this.place = place;
    this.way = way;
    this.shutdowns = shutdowns;
  }

  copy(): Failing {
    // biome-ignore lint/suspicious/noExplicitAny: what fails returns nothing
    if (this.place === "copy") return this.#fail("copy") as any;
    return new Failing(this.place, this.way, this.shutdowns);
  }
  override startUp(session: Session) {
    if (this.place === "listener") session.on("input", () => void this.#fail("listener"));
    if (this.place === "signal") session.signal.addEventListener("abort", () => void this.#fail("signal"));
    return this.#fail("startUp");
  }
  receive(_: unknown, session: Session) {
    session.send(FRAME);
    session.mark("m");
    return this.#fail("receive");
  }
  // biome-ignore lint/suspicious/noExplicitAny: what fails returns nothing
  emit(): any {
    return this.#fail("emit") ?? null;
  }
  override onMark(): void {
    void this.#fail("onMark");
  }
  override onCleared(): void {
    void this.#fail("onCleared");
  }
  override onDtmf(): void {
    void this.#fail("onDtmf");
  }
  override onInput(): void {
    void this.#fail("onInput");
  }
  override shutdown(reason: EndReason) {
    this.shutdowns.push(reason.kind);
    return this.#fail("shutdown");
  }

  #fail(place: Place): Promise<never> | undefined {
    if (place !== this.place) return undefined;
    switch (this.way) {
      case "throws":
        throw new Error(`secret of ${place}`);
      case "rejects":
        return Promise.reject(new Error(`secret of ${place}`));
      case "throws nothing":
        throw undefined;
      case "throws what cannot be shown":
        throw Object.create(null, { message: { get: () => this.#fail(place) } });
    }
  }
}

async function failing(place: Place, way: Way) {
  const shutdowns: string[] = [];
  const errors: string[] = [];
  const logger: Logger = { ...silentLogger, error: (text) => void errors.push(text) };
  const server = await serve({
    port: 0,
    inputRate: 8000,
    outputRate: 8000,
    resumeWindowMs: 0,
    logger,
    handlers: {
      "/bad": () => new Failing(place, way, shutdowns).copy() as AnyHandler as Failing,
      "/good": async function* (session) {
        for await (const frame of session) yield frame;
      },
    },
  });
  const good = await RawClient.open(`${server.url}/good`);
  good.send({ event: "start", websocket_id: "good" });
  const unharmed = async () => {
    good.sendMedia(FRAME);
    await good.nextAudio(160);
    while (server.sessions.size > 1) await turn();
    assert.equal([...server.sessions.keys()], ["good"]);
  };
  return { server, shutdowns, errors, unharmed };
}

/** Everything that makes each method run. */
function provoke(client: RawClient): void {
  client.send({ event: "start", websocket_id: "bad", format: {} });
  client.sendMedia(FRAME);
  client.send({ event: "mark", mark: { name: "m" } });
  client.send({ event: "cleared", played_ms: 0 });
  client.send({ event: "input", input: [1] });
}

for (const way of ["throws", "rejects", "throws nothing", "throws what cannot be shown"] as const) {
  test(`a method that ${way}: 1011, an error without the reason, shutdown once, and the others go on`, async () => {
    for (const place of [
      "startUp",
      "receive",
      "emit",
      "onMark",
      "onCleared",
      "onInput",
      "listener",
    ] as const) {
      // what these return nobody waits for: a promise of theirs is the handler's own
      if (way === "rejects" && !["startUp", "receive", "emit"].includes(place)) continue;
      const { server, shutdowns, errors, unharmed } = await failing(place, way);
      await withServer(server, async () => {
        const client = await RawClient.open(`${server.url}/bad`);
        provoke(client);
        const { text } = await client.nextError("ERR_HANDLER");
        assert.not.match(text, "secret", place);
        assert.is((await client.closed).code, 1011, place);
        await unharmed();
        assert.equal(shutdowns, ["handler-error"], place);
        assert.is(errors.length, 1, `${place}: ${errors}`);
      });
    }
  });
}

test("a handler that cannot be made: 1011, and the id is free for the next", async () => {
  for (const way of ["throws", "rejects", "throws nothing", "throws what cannot be shown"] as const) {
    const { server, shutdowns, unharmed } = await failing("copy", way);
    await withServer(server, async () => {
      for (let i = 0; i < 2; i++) {
        const client = await RawClient.open(`${server.url}/bad`);
        provoke(client);
        await client.nextError("ERR_HANDLER");
        assert.is((await client.closed).code, 1011);
      }
      await unharmed();
      assert.equal(shutdowns, []);
      assert.is(server.metrics.refused.handler, 2);
    });
  }
});

test("a copy that is no handler: 1011 on every protocol, in words where it has them, and the others go on", async () => {
  const copies: readonly (() => unknown)[] = [
    () => undefined,
    () => 5,
    () => ({}),
    () => Promise.resolve(new EchoHandler()),
    () => Object.freeze(new EchoHandler()),
    () => Object.assign(new EchoHandler(), { frameMs: -5 }),
  ];
  for (const copy of copies) {
    const handler = Object.assign(new EchoHandler(), { copy });
    const errors: unknown[] = [];
    const logger: Logger = { ...silentLogger, error: (_, facts) => void errors.push(facts) };
    const server = await serve({
      port: 0,
      logger,
      handlers: { "/bad": handler as EchoHandler, "/good": EchoHandler },
    });
    await withServer(server, async () => {
      const good = await connect(`${server.url}/good`);
      for (const protocol of ["binary", "fastrtc"] as const) {
        const error = await connect(`${server.url}/bad`, { protocol }).catch((thrown) => thrown);
        assert.is(error.code, "ERR_HANDLER");
        assert.match(error.hint, /log/);
      }
      const call = await connect(`${server.url}/bad`, { protocol: "twilio" });
      assert.is((await call.closed).code, 1011);
      assert.is(server.metrics.refused.handler, 3);
      assert.is(errors.length, 3);
      assert.is(good.state, "started");
      await good.close();
    });
  }
});

test("a shutdown that fails, or a listener on the signal, is logged: the client has its ordinary end", async () => {
  for (const place of ["shutdown", "signal"] as const) {
    for (const way of ["throws", "rejects", "throws nothing", "throws what cannot be shown"] as const) {
      if (place === "signal" && way === "rejects") continue;
      const { server, shutdowns, errors, unharmed } = await failing(place, way);
      await withServer(server, async () => {
        const client = await RawClient.open(`${server.url}/bad`);
        provoke(client);
        await client.nextAudio(160);
        client.send({ event: "stop" });
        assert.is((await client.closed).code, 1000, `${place} ${way}`);
        await unharmed();
        assert.equal(shutdowns, ["client-left"]);
        assert.is(errors.length, 1, `${place} ${way}: ${errors}`);
      });
    }
  }
});

test("on a telephone a handler that fails is a call that ends with 1011, and no words", async () => {
  const { server, shutdowns, unharmed } = await failing("onDtmf", "throws");
  await withServer(server, async () => {
    const line = await VonageLine.call(`${server.url}/bad`, 8000);
    line.say({ event: "websocket:dtmf", digit: "1" });
    assert.is(await line.closed, 1011);
    assert.equal(line.faults, []);
    await unharmed();
    assert.equal(shutdowns, ["handler-error"]);
  });
});

test.run();
