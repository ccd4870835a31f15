/** A client whose connection is lost, against a real server: what goes on, what is lost, what is told. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ResumedInfo } from "../../src/client/client-events.ts";
import { HeldMessages } from "../../src/client/held-messages.ts";
import { type Client, type ConnectOptions, connect } from "../../src/client.ts";
import {
  createToken,
  EchoHandler,
  type RunningServer,
  type ServeOptions,
  serve,
  silentLogger,
  tokenAuth,
} from "../../src/server.ts";
import { type CutProxy, cutProxy } from "../cut-proxy.ts";
import { startFakeServer } from "./fake-server.ts";

const QUICK = { firstDelayMs: 1, maxDelayMs: 20 };
const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);
const SECRET = "0123456789abcdef0123456789abcdef";

interface Scene {
  server: RunningServer;
  network: CutProxy;
  client: Client;
  resumed: ResumedInfo[];
  /** The names of all events of the connection, in order. */
  events: string[];
}

async function scene(
  work: (scene: Scene) => Promise<void>,
  options: ConnectOptions = {},
  serverOptions: Partial<ServeOptions & { handlers?: undefined }> = {},
): Promise<void> {
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    ...(serverOptions as object),
  } as ServeOptions);
  const network = await cutProxy(server.url);
  const resumed: ResumedInfo[] = [];
  const events: string[] = [];
  const client = await connect(network.url, {
    reconnect: QUICK,
    ...options,
    on: {
      reconnecting: () => void events.push("reconnecting"),
      resumed: (info) => {
        events.push("resumed");
        resumed.push(info);
      },
      error: (error) => void events.push(error.code),
      close: () => void events.push("close"),
    },
  });
  try {
    await work({ server, network, client: client as Client, resumed, events });
  } finally {
    await client.close();
    await network.close();
    await server.close({ drainMs: 0 });
  }
}

const once = (client: Client, name: "resumed" | "reconnecting") =>
  new Promise<void>((resolve) => client.once(name, () => resolve()));

for (const protocol of ["binary", "fastrtc"] as const) {
  test(`${protocol}: a session goes on after a cut, with nothing twice and what was lost measured`, async () => {
    await scene(
      async ({ server, network, client, resumed, events }) => {
        let heardMs = 0;
        client.on("audio", ({ samples, sampleRate }) => {
          heardMs += (samples.length * 1000) / sampleRate;
        });
        const started = client.session;
        for (let round = 0; round < 5; round++) {
          const back = once(client, "resumed");
          for (let i = 0; i < 10; i++) client.send(FRAME);
          network.cut();
          await once(client, "reconnecting");
          assert.is(client.state, "reconnecting");
          client.send(FRAME);
          await back;
          assert.is(client.state, "started");
          await client.mark(`${round}`);
        }
        const { sentMs, receivedMs, lostSentMs, lostReceivedMs, reconnects } = client.stats;
        assert.is(reconnects, 5);
        assert.is(sentMs, 5 * 11 * 20);
        const live = server.sessions.get(client.id);
        // every millisecond that was sent has either come or is counted as lost; and so on the way back
        assert.is(live?.stats.receivedMs, sentMs - lostSentMs);
        assert.is(live?.stats.lostInputMs, lostSentMs);
        assert.is(live?.stats.lostOutputMs, lostReceivedMs);
        await client.mark("end");
        while (client.stats.receivedMs < (live?.stats.sentMs ?? 0) - lostReceivedMs)
          await new Promise((resolve) => setImmediate(resolve));
        assert.is(client.stats.receivedMs, (live?.stats.sentMs ?? 0) - lostReceivedMs);
        assert.is(heardMs, client.stats.receivedMs);
        assert.ok(receivedMs <= sentMs - lostSentMs);
        assert.is(resumed.length, 5);
        assert.is(
          resumed.reduce((sum, gap) => sum + gap.lostSentMs, 0),
          lostSentMs,
        );
        assert.is(client.session.id, started.id);
        assert.is.not(client.session.resumeToken, started.resumeToken);
        assert.is(server.metrics.sessionsOpened, 1);
        assert.equal(new Set(events), new Set(["reconnecting", "resumed"]));
      },
      { protocol },
    );
  });
}

test("a server that is away for some attempts is found again", async () => {
  await scene(async ({ network, client, resumed }) => {
    const back = once(client, "resumed");
    network.block(true);
    network.cut();
    const before = network.connections;
    while (network.connections < before + 4) await new Promise((resolve) => setTimeout(resolve, 5));
    network.block(false);
    await back;
    assert.ok(resumed[0]!.attempts >= 5);
    assert.ok(await client.mark("x"));
  });
});

test("a stream and an iterator go on across a cut", async () => {
  await scene(async ({ network, client }) => {
    const heard: number[] = [];
    const listening = (async () => {
      for await (const frame of client) {
        heard.push(frame.samples.length);
        if (heard.length === 10) network.cut();
      }
    })();
    const summary = await client.stream({ samples: new Int16Array(8000).fill(1000), sampleRate: 8000 });
    assert.is(summary.framesSent, 50);
    assert.is(client.stats.reconnects, 1);
    await client.mark("all");
    await client.close();
    await listening;
    assert.ok(heard.length > 10);
  });
});

test("marks that were under way are answered when the session goes on", async () => {
  await scene(async ({ network, client }) => {
    network.swallow();
    const mark = client.mark("under way");
    const back = once(client, "resumed");
    network.cut();
    const inGap = once(client, "reconnecting").then(() => client.mark("in the gap"));
    await back;
    assert.ok(await mark);
    assert.ok(await inGap);
  });
});

test("a connection that has gone silent is given up by the heartbeat, and the session taken along", async () => {
  await scene(
    async ({ server, network, client }) => {
      const back = once(client, "resumed");
      network.swallow();
      await back;
      assert.ok(await client.mark("x"));
      assert.is(server.metrics.sessionsLost, 0);
      assert.is(server.metrics.sessionsResumed, 1);
    },
    { heartbeat: { intervalMs: 30, timeoutMs: 60 } },
  );
});

test("where the session is gone the client closes with what the server says", async () => {
  await scene(
    async ({ server, network, client, events }) => {
      network.block(true);
      network.cut();
      while (server.sessions.size > 0) await new Promise((resolve) => setTimeout(resolve, 5));
      network.block(false);
      const { code, error, isExpected } = await client.closed;
      assert.is(code, 1006);
      assert.not(isExpected);
      // at its last attempt, or with no time left for another
      assert.ok(["ERR_RESUME", "ERR_CONNECT"].includes(error?.code ?? ""));
      assert.match(error?.message ?? "", /attempts? to come back failed/);
      assert.equal(events, ["reconnecting", error?.code, "close"]);
    },
    { reconnect: { firstDelayMs: 20, maxDelayMs: 20 } },
    { resumeWindowMs: 100 },
  );
});

test("without reconnect, and against a server that keeps no sessions, a loss is the end", async () => {
  const end = async ({ network, client, events }: Scene) => {
    network.cut();
    const { code, error } = await client.closed;
    assert.is(code, 1006);
    assert.is(error?.code, "ERR_CONNECT");
    assert.equal(events, ["ERR_CONNECT", "close"]);
  };
  await scene(end, { reconnect: false });
  await scene(end, {}, { resumeWindowMs: 0 });
});

test("closing while the connection is lost ends the search, as asked for", async () => {
  await scene(async ({ network, client, events }) => {
    network.block(true);
    network.cut();
    await once(client, "reconnecting");
    const { isExpected, error } = await client.close();
    assert.ok(isExpected);
    assert.is(error, undefined);
    assert.equal(events, ["reconnecting", "close"]);
    const { connections } = network;
    await new Promise((resolve) => setTimeout(resolve, 50));
    assert.is(network.connections, connections);
  });
});

test("a token shows who the client is; a function gives a fresh one for each connection", async () => {
  let made = 0;
  const token = () => {
    made++;
    return createToken({ secret: SECRET, id: "call-1", ttlMs: 60_000 });
  };
  await scene(
    async ({ network, client }) => {
      assert.is(made, 1);
      const back = once(client, "resumed");
      network.cut();
      await back;
      assert.ok(made >= 2);
    },
    { id: "call-1", token },
    { auth: tokenAuth(SECRET) },
  );
  await scene(async () => {}, { id: "call-1", token: token() }, { auth: tokenAuth(SECRET) });
});

test("a token that cannot be sent is refused without being shown; a function that fails says so", async () => {
  const refused = await connect("ws://127.0.0.1:9", { token: "two words" }).catch((error) => error);
  assert.is(refused.code, "ERR_CONFIG");
  assert.not.match(refused.message, "two words");
  const failed = await connect("ws://127.0.0.1:9", {
    token: () => Promise.reject(new Error("offline")),
  }).catch((error) => error);
  assert.is(failed.code, "ERR_AUTH");
  const bad = await connect("ws://127.0.0.1:9", { token: () => "two words" }).catch((error) => error);
  assert.is(bad.code, "ERR_AUTH");
  assert.not.match(`${bad.message} ${bad.cause.message}`, "two words");
});

test("a server that answers with a new session is not taken for the old one", async () => {
  const server = await startFakeServer({ resumeToken: "t1" });
  const client = await connect(server.url, { reconnect: QUICK });
  server.sockets[0]!.terminate();
  const { error } = await client.closed;
  assert.is(error?.code, "ERR_RESUME");
  const nothing = { received_ms: 0, sent_ms: 0, marks: [], next_seq: 0, marks_received: 0 };
  assert.equal(server.messages.at(-1).resume, { token: "t1", ...nothing });
  await server.close();
});

test("what is held in a gap is bounded, oldest audio and oldest messages first", () => {
  const held = new HeldMessages(100);
  for (let i = 0; i < 20; i++) held.push(Uint8Array.of(i), 20);
  for (let i = 0; i < 100; i++) held.push(`m${i}`, 0);
  assert.is(held.heldMs, 100);
  const out: (string | number)[] = [];
  held.release((message) => void out.push(typeof message === "string" ? message : message[0]!));
  assert.equal(out.slice(0, 5), [15, 16, 17, 18, 19]);
  assert.equal(
    out.slice(5),
    Array.from({ length: 64 }, (_, i) => `m${i + 36}`),
  );
  assert.equal([held.heldMs, held.bytes], [0, 0]);
  held.push(new Uint8Array(9), 500);
  assert.equal([held.heldMs, held.bytes], [0, 0]);
});

test.run();
