/** A lost connection and the session that waits for its client: tokens, what is told, what is lost, what it is bounded by. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { SessionGap } from "../../src/server.ts";
import { type EndReason, type Session, serve, silentLogger, VirtualClock } from "../../src/server.ts";
import type { ServerSettings } from "../../src/transport/server-options.ts";
import { Journal, type ProbeActions, ProbeHandler } from "./probe-handler.ts";
import { RawClient, withServer } from "./raw-client.ts";
import { refusal } from "./refusal.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);
const FORMAT = { input: { sample_rate: 8000 }, output: { sample_rate: 8000 } };

class ResumingProbe extends ProbeHandler {
  readonly #seen: Seen;

  constructor(seen: Seen, actions: ProbeActions) {
    super(seen.journal, actions);
    this.#seen = seen;
  }

  override copy(): ResumingProbe {
    return this;
  }

  override onLost(session: Session): void {
    this.#seen.journal.add(`lost ${session.id}`);
  }

  override onResumed(gap: SessionGap, session: Session): void {
    this.#seen.gaps.push(gap);
    this.#seen.journal.add(`resumed ${session.id}`);
  }
}

interface Seen {
  readonly journal: Journal;
  readonly gaps: SessionGap[];
  readonly ends: EndReason[];
  readonly clock: VirtualClock;
}

async function resumable(options: Partial<ServerSettings> = {}, actions: ProbeActions = {}) {
  const seen: Seen = { journal: new Journal(), gaps: [], ends: [], clock: new VirtualClock() };
  const server = await serve({
    port: 0,
    handler: () => new ResumingProbe(seen, actions),
    inputRate: 8000,
    outputRate: 8000,
    clock: seen.clock,
    heartbeatMs: 3_600_000,
    logger: silentLogger,
    onEnd: (_, reason) => {
      seen.ends.push(reason);
      seen.journal.add("ended");
    },
    ...options,
  });
  return { server, ...seen };
}

/** Opens a socket, says `start` and gives back what the server answered. */
async function start(url: string, id: string, resume: unknown) {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id, format: FORMAT, resume });
  const { json } = await client.next();
  return { client, json, token: json.data?.resume_token as string };
}

/** Cuts a socket as a network does, and waits until the server has noticed. */
async function cut(client: RawClient, journal: Journal, id: string): Promise<void> {
  client.socket.terminate();
  await journal.has(`lost ${id}`);
}

test("a session goes on where its client comes back in time: same handler, same id, the next token", async () => {
  const { server, journal, clock } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    assert.match(first.token, /^[\w-]{22}$/);
    assert.is(first.json.data.resume_window_ms, 10_000);
    await cut(first.client, journal, "a");
    assert.is(server.sessions.get("a")?.isConnected, false);
    assert.is(server.metrics.sessionsWaiting, 1);
    await clock.advanceBy(9000);
    const second = await start(server.url, "a", { token: first.token });
    assert.is(second.json.type, "started");
    assert.equal(second.json.data.resumed, {
      gap_ms: 9000,
      received_ms: 0,
      lost_input_ms: 0,
      lost_output_ms: 0,
      replayed_ms: 0,
    });
    assert.is.not(second.token, first.token);
    await journal.has("resumed a");
    await clock.advanceBy(20_000);
    second.client.sendMedia(FRAME);
    await journal.has("receive a");
    assert.is(journal.count("startUp a"), 1);
    assert.is(server.sessions.get("a")?.isConnected, true);
    const { sessionsLost, sessionsResumed, sessionsWaiting, sessionsOpened } = server.metrics;
    assert.equal([sessionsLost, sessionsResumed, sessionsWaiting, sessionsOpened], [1, 1, 0, 1]);
  });
});

test("a session ends when its client does not come back: shutdown once, the id free, the token void", async () => {
  const { server, journal, clock, ends } = await resumable({ resumeWindowMs: 5000 });
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    await cut(first.client, journal, "a");
    await clock.advanceBy(4999);
    assert.is(journal.count("shutdown connection-lost"), 0);
    await clock.advanceBy(1);
    await journal.has("ended");
    assert.is(journal.count("shutdown connection-lost"), 1);
    assert.match(ends[0]!.message, "did not come back within 5000 ms");
    assert.is(server.sessions.size, 0);
    const late = await start(server.url, "a", { token: first.token });
    assert.is(late.json.data.code, "ERR_RESUME");
    assert.is((await late.client.closed).code, 4410);
    assert.is(server.metrics.refused.resume, 1);
    await start(server.url, "a", true);
  });
});

test("without asking, a session ends with its connection; so it does after a goodbye", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const plain = await start(server.url, "a", undefined);
    assert.equal(Object.keys(plain.json.data), ["webrtc_id", "input", "output"]);
    plain.client.socket.terminate();
    await journal.has("shutdown connection-lost");
    const { client, token } = await start(server.url, "b", true);
    await client.leave();
    await journal.has("shutdown client-left");
    assert.is((await start(server.url, "b", { token })).json.data.code, "ERR_RESUME");
  });
});

test("a token is good for its own id and for one return; a wrong one touches nobody", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const a = await start(server.url, "a", true);
    const b = await start(server.url, "b", true);
    await cut(a.client, journal, "a");
    for (const token of [b.token, `${a.token.slice(0, -4)}AAAA`, "", "x".repeat(64), a.token.slice(0, 21)]) {
      const thief = await start(server.url, "a", { token });
      assert.is(thief.json.data.code, "ERR_RESUME", token);
      assert.is((await thief.client.closed).code, 4410);
    }
    const back = await start(server.url, "a", { token: a.token });
    assert.is(back.json.type, "started");
    await back.client.sync();
    const again = await start(server.url, "a", { token: a.token });
    assert.is(again.json.data.code, "ERR_RESUME");
    await b.client.sync();
    const duplicate = await start(server.url, "a", true);
    assert.is(duplicate.json.data.code, "ERR_ID_IN_USE");
  });
});

test("where the answer to a token was lost too, the token is good once more; not once the client has spoken", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    await cut(first.client, journal, "a");
    // as if these answers had never come
    const second = await start(server.url, "a", { token: first.token });
    const third = await start(server.url, "a", { token: first.token });
    assert.is(third.json.type, "started");
    assert.is((await second.client.closed).code, 1006);
    assert.is((await start(server.url, "a", { token: second.token })).json.data.code, "ERR_RESUME");
    await third.client.sync();
    assert.is((await start(server.url, "a", { token: first.token })).json.data.code, "ERR_RESUME");
    third.client.socket.terminate();
    while (server.metrics.sessionsWaiting === 0) await new Promise((resolve) => setImmediate(resolve));
    assert.is((await start(server.url, "a", { token: first.token })).json.data.code, "ERR_RESUME");
    assert.is((await start(server.url, "a", { token: third.token })).json.type, "started");
  });
});

test("a client that is back before its loss is noticed takes its session from the old socket", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    const second = await start(server.url, "a", { token: first.token });
    assert.is(second.json.data.resumed.gap_ms, 0);
    assert.is((await first.client.closed).code, 1006);
    second.client.sendMedia(FRAME);
    await journal.has("receive a");
    assert.is(journal.count("lost a"), 0);
    assert.is(server.metrics.connections, 1);
    assert.is(server.metrics.sessions, 1);
  });
});

test("what was lost is measured in both directions, each loss once", async () => {
  const { server, journal, gaps, clock } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    for (let i = 0; i < 5; i++) first.client.sendMedia(FRAME);
    await first.client.sync();
    const [session] = journal.sessions;
    session!.send(new Int16Array(320));
    await first.client.nextAudio(320);
    await cut(first.client, journal, "a");
    session!.send(new Int16Array(800));
    await clock.advanceBy(1000);
    // 20 ms of the 40 that were sent had come; of 140 that the client sent, 40 were under way
    const second = await start(server.url, "a", { token: first.token, received_ms: 20, sent_ms: 140 });
    const gap = { gap_ms: 1000, received_ms: 100, lost_input_ms: 40, lost_output_ms: 120, replayed_ms: 0 };
    assert.equal(second.json.data.resumed, gap);
    assert.equal(gaps, [{ gapMs: 1000, lostInputMs: 40, lostOutputMs: 120, replayedMs: 0 }]);
    second.client.sendMedia(FRAME);
    await second.client.sync();
    await cut(second.client, journal, "a");
    await start(server.url, "a", { token: second.token, received_ms: 20, sent_ms: 160 });
    assert.equal(gaps[1], { gapMs: 0, lostInputMs: 0, lostOutputMs: 0, replayedMs: 0 });
    assert.equal(server.metrics.lostMs, { input: 40, output: 120 });
    const { resumes, lostInputMs, lostOutputMs } = session!.stats;
    assert.equal([resumes, lostInputMs, lostOutputMs], [2, 40, 120]);
  });
});

test("marks come back exactly once: those the client holds from the client, lost ones at once", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    const [session] = journal.sessions;
    session!.mark("held");
    session!.mark("lost");
    await first.client.next(({ json }) => json.mark?.name === "lost");
    await cut(first.client, journal, "a");
    session!.mark("later");
    const second = await start(server.url, "a", { token: first.token, marks: ["held"] });
    await journal.has("mark lost");
    await second.client.next(({ json }) => json.mark?.name === "later");
    second.client.send({ event: "mark", mark: { name: "held" } });
    second.client.send({ event: "mark", mark: { name: "later" } });
    await journal.has("mark later");
    const marks = journal.entries.filter((entry) => entry.startsWith("mark "));
    assert.equal(marks, ["mark lost", "mark held", "mark later"]);
  });
});

test("a clear and what is said in the gap reach the client when it is back, in bounds", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    await cut(first.client, journal, "a");
    const [session] = journal.sessions;
    session!.clear();
    session!.clear();
    for (let i = 0; i < 100; i++) session!.log(`line ${i}`);
    const second = await start(server.url, "a", { token: first.token });
    await second.client.sync();
    const said = second.client.received.slice(1).map(({ json }) => json.data ?? json.event);
    const lines = Array.from({ length: 64 }, (_, i) => `line ${i + 36}`);
    assert.equal(said, ["clear", ...lines, "pong"]);
    second.client.send({ event: "cleared", played_ms: 0 });
    await journal.has("cleared 0");
  });
});

test("a client that counts is sent what it has not had, and is told a clear before what came after it", async () => {
  const { server, journal, gaps } = await resumable();
  await withServer(server, async () => {
    const first = await start(server.url, "a", true);
    const [session] = journal.sessions;
    session!.send(FRAME);
    await first.client.nextAudio(160);
    await cut(first.client, journal, "a");
    session!.send(FRAME);
    session!.mark("unheard");
    session!.clear();
    session!.send(FRAME);
    session!.mark("heard");
    session!.send(FRAME);
    const counts = { received_ms: 20, sent_ms: 0, marks: [], next_seq: 1, marks_received: 0 };
    const second = await start(server.url, "a", { token: first.token, ...counts });
    assert.is(second.json.data.resumed.replayed_ms, 40);
    assert.equal(gaps, [{ gapMs: 0, lostInputMs: 0, lostOutputMs: 20, replayedMs: 40 }]);
    await second.client.sync();
    const said = second.client.received
      .slice(1)
      .map(({ json }) => json.event + (json.media?.seq ?? json.mark?.name ?? ""));
    assert.equal(said, ["clear", "markunheard", "media2", "markheard", "media3", "pong"]);
    // it has had the clear and what came after it, and its answer was lost: it is not told again
    await cut(second.client, journal, "a");
    const back = { received_ms: 60, sent_ms: 0, marks: ["heard"], next_seq: 4, marks_received: 2 };
    const third = await start(server.url, "a", { token: second.token, ...back });
    await third.client.sync();
    assert.equal(
      third.client.received.map(({ json }) => json.event ?? json.type),
      ["started", "pong"],
    );
    assert.is(journal.count("mark unheard"), 1);
    assert.is(journal.count("mark heard"), 0);
    assert.is(server.metrics.lostMs.output, 20);
  });
});

test("a client that says nonsense of what it has had gets nothing of anybody's, and breaks nothing", async () => {
  const { server, journal } = await resumable();
  await withServer(server, async () => {
    let last = await start(server.url, "a", true);
    const [session] = journal.sessions;
    for (let i = 0; i < 3; i++) session!.send(FRAME);
    await last.client.nextAudio(160);
    for (const next_seq of [2 ** 31, 2 ** 32 + 1, Number.MAX_SAFE_INTEGER, 1_000_000, 4]) {
      await cut(last.client, journal, "a");
      journal.entries.length = 0;
      const counts = { received_ms: 1e300, sent_ms: 1e300, marks: ["x"], next_seq, marks_received: 1e15 };
      last = await start(server.url, "a", { token: last.token, ...counts });
      assert.is(last.json.type, "started", `${next_seq}`);
      await last.client.sync();
    }
    for (const next_seq of [-1, 0.5, "1", {}]) {
      const other = await start(server.url, "a", { token: last.token, next_seq });
      assert.is(other.json.data.code, "ERR_MESSAGE");
    }
    await last.client.sync();
  });
});

test("sessions that wait are bounded: the one that has waited longest ends", async () => {
  const { server, journal, ends } = await resumable({ maxResumable: 2 });
  await withServer(server, async () => {
    const tokens: string[] = [];
    for (const id of ["a", "b", "c"]) {
      const { client, token } = await start(server.url, id, true);
      tokens.push(token);
      await cut(client, journal, id);
    }
    await journal.has("ended");
    assert.is(ends[0]?.kind, "connection-lost");
    assert.equal([...server.sessions.keys()], ["b", "c"]);
    const back = await start(server.url, "c", { token: tokens[2] });
    assert.is(back.json.type, "started");
  });
});

test("a handler that closes its session in the gap ends it; a server that closes ends all that wait", async () => {
  const { server, journal } = await resumable();
  const a = await start(server.url, "a", true);
  const b = await start(server.url, "b", true);
  await cut(a.client, journal, "a");
  await cut(b.client, journal, "b");
  journal.sessions[0]!.close("enough");
  await journal.has("shutdown closed");
  await server.close();
  assert.is(journal.count("shutdown server-closing"), 1);
  assert.is(server.sessions.size, 0);
});

test("a time limit counts on across connections, and in the gap", async () => {
  const { server, journal, clock } = await resumable({ timeLimitMs: 8000 });
  await withServer(server, async () => {
    const a = await start(server.url, "a", true);
    const b = await start(server.url, "b", true);
    await cut(a.client, journal, "a");
    await cut(b.client, journal, "b");
    await clock.advanceBy(5000);
    const back = await start(server.url, "a", { token: a.token });
    await clock.advanceBy(3000);
    await back.client.nextError("ERR_TIME_LIMIT");
    assert.is((await back.client.closed).code, 4430);
    await journal.has("shutdown limit");
    while (journal.count("shutdown limit") < 2) await new Promise((resolve) => setImmediate(resolve));
  });
});

test("one that is authorised for another id does not get the session, whatever token it shows", async () => {
  const { server, journal } = await resumable({
    auth: ({ token }) => (token === undefined ? { refused: "no" } : { id: token }),
  });
  await withServer(server, async () => {
    const url = (token: string) => `${server.url}?token=${token}`;
    assert.is((await refusal(`${server.url}/websocket/offer`)).status, 401);
    const first = await start(url("a"), "a", true);
    await cut(first.client, journal, "a");
    assert.is((await start(url("b"), "a", { token: first.token })).json.data.code, "ERR_RESUME");
    assert.is((await start(url("a"), "a", { token: first.token })).json.type, "started");
  });
});

test("limits by address follow the client; a resume that is nonsense is an error and no more", async () => {
  const { server, journal } = await resumable({ maxSessionsPerAddress: 1, trustProxy: "loopback" });
  await withServer(server, async () => {
    const from = async (address: string, id: string, resume: unknown) => {
      const client = await RawClient.open(server.url, { headers: { "x-forwarded-for": address } });
      client.send({ event: "start", websocket_id: id, format: FORMAT, resume });
      return { client, ...(await client.next()) };
    };
    const first = await from("192.0.2.1", "a", true);
    const token = first.json.data.resume_token;
    await cut(first.client, journal, "a");
    await from("192.0.2.2", "a", { token });
    assert.is(server.sessions.get("a")?.remoteAddress, "192.0.2.2");
    assert.is((await from("192.0.2.2", "b", true)).json.status, "failed");
    const other = await from("192.0.2.1", "b", { token: 1 });
    assert.is(other.json.data.code, "ERR_MESSAGE");
    other.client.send({ event: "start", websocket_id: "b", format: FORMAT });
    await other.client.next(({ json }) => json.type === "started");
  });
});

test.run();
