/** The faults of a public address, by counts: each attack is got rid of as the table says, and costs nobody else a frame. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { ATTACKS, type Attack } from "../../../bench/faults/attacks.ts";
import { EchoHandler, type EndReason, type RunningServer, serve, silentLogger } from "../../../src/server.ts";
import type { ServerLimits } from "../../../src/transport/server-limits.ts";
import { Bystander } from "./bystander.ts";

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

interface Outcome {
  readonly endings: Readonly<Record<number, number>>;
  readonly server: RunningServer;
  readonly kinds: Readonly<Record<string, number>>;
}

/** Runs an attack of so many connections beside two bystanders; then nothing of it may be left. */
async function attacked(
  name: keyof typeof ATTACKS,
  sockets: number,
  connections: number,
  limits: Partial<ServerLimits> = {},
): Promise<Outcome> {
  const ends: EndReason[] = [];
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    logger: silentLogger,
    onEnd: (_, reason) => ends.push(reason),
    ...limits,
  });
  const bystanders = [await Bystander.enter(server.url, "one"), await Bystander.enter(server.url, "two")];
  let left = connections;
  const attack: Attack = {
    target: { host: "127.0.0.1", port: server.port },
    sockets,
    goesOn: () => left-- > 0,
  };
  const endings = await ATTACKS[name](attack);
  while (server.metrics.connections > 2 || server.sessions.size > 2) await turn();
  // the attack is over: they still talk
  const heard = bystanders.map(({ echoes }) => echoes);
  while (bystanders.some(({ echoes }, i) => echoes < heard[i]! + 3)) await turn();
  for (const bystander of bystanders) await bystander.leave();
  while (server.sessions.size > 0) await turn();
  const { metrics } = server;
  assert.is(metrics.sessionsOpened, ends.length, "each session has ended once");
  await server.close();
  const kinds: Record<string, number> = {};
  for (const { kind } of ends) kinds[kind] = (kinds[kind] ?? 0) + 1;
  return { endings, server, kinds };
}

/** So low that a machine which takes a minute over a flood cuts it all the same; the bystanders stay far below. */
const FLOODED = { maxMessagesPerSecond: 500, maxSpeed: 10 };

for (const [name, code, kind] of [
  ["oversized", 1009, "protocol-error"],
  ["unmasked", 1002, "protocol-error"],
  ["bad Base64", 1007, "protocol-error"],
  ["bad JSON", 1007, "protocol-error"],
  ["storms of starts", 1007, "protocol-error"],
  ["floods of audio", 4429, "too-fast"],
  ["floods of messages", 4429, "too-fast"],
  ["floods of WebSocket pings", 4429, "too-fast"],
] as const) {
  test(`${name}: each connection ends with ${code}, and nobody else hears of it`, async () => {
    const { endings, kinds } = await attacked(name, 5, 20, FLOODED);
    assert.equal(endings, { [code]: 20 });
    assert.equal(kinds, { [kind]: 20, "client-left": 2 });
  });
}

test("deep JSON: neither the stack nor the others suffer", async () => {
  const { endings } = await attacked("deep JSON", 5, 10);
  // 60 kB a hundred times may be too fast before it is too bad
  const { 1007: bad = 0, 4429: fast = 0, ...others } = endings;
  assert.is(bad + fast, 10);
  assert.equal(others, {});
});

test("500 sockets whose request never ends are cut, and cost the others no frame", async () => {
  const { endings, server } = await attacked("slowloris", 500, 500, { handshakeTimeoutMs: 1000 });
  // one that writes once more at the very moment may not get to read why
  const { 408: told = 0, 0: cut = 0, ...others } = endings;
  assert.is(told + cut, 500);
  assert.ok(told > 400);
  assert.equal(others, {});
  assert.is(server.metrics.connectionsOpened, 2);
});

test("half-open peers are given up after two heartbeats", async () => {
  const { endings, kinds } = await attacked("half-open peers", 50, 50, { heartbeatMs: 300 });
  assert.equal(endings, { 1001: 50 });
  assert.equal(kinds, { "connection-lost": 50, "client-left": 2 });
});

test("of twenty who want one id at once one gets it, ten times in a row", async () => {
  const { endings, kinds, server } = await attacked("ids that are taken", 40, 10);
  assert.equal(endings, { 4409: 190, 1000: 10 });
  assert.equal(kinds, { "client-left": 12 });
  assert.is(server.metrics.refused["id-in-use"], 190);
});

test("sockets that never start make room for those that do, oldest first, and are told", async () => {
  const limits = { maxWaitingPerAddress: 40, startTimeoutMs: 5000 };
  const { endings, server } = await attacked("sockets that never start", 100, 300, limits);
  assert.equal(endings, { 4408: 300 });
  const { "too-many-sockets": displaced, "start-timeout": late } = server.metrics.refused;
  assert.is(displaced + late, 300);
  assert.ok(displaced >= 60, "as many as came at once beyond the bound");
});

test("1,000 clients that come, say a word and are gone leave nothing behind", async () => {
  const { endings, kinds, server } = await attacked("storms of reconnects", 20, 1000, { resumeWindowMs: 0 });
  assert.equal(endings, { 1000: 500, 0: 500 });
  assert.equal(kinds, { "client-left": 502, "connection-lost": 500 });
  assert.is(server.metrics.framesIn, server.metrics.framesOut);
  assert.is(server.metrics.badMessages, 0);
});

test.run();
