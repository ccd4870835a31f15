/** The table of docs/fastrtc.md, "What behaves better": one test for each row, over a socket, in the words of its left side. */
import { readFileSync } from "node:fs";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { WebSocket } from "ws";
import {
  type AudioFrame,
  EchoHandler,
  type Logger,
  type Session,
  StreamHandler,
  serve,
  silentLogger,
  VirtualClock,
} from "../../src/server.ts";
import { sameSamples, sine, snrDb } from "../samples.ts";
import { Journal, type ProbeActions, ProbeHandler } from "./probe-handler.ts";
import { RawClient, throughMulaw, withServer } from "./raw-client.ts";

const FRAME = Int16Array.from({ length: 160 }, (_, i) => i * 100 - 8000);
const rows: string[] = [];
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A test of the row that begins so. */
function row(begins: string, run: () => Promise<void>): void {
  rows.push(begins);
  test(`FastRTC's "${begins}": not here`, run);
}

function probed(journal: Journal, actions: ProbeActions = {}, more: object = {}) {
  const handler = new ProbeHandler(journal, actions);
  return serve({ port: 0, handler, inputRate: 8000, outputRate: 8000, logger: silentLogger, ...more });
}

async function started(url: string, id: string, more: object = {}): Promise<RawClient> {
  const client = await RawClient.open(url);
  client.send({ event: "start", websocket_id: id, ...more });
  await client.sync();
  return client;
}

row("Sleeps a fixed 20 ms after each item", async () => {
  const clock = new VirtualClock();
  const server = await serve({
    port: 0,
    handler: EchoHandler,
    inputRate: 8000,
    outputRate: 8000,
    clock,
    heartbeatMs: 1e9,
    logger: silentLogger,
  });
  const client = await started(server.url, "a");
  // two minutes; each echo is there before the next frame is sent: the last is no later than the first
  for (let i = 0; i < 6000; i++) {
    client.sendMedia(FRAME);
    await client.nextAudio(160);
    await clock.advanceBy(20);
  }
  assert.is(server.sessions.get("a")?.stats.outputQueuedMs, 0);
  await server.close({ drainMs: 0 });
});

row("The output queue has no bound", async () => {
  const journal = new Journal();
  const server = await probed(
    journal,
    {
      receive: (session) => {
        for (let i = 0; i < 60; i++) session.send(FRAME);
      },
    },
    { limits: { maxOutputMs: 1000 } },
  );
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    client.sendMedia(FRAME);
    await client.nextError("ERR_HANDLER_FLOOD");
    assert.is((await client.closed).code, 1011);
    await journal.has("shutdown handler-flood");
  });
});

row("Resamples each message alone", async () => {
  class WideEcho extends StreamHandler {
    override inputRate = 24000;
    override outputRate = 24000;
    copy = () => new WideEcho();
    receive = ({ samples }: AudioFrame, session: Session) => void session.send(samples);
    emit = () => null;
  }
  const server = await serve({ port: 0, handler: WideEcho, logger: silentLogger });
  await withServer(server, async () => {
    const direction = { encoding: "pcm16", sample_rate: 8000, frame_ms: 20 };
    const client = await started(server.url, "a", { format: { input: direction, output: direction } });
    const tone = Int16Array.from(sine(16_000, 440, 8000), (x) => Math.round(x * 32_767));
    for (let at = 0, n = 1; at < tone.length; at += n, n = 1 + ((n * 7) % 331)) {
      const part = tone.slice(at, at + n);
      const payload = Buffer.from(part.buffer, part.byteOffset, part.byteLength).toString("base64");
      client.send({ event: "media", media: { payload } });
    }
    const echo: number[] = [];
    while (echo.length < 15_500) {
      const { media } = (await client.next(({ json }) => json.event === "media")).json;
      const bytes = Uint8Array.from(Buffer.from(media.payload, "base64"));
      echo.push(...new Int16Array(bytes.buffer));
    }
    // as long as it was, and as smooth: seams and clicks would be far above this
    const middle = echo.slice(2000, 15_000);
    assert.ok(echo.length <= tone.length, "no longer than what went in");
    assert.ok(bestSnrDb(middle, tone) > 45, "no seams");
  });
});

/** Signal to noise against the part of `whole` that fits best. */
function bestSnrDb(part: readonly number[], whole: Int16Array): number {
  let best = 0;
  for (let at = 1900; at <= 2100; at++)
    best = Math.max(best, snrDb(part, whole.subarray(at, at + part.length)));
  return best;
}

row("Media that comes before `start_up()` has finished", async () => {
  const journal = new Journal();
  let finish = (): void => {};
  const server = await probed(journal, {
    startUp: () =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }),
    receive: (session) => void session.send(FRAME),
  });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 30; i++) client.sendMedia(FRAME);
    await client.sync();
    assert.is(journal.count("receive a"), 0);
    finish();
    await client.nextAudio(25 * 160);
    assert.is(journal.count("receive a"), 25, "500 ms of them");
    assert.is(server.metrics.dropped.busyHandler, 5);
  });
});

row("An exception in `emit()`", async () => {
  const fails: Record<string, ProbeActions> = {
    startUp: { startUp: () => Promise.reject(new Error("no")) },
    emit: {
      emit: () => {
        throw new Error("no");
      },
    },
    receive: { receive: () => Promise.reject(new Error("no")) },
  };
  for (const [method, actions] of Object.entries(fails)) {
    const journal = new Journal();
    const errors: string[] = [];
    const logger: Logger = { ...silentLogger, error: (message) => void errors.push(message) };
    await withServer(await probed(journal, actions, { logger }), async (server) => {
      const client = await RawClient.open(server.url);
      client.send({ event: "start", websocket_id: "a" });
      client.sendMedia(FRAME);
      await client.nextError("ERR_HANDLER");
      assert.is((await client.closed).code, 1011, method);
      await journal.has("shutdown handler-error");
      assert.ok(
        errors.some((message) => message.includes(method)),
        `${method}: ${errors}`,
      );
    });
    assert.is(journal.count("shutdown handler-error"), 1);
  }
});

row("`shutdown()` is not called on this route", async () => {
  const journal = new Journal();
  const clock = new VirtualClock();
  const server = await probed(journal, {}, { clock, timeLimitMs: 60_000 });
  const leaving = await started(server.url, "a");
  await leaving.leave();
  await journal.has("shutdown client-left");
  const closed = await started(server.url, "b");
  // a client that says nothing is closed too
  journal.sessions[1]?.close("done");
  await Promise.all([closed.closed, clock.advanceBy(100)]);
  assert.is((await closed.closed).code, 1000);
  await journal.has("shutdown closed");
  const silent = await started(server.url, "c");
  await clock.advanceBy(60_000);
  assert.is((await silent.closed).code, 4430);
  await journal.has("shutdown limit");
  assert.is(journal.entries.filter((entry) => entry.startsWith("shutdown")).length, 3);
  await server.close({ drainMs: 0 });
});

row("A second socket with a live id", async () => {
  const journal = new Journal();
  const server = await probed(journal, { receive: (session) => void session.send(FRAME) });
  await withServer(server, async () => {
    const first = await started(server.url, "a");
    for (let i = 0; i < 3; i++) {
      const twin = await RawClient.open(server.url);
      twin.send({ event: "start", webrtc_id: "a" });
      await twin.nextError("ERR_ID_IN_USE");
      assert.is((await twin.closed).code, 4409);
    }
    first.sendMedia(FRAME);
    sameSamples(await first.nextAudio(160), throughMulaw(FRAME));
    assert.equal([...server.sessions.keys()], ["a"]);
    assert.is(journal.entries.filter((entry) => entry.startsWith("shutdown")).length, 0);
  });
});

row("A second `start` on one socket", async () => {
  const journal = new Journal();
  await withServer(await probed(journal, {}, { maxSessions: 2 }), async (server) => {
    const client = await started(server.url, "a");
    for (let i = 0; i < 50; i++) client.send({ event: "start", websocket_id: `other${i}` });
    for (let i = 0; i < 50; i++) await client.nextError("ERR_START_TWICE");
    assert.equal([...server.sessions.keys()], ["a"]);
    // none of the fifty holds a place
    await started(server.url, "other7");
    assert.is(server.sessions.size, 2);
  });
});

row("Bad JSON, bad Base64, missing keys", async () => {
  const journal = new Journal();
  const server = await probed(journal, { receive: (session) => void session.send(FRAME) });
  await withServer(server, async () => {
    const client = await started(server.url, "a");
    for (const [bad, code] of [
      ["{", "ERR_JSON"],
      ["[]", "ERR_MESSAGE"],
      ["{}", "ERR_MESSAGE"],
      ['{"event":"media"}', "ERR_MESSAGE"],
      ['{"event":"media","media":{}}', "ERR_MESSAGE"],
      ['{"event":"media","media":{"payload":"*"}}', "ERR_BASE64"],
      [Buffer.from([1]), "ERR_MESSAGE"],
    ] as const) {
      client.socket.send(bad);
      await client.nextError(code);
    }
    client.sendMedia(FRAME);
    sameSamples(await client.nextAudio(160), throughMulaw(FRAME));
  });
});

row("Base64 is decoded laxly", async () => {
  const journal = new Journal();
  await withServer(await probed(journal), async (server) => {
    const client = await started(server.url, "a");
    for (const payload of [
      "QUJD\\nQUJD",
      "QUJD QUJD",
      "_-_-",
      "QUI",
      "QQ",
      "QQ==QQ==",
      "QUJ=",
      "QR==",
      "====",
      "Q===",
    ]) {
      client.send(`{"event":"media","media":{"payload":"${payload}"}}`);
      await client.nextError("ERR_BASE64");
    }
    for (const payload of ["", "QQ==", "QUI=", "QUJD", "++//"]) {
      client.send(`{"event":"media","media":{"payload":"${payload}"}}`);
    }
    await client.sync();
    assert.is(server.metrics.framesIn, 5);
  });
});

row("An interruption clears only the server's queue", async () => {
  const journal = new Journal();
  const server = await probed(journal, {
    receive: (session) => {
      for (let i = 0; i < 100; i++) session.send(FRAME);
      session.clear();
    },
  });
  await withServer(server, async () => {
    const client = await started(server.url, "a", { format: {} });
    client.sendMedia(FRAME);
    await client.next(({ json }) => json.event === "clear");
    client.send({ event: "cleared", played_ms: 25 });
    await journal.has("cleared 25");
    assert.ok(journal.sessions[0]!.stats.sentMs < 2000);
    assert.is(journal.sessions[0]?.stats.outputQueuedMs, 0);
  });
});

row("One client by default", async () => {
  await withServer(await probed(new Journal()), async (server) => {
    const clients = await Promise.all(Array.from({ length: 40 }, (_, i) => started(server.url, `c${i}`)));
    assert.is(server.sessions.size, clients.length);
  });
});

row("A refused twin evicts the live client", async () => {
  const journal = new Journal();
  await withServer(await probed(journal, {}, { maxSessions: 3 }), async (server) => {
    // a socket without start holds no place, every session holds one, whatever its route
    const waiting = await RawClient.open(server.url);
    await started(server.url, "json");
    const binary = new WebSocket(`${server.url}/stream`, "voxwire.v1");
    await new Promise((resolve) => binary.once("open", resolve));
    const header = [1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    binary.send(Buffer.concat([Buffer.from(header), Buffer.from('{"event":"start","webrtc_id":"binary"}')]));
    await journal.has("startUp binary");
    const call = new WebSocket(`${server.url}/telephone/handler`);
    await new Promise((resolve) => call.once("open", resolve));
    call.send('{"event":"start","start":{"streamSid":"MZ1"}}');
    await journal.has("startUp MZ1");
    waiting.send({ event: "start", websocket_id: "json" });
    await waiting.nextError("ERR_ID_IN_USE");
    const fourth = await RawClient.open(server.url);
    fourth.send({ event: "start", websocket_id: "fourth" });
    await fourth.next(({ json }) => json.meta?.error === "concurrency_limit_reached");
    assert.is((await fourth.closed).code, 4429);
    assert.is(server.sessions.size, 3);
    binary.close();
    while (server.sessions.size > 2) await turn();
    await started(server.url, "fourth");
  });
});

row("Only `websocket_id` is taken", async () => {
  await withServer(await probed(new Journal()), async (server) => {
    for (const start of [{ websocket_id: "a" }, { webrtc_id: "b" }, { websocket_id: "c", webrtc_id: "c" }]) {
      const client = await RawClient.open(server.url);
      client.send({ event: "start", ...start });
      await client.sync();
    }
    assert.equal([...server.sessions.keys()], ["a", "b", "c"]);
  });
});

row("A session that waits for speech", async () => {
  const clock = new VirtualClock();
  let asked = 0;
  const server = await probed(
    new Journal(),
    {
      emit: () => {
        asked++;
        return null;
      },
    },
    { clock, heartbeatMs: 1e9, idleTimeoutMs: 1e9 },
  );
  await started(server.url, "a");
  await clock.advanceBy(100);
  const [askedBefore, pending] = [asked, clock.pending];
  await clock.advanceBy(60_000);
  assert.is(asked, askedBefore, "nobody asks while nothing comes");
  assert.is(clock.pending, pending);
  await server.close({ drainMs: 0 });
});

row("An `emit()` that never awaits", async () => {
  const warnings: string[] = [];
  const logger: Logger = { ...silentLogger, warn: (message) => void warnings.push(message) };
  const journal = new Journal();
  const server = await probed(
    journal,
    {
      receive: (session) => {
        const until = performance.now() + 900;
        while (session.id === "blocks" && performance.now() < until);
        session.send(FRAME);
      },
      emit: (session) => {
        if (session.id === "spins") session.wake();
        return null;
      },
    },
    { logger },
  );
  await withServer(server, async () => {
    const spins = await started(server.url, "spins");
    const good = await started(server.url, "good");
    for (let i = 0; i < 50; i++) {
      good.sendMedia(FRAME);
      sameSamples(await good.nextAudio(160), throughMulaw(FRAME));
    }
    await spins.sync();
    await spins.leave();
    await journal.has("shutdown client-left");
    const blocks = await started(server.url, "blocks");
    blocks.sendMedia(FRAME);
    await blocks.nextAudio(160);
    while (server.metrics.stalls === 0) await turn();
    assert.ok(
      warnings.some((text) => /stood still.* of session blocks/.test(text)),
      warnings.join(),
    );
    good.sendMedia(FRAME);
    await good.nextAudio(160);
  });
});

test("the table of docs/fastrtc.md has a test for each row, and no test is of a row that is gone", () => {
  const page = readFileSync(new URL("../../docs/fastrtc.md", import.meta.url), "utf8");
  const table = page.split("## What behaves better")[1]?.split("\n\n")[1] ?? "";
  const documented = [...table.matchAll(/^\| (.+?) +\|/gm)].map(([, text]) => text ?? "").slice(1);
  const said = documented.filter((text) => !text.startsWith("---"));
  for (const text of said)
    assert.ok(
      rows.some((begins) => text.startsWith(begins)),
      text,
    );
  for (const begins of rows)
    assert.ok(
      said.some((text) => text.startsWith(begins)),
      begins,
    );
});

test.run();
