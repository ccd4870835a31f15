/** Walks the table of limits in docs/server.md: every row is made to happen, and ends as the row says. */
import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { test } from "uvu";
import * as assert from "uvu/assert";
import {
  EchoHandler,
  type RunningServer,
  type ServeOptions,
  type Session,
  StreamHandler,
  serve,
  silentLogger,
  VirtualClock,
} from "../../src/server.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const FRAME = new Int16Array(160);

interface Row {
  readonly name: string;
  readonly codes: readonly string[];
  readonly closeCode: number | undefined;
  readonly counters: readonly string[];
}

/** Rows by the limit's name; a counter cell "the same" is that of the row above. */
function readRows(): Row[] {
  const page = readFileSync(new URL("../../docs/server.md", import.meta.url), "utf8");
  const rows: Row[] = [];
  for (const [, name = "", ends = "", counter = ""] of page.matchAll(
    /^\| `([\w.]+)` \| (?:none|[\d,]+) \|[^|]*\|([^|]*)\|([^|]*)\|$/gm,
  )) {
    const counters = [...counter.matchAll(/`([^`]+)`/g)].map(([, path = ""]) => path);
    const isSame = counter.trim() === "the same";
    rows.push({
      name,
      codes: [...ends.matchAll(/`((?:ERR_)?\w+)`/g)].map(([, code = ""]) => code),
      closeCode: Number(/\b[14]\d{3}\b/.exec(ends)?.[0]) || undefined,
      counters: isSame ? (rows.at(-1)?.counters ?? []) : counters,
    });
  }
  return rows;
}

interface Scene {
  readonly server: RunningServer;
  readonly clock: VirtualClock;
  readonly handlers: Session[];
  open(): Promise<RawClient>;
  started(id?: string, more?: object): Promise<RawClient>;
}

interface Scenario {
  readonly options: object;
  /** Goes beyond the limit; the client that is told, where one is. */
  run(scene: Scene): Promise<RawClient | undefined>;
}

/** A handler that takes its orders from the test. */
class Idle extends StreamHandler {
  readonly #sessions: Session[];
  readonly #hangs: boolean;

  constructor(sessions: Session[], hangs: boolean) {
    super();
    this.#sessions = sessions;
    this.#hangs = hangs;
  }

  copy(): Idle {
    return this;
  }

  override startUp(session: Session): void {
    this.#sessions.push(session);
  }

  receive(): void | Promise<void> {
    if (this.#hangs) return new Promise(() => {});
  }

  emit(): null {
    return null;
  }
}

const tooMuch =
  (message: object, count: number) =>
  async ({ started }: Scene) => {
    const client = await started();
    for (let i = 0; i < count; i++) client.send(message);
    return client;
  };
const media = (samples: number) => ({
  event: "media",
  media: { payload: Buffer.alloc(samples, 255).toString("base64") },
});
const flood = tooMuch(media(160), 400);
/** A flood is read on by the turns of the event loop, which a clock that stands still has none of. */
const real = { clock: undefined };

/** Fills what the kernel holds for a client that does not read, and more. */
function stall(client: RawClient, { handlers: [session] }: Scene): void {
  client.socket.pause();
  for (let i = 0; i < 300; i++) session!.log("x".repeat(60_000));
}

const SCENARIOS: Record<string, Scenario> = {
  maxMessageBytes: { options: { maxMessageBytes: 1024 }, run: tooMuch(media(1200), 1) },
  maxMessageMs: { options: { maxMessageMs: 20 }, run: tooMuch(media(161), 1) },
  maxControlBytes: {
    options: { maxControlBytes: 256 },
    run: tooMuch({ event: "ping", more: "x".repeat(300) }, 1),
  },
  maxJsonDepth: { options: { maxJsonDepth: 3 }, run: tooMuch({ event: "ping", a: [[[[1]]]] }, 1) },
  handshakeTimeoutMs: {
    options: { handshakeTimeoutMs: 100 },
    async run({ server }) {
      const socket = connect(server.port, "127.0.0.1").setEncoding("utf8");
      socket.write("GET /websocket/offer HTTP/1.1\r\nHost: x\r\n");
      let said = "";
      for await (const text of socket) said += text;
      assert.match(said, /^HTTP\/1.1 408 /);
      assert.match(said, /\r\nvoxwire-error: ERR_TIMEOUT\r\n/);
      return undefined;
    },
  },
  authTimeoutMs: {
    options: { authTimeoutMs: 10, auth: () => new Promise(() => {}), ...real },
    async run({ server }) {
      assert.is((await refusal(`${server.url}/websocket/offer`)).status, 503);
      return undefined;
    },
  },
  startTimeoutMs: {
    options: { startTimeoutMs: 1000 },
    async run({ clock, open }) {
      const client = await open();
      await clock.advanceBy(1000);
      return client;
    },
  },
  maxWaitingSockets: { options: { maxWaitingSockets: 1 }, run: firstOfTwo },
  maxWaitingPerAddress: { options: { maxWaitingPerAddress: 1 }, run: firstOfTwo },
  maxWaitingReaders: { options: { maxWaitingReaders: 1 }, run: firstReaderOfTwo },
  maxWaitingReadersPerAddress: { options: { maxWaitingReadersPerAddress: 1 }, run: firstReaderOfTwo },
  idleTimeoutMs: {
    options: { idleTimeoutMs: 1000 },
    async run({ clock, started }) {
      const client = await started();
      for (let i = 0; i < 5; i++) await clock.advanceBy(250);
      return client;
    },
  },
  maxSessions: { options: { maxSessions: 1 }, run: secondOfTwo },
  maxSessionsPerAddress: { options: { maxSessionsPerAddress: 1 }, run: secondOfTwo },
  maxBurstMs: { options: { ...real, maxBurstMs: 1000, maxMessageMs: 1000, maxSpeed: 1 }, run: flood },
  maxSpeed: { options: { ...real, maxSpeed: 1, maxBurstMs: 1000, maxMessageMs: 1000 }, run: flood },
  maxMessagesPerSecond: {
    options: { ...real, maxMessagesPerSecond: 10, maxBurstMs: 100, maxMessageBytes: 1024 },
    run: tooMuch({ event: "ping" }, 400),
  },
  "limits.maxInputMs": { options: { limits: { maxInputMs: 20 }, hangs: true }, run: tooMuch(media(160), 5) },
  "limits.maxOutputMs": {
    options: { limits: { maxOutputMs: 100 } },
    async run({ handlers, started }) {
      const client = await started();
      handlers[0]!.send(new Int16Array(8000));
      return client;
    },
  },
  maxUnsentMs: {
    options: { maxUnsentMs: 100 },
    async run(scene) {
      const client = await scene.started();
      stall(client, scene);
      scene.handlers[0]!.send(FRAME);
      client.socket.resume();
      // an answer to it might be dropped as well
      return undefined;
    },
  },
  slowReaderMs: {
    options: { slowReaderMs: 1000 },
    async run(scene) {
      const client = await scene.started();
      stall(client, scene);
      await scene.clock.advanceBy(1000);
      client.socket.resume();
      return client;
    },
  },
  heartbeatMs: {
    options: { heartbeatMs: 1000 },
    async run({ clock, server, started }) {
      const client = await started();
      client.socket.pause();
      for (let i = 0; i < 3; i++) await clock.advanceBy(1000);
      client.socket.resume();
      // the word is sent, but nobody waits for it to arrive: the peer is dead
      const { code } = await client.closed;
      assert.ok([1001, 1006].includes(code));
      while (server.metrics.sessions > 0) await new Promise((resolve) => setImmediate(resolve));
      return undefined;
    },
  },
  resumeWindowMs: {
    options: { resumeWindowMs: 1000 },
    async run({ clock, open, server, started }) {
      const token = await lose(await started("a", { format: {}, resume: true }), server);
      await clock.advanceBy(1000);
      return await comeBack(open, server, "a", token);
    },
  },
  maxResumable: {
    options: { maxResumable: 1 },
    async run({ open, server, started }) {
      const token = await lose(await started("a", { format: {}, resume: true }), server);
      await lose(await started("b", { format: {}, resume: true }), server);
      return await comeBack(open, server, "a", token);
    },
  },
  maxReplayMs: {
    options: { maxReplayMs: 20 },
    async run({ handlers, open, server, started }) {
      const token = await lose(await started("a", { format: {}, resume: true }), server);
      handlers[0]!.send(new Int16Array(320));
      const client = await open();
      const resume = { token, next_seq: 0, marks_received: 0 };
      client.send({ event: "start", websocket_id: "a", format: {}, resume });
      const { json } = await client.next();
      assert.equal([json.data.resumed.replayed_ms, json.data.resumed.lost_output_ms], [20, 20]);
      return client;
    },
  },
  maxEventLoopDelayMs: {
    options: { maxEventLoopDelayMs: 1 },
    async run({ clock, server }) {
      while (server.readiness.isReady) {
        const untilMs = performance.now() + 60;
        while (performance.now() < untilMs);
        await new Promise((resolve) => setTimeout(resolve, 30));
        await clock.advanceBy(5000);
      }
      assert.is((await fetch(`${server.url.replace("ws", "http")}/readyz`)).status, 503);
      return undefined;
    },
  },
  timeLimitMs: {
    options: { timeLimitMs: 1000 },
    async run({ clock, started }) {
      const client = await started();
      await clock.advanceBy(1000);
      return client;
    },
  },
  "limits.handlerTimeoutMs": {
    options: { limits: { handlerTimeoutMs: 1000 }, hangs: true },
    async run({ clock, started }) {
      const client = await started();
      client.sendMedia(FRAME);
      await client.sync();
      await clock.advanceBy(1000);
      return client;
    },
  },
};

async function firstOfTwo({ open }: Scene): Promise<RawClient> {
  const first = await open();
  await open();
  return first;
}

async function firstReaderOfTwo({ server }: Scene): Promise<undefined> {
  const outputs = `${server.url.replace("ws", "http")}/outputs?webrtc_id=`;
  const first = fetch(`${outputs}a`);
  // which of the two comes first does not matter: one of them has to go
  const second = fetch(`${outputs}b`);
  const refused = await Promise.race([first, second]);
  assert.equal([refused.status, refused.headers.get("voxwire-error")], [503, "ERR_BUSY"]);
  await server.close();
  await Promise.all([first, second]);
}

async function secondOfTwo({ open, started }: Scene): Promise<RawClient> {
  await started("a");
  const second = await open();
  second.send({ event: "start", websocket_id: "b" });
  return second;
}

/** Cuts a client's connection; its token. */
async function lose(client: RawClient, server: RunningServer): Promise<string> {
  const { sessionsLost } = server.metrics;
  const started = client.received.find(({ json }) => json.type === "started");
  client.socket.terminate();
  while (server.metrics.sessionsLost === sessionsLost) await new Promise((resolve) => setImmediate(resolve));
  return started?.json.data.resume_token;
}

async function comeBack(
  open: Scene["open"],
  server: RunningServer,
  id: string,
  token: string,
): Promise<RawClient> {
  while (server.sessions.has(id)) await new Promise((resolve) => setImmediate(resolve));
  const client = await open();
  client.send({ event: "start", websocket_id: id, format: {}, resume: { token } });
  return client;
}

/** The value at a path such as `sessionsEnded["too-fast"]`. */
function counterAt(server: RunningServer, path: string): number {
  const names = [...path.matchAll(/\w[\w-]*/g)].map(([name]) => name);
  const value = names.reduce<unknown>(
    (at, name) => (at as Readonly<Record<string, unknown>> | undefined)?.[name],
    server.metrics,
  );
  return typeof value === "number" ? value : 0;
}

const rows = readRows();

test("every row of the table is walked, and nothing that is in no row", () => {
  assert.equal(
    rows.map(({ name }) => name),
    Object.keys(SCENARIOS),
  );
});

for (const { name, codes, closeCode, counters } of rows) {
  test(`${name}: ${codes.join(", ") || "no error"}, ${closeCode ?? "no close"}, ${counters.join(", ") || "no counter"}`, async () => {
    const { options, run } = SCENARIOS[name]!;
    const clock = new VirtualClock();
    const handlers: Session[] = [];
    const { hangs = false, ...limits } = options as { hangs?: boolean };
    const usesIdle = hangs || /limits|Unsent|slow|Replay/.test(name);
    const server = await serve({
      port: 0,
      handler: usesIdle ? () => new Idle(handlers, hangs) : EchoHandler,
      inputRate: 8000,
      outputRate: 8000,
      logger: silentLogger,
      clock,
      heartbeatMs: 3_600_000,
      ...limits,
    } as unknown as ServeOptions);
    await withServer(server, async () => {
      for (const counter of counters) assert.is(counterAt(server, counter), 0, `${counter} at first`);
      const open = () => RawClient.open(server.url);
      const started = async (id = "a", more: object = {}) => {
        const client = await open();
        client.send({ event: "start", websocket_id: id, ...more });
        await client.sync();
        return client;
      };
      const client = await run({ server, clock, handlers, open, started });
      if (client !== undefined) {
        for (const code of codes)
          await client.next(({ json }) =>
            code.startsWith("ERR_")
              ? json.type === "error" && json.data.code === code && json.data.hint !== ""
              : json.meta?.error === code,
          );
        if (closeCode !== undefined && name !== "heartbeatMs")
          assert.is((await client.closed).code, closeCode);
        else await client.sync();
      }
      while (counters.some((counter) => counterAt(server, counter) === 0))
        await new Promise((resolve) => setImmediate(resolve));
    });
  });
}

test.run();
