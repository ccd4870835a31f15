import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { type ConnectOptions, connect } from "../../src/client.ts";
import { VirtualClock } from "../../src/core/clock.ts";
import { type ErrorCode, loadDspSync } from "../../src/index.ts";
import { ScriptedSocket, STARTED } from "./scripted-socket.ts";

loadDspSync();

/** A client that is being connected over a scripted socket and a virtual clock. */
async function begin(options: ConnectOptions = {}) {
  const clock = new VirtualClock();
  const socket = new ScriptedSocket();
  const events: string[] = [];
  const connecting = connect("ws://host:1", {
    id: "x",
    protocol: "fastrtc",
    clock,
    socketFactory: socket.factory,
    on: {
      error: (error) => events.push(`error ${error.code}`),
      warning: (warning) => events.push(`warning ${warning.code}`),
      close: ({ code, isExpected }) => events.push(`close ${code} ${isExpected}`),
    },
    ...options,
  });
  // Awaited by each test in its own way; until then a rejection is not unhandled.
  connecting.catch(() => {});
  await clock.advanceBy(0);
  return { clock, socket, events, connecting };
}

/** As `begin`, with the session started. */
async function start(options: ConnectOptions = {}) {
  const begun = await begin(options);
  begun.socket.listener.onOpen();
  begun.socket.say(STARTED);
  return { ...begun, client: await begun.connecting };
}

const codeOf = (promise: Promise<unknown>): Promise<ErrorCode | "none"> =>
  promise.then(
    () => "none" as const,
    (error) => error.code,
  );

test("the session starts with the server's answer, and nothing is said twice", async () => {
  const { client, socket, clock, events } = await start({ heartbeat: false });
  assert.is(client.state, "started");
  assert.equal(socket.said, ["start"]);
  assert.is(client.session.isLegacy, false);
  assert.is(clock.pending, 0);
  socket.say(STARTED);
  socket.listener.onOpen();
  assert.equal([client.state, socket.said.length, client.stats.unknownMessages], ["started", 1, 1]);
  assert.equal(events, []);
});

test("without an answer in time the server is taken for an original one", async () => {
  const { connecting, socket, clock } = await begin({ legacy: { inputRate: 16000 } });
  socket.listener.onOpen();
  await clock.advanceBy(999);
  socket.say({ type: "log", data: "not an answer" });
  await clock.advanceBy(1);
  const client = await connecting;
  assert.equal(client.session, {
    id: "x",
    protocol: "fastrtc",
    isLegacy: true,
    input: { encoding: "mulaw", sampleRate: 16000, frameMs: 20 },
    output: { encoding: "mulaw", sampleRate: 24000, frameMs: 20 },
    resumeToken: undefined,
    resumeWindowMs: undefined,
    resumed: undefined,
  });
});

test("an answer that comes too late is taken all the same, with a warning", async () => {
  const { connecting, socket, clock, events } = await begin();
  socket.listener.onOpen();
  await clock.advanceBy(1000);
  const client = await connecting;
  socket.say(STARTED);
  assert.is(client.session.isLegacy, false);
  assert.is(client.session.input.sampleRate, 8000);
  assert.equal(events, ["warning ERR_START_TIMEOUT"]);
});

test("audio before an answer is an original server's: nobody waits, and nothing of it is lost", async () => {
  const { connecting, socket } = await begin();
  socket.listener.onOpen();
  socket.say({ event: "media", media: { payload: "/////w==" } });
  const client = await connecting;
  assert.is(client.session.isLegacy, true);
  assert.is(client.stats.framesReceived, 1);
  const { value } = await client[Symbol.asyncIterator]().next();
  assert.is(value?.samples.length, 4);
});

test('format "legacy" asks for nothing and waits for nothing', async () => {
  const { connecting, socket } = await begin({ format: "legacy", sampleRate: 24000 });
  socket.listener.onOpen();
  const client = await connecting;
  assert.equal(JSON.parse(socket.log[0]!), { event: "start", webrtc_id: "x", websocket_id: "x" });
  assert.is(client.session.isLegacy, true);
  assert.is(await codeOf(client.mark("m")), "ERR_FORMAT_UNSUPPORTED");
});

test("a socket that does not open in time is given up", async () => {
  const { connecting, socket, clock, events } = await begin({ connectTimeoutMs: 500 });
  await clock.advanceBy(500);
  assert.is(await codeOf(connecting), "ERR_TIMEOUT");
  assert.equal(socket.log, ["terminate"]);
  assert.equal(events, ["error ERR_TIMEOUT", "close 1006 false"]);
  assert.is(clock.pending, 0);
});

test("what a server says before it refuses is the error", async () => {
  const { connecting, socket, events } = await begin();
  socket.listener.onOpen();
  socket.say({ type: "error", message: "Taken.", data: { code: "ERR_ID_IN_USE", hint: "Another." } });
  socket.listener.onClose(4409, "");
  const error = await connecting.catch((cause) => cause);
  assert.equal([error.code, error.message, error.hint], ["ERR_ID_IN_USE", "Taken.", "Another."]);
  assert.equal(events, ["error ERR_ID_IN_USE", "close 1006 false"]);
});

for (const [closeCode, code] of [
  [4401, "ERR_CONNECT"],
  [4408, "ERR_START_TIMEOUT"],
  [4409, "ERR_ID_IN_USE"],
  [4413, "ERR_SLOW_READER"],
  [4429, "ERR_LIMIT_SESSIONS"],
  [4430, "ERR_TIME_LIMIT"],
  [1001, "ERR_SESSION_CLOSED"],
  [1006, "ERR_CONNECT"],
  [1011, "ERR_HANDLER"],
  [4999, "ERR_SESSION_CLOSED"],
] as const) {
  test(`close code ${closeCode} is ${code}, before the start and after`, async () => {
    const early = await begin();
    early.socket.listener.onOpen();
    early.socket.listener.onClose(closeCode, "why");
    assert.is(await codeOf(early.connecting), code);
    const late = await start();
    const stream = codeOf(late.client.stream({ samples: new Int16Array(8000), sampleRate: 8000 }));
    late.socket.listener.onClose(closeCode, "why");
    const info = await late.client.closed;
    assert.equal([info.code, info.isExpected, info.error?.code], [closeCode, false, code]);
    assert.is(await stream, code);
    assert.is(await codeOf(late.client[Symbol.asyncIterator]().next()), code);
    assert.equal(late.events, [`error ${code}`, `close ${closeCode} false`]);
    assert.is(late.clock.pending, 0);
  });
}

test("a server that ends the session in the ordinary way is no error", async () => {
  const { client, socket, events } = await start();
  socket.listener.onClose(1000, "bye");
  const info = await client.closed;
  assert.equal([info.code, info.reason, info.isExpected, info.error], [1000, "bye", true, undefined]);
  assert.is((await client[Symbol.asyncIterator]().next()).done, true);
  assert.equal(events, ["close 1000 true"]);
  assert.is(client.send(new Int16Array(160)), false);
  assert.is(await codeOf(client.drain()), "ERR_SESSION_CLOSED");
  assert.is(await client.mark("m"), false);
});

test("an error long before a lost connection is not its reason", async () => {
  const { client, socket, clock } = await start();
  socket.say({ type: "error", message: "One bad frame.", data: { code: "ERR_BASE64" } });
  await clock.advanceBy(5000);
  socket.listener.onClose(1006, "");
  assert.is((await client.closed).error?.code, "ERR_CONNECT");
});

test("close says stop and waits for the server", async () => {
  const { client, socket, clock, events } = await start({ heartbeat: false });
  const closing = client.close();
  assert.is(client.state, "closing");
  assert.is(client.close() instanceof Promise, true);
  assert.equal(socket.said, ["start", "stop"]);
  socket.listener.onClose(1000, "");
  assert.is((await closing).code, 1000);
  assert.equal(events, ["close 1000 true"]);
  assert.is(clock.pending, 0);
  assert.is((await client.close()).code, 1000);
});

test("a server that does not close is closed, then let go of", async () => {
  const { client, socket, clock, events } = await start({ closeTimeoutMs: 700 });
  const closing = client.close();
  await clock.advanceBy(700);
  assert.is(socket.log.at(-1), "close 1000");
  await clock.advanceBy(500);
  assert.is(socket.log.at(-1), "terminate");
  assert.is((await closing).code, 1006);
  assert.equal(events, ["close 1006 true"]);
  assert.is(clock.pending, 0);
});

test("close with drain lets the stream end and the socket run empty first", async () => {
  const { client, socket, clock } = await start({ heartbeat: false });
  const stream = client.stream({ samples: new Int16Array(480), sampleRate: 8000 });
  await clock.advanceBy(5);
  const closing = client.close({ drain: true });
  assert.is(client.state, "draining");
  assert.is(
    await codeOf(client.stream({ samples: new Int16Array(1), sampleRate: 8000 })),
    "ERR_SESSION_CLOSED",
  );
  socket.bufferedBytes = 10;
  await clock.advanceBy(100);
  assert.is((await stream).framesSent, 3);
  assert.equal(socket.said, ["start"]);
  socket.bufferedBytes = 0;
  await clock.advanceBy(5);
  assert.equal(socket.said, ["start", "stop"]);
  socket.listener.onClose(1000, "");
  await closing;
  assert.is(clock.pending, 0);
});

test("close without drain ends a stream with an error that says so", async () => {
  const { client, socket } = await start();
  const stream = codeOf(client.stream({ samples: new Int16Array(8000), sampleRate: 8000 }));
  void client.close();
  socket.listener.onClose(1000, "");
  assert.is(await stream, "ERR_SESSION_CLOSED");
});

test("an abort before the start rejects with its reason, whenever it comes", async () => {
  const reason = new Error("changed my mind");
  const aborted = AbortSignal.abort(reason);
  assert.is(await connect("ws://host:1", { signal: aborted }).catch((error) => error), reason);
  for (const isOpen of [false, true]) {
    const controller = new AbortController();
    const { connecting, socket, clock } = await begin({ signal: controller.signal });
    if (isOpen) socket.listener.onOpen();
    controller.abort(reason);
    assert.is(await connecting.catch((error) => error), reason);
    assert.is(socket.log.at(-1), "terminate");
    assert.is(clock.pending, 0);
  }
});

test("an abort after the start closes the client", async () => {
  const controller = new AbortController();
  const { client, socket } = await start({ signal: controller.signal });
  controller.abort();
  assert.is(client.state, "closing");
  socket.listener.onClose(1000, "");
  assert.is((await client.closed).code, 1000);
});

test("a factory that throws is an error of the connection", async () => {
  const socketFactory = () => {
    throw new Error("no sockets here");
  };
  const error = await connect("ws://host:1", { socketFactory }).catch((cause) => cause);
  assert.is(error.code, "ERR_CONNECT");
  assert.match(error.message, "no sockets here");
});

test("pings measure the way, any message counts as life, and silence ends the connection", async () => {
  const heartbeat = { intervalMs: 1000, timeoutMs: 400 };
  const { client, socket, clock, events } = await start({ heartbeat });
  const pings = () => socket.log.filter((entry) => entry === '{"event":"ping"}').length;
  assert.is(pings(), 1);
  await clock.advanceBy(30);
  socket.say('{"event":"pong"}');
  assert.is(client.stats.ping.count, 1);
  assert.ok(Math.abs(client.stats.ping.max - 30) < 1e-9);
  await clock.advanceBy(970);
  assert.is(pings(), 2);
  await clock.advanceBy(100);
  socket.say({ type: "log", data: "busy, but here" });
  await clock.advanceBy(900);
  assert.is(pings(), 3);
  assert.is(client.state, "started");
  await clock.advanceBy(400);
  assert.is(client.state, "closed");
  assert.equal(events, ["error ERR_TIMEOUT", "close 1006 false"]);
  assert.is(clock.pending, 0);
});

test("clear from the server drops what waits, and says how far it was played", async () => {
  const { client, socket } = await start();
  const cleared: unknown[] = [];
  client.on("clear", (info) => cleared.push(info));
  const frames = client[Symbol.asyncIterator]();
  const payload = Buffer.alloc(160, 255).toString("base64");
  for (let n = 0; n < 5; n++) socket.say({ event: "media", media: { payload, seq: n, timestamp: n * 160 } });
  socket.say({ event: "mark", mark: { name: "end" } });
  await frames.next();
  await frames.next();
  const third = await frames.next();
  assert.is(third.value?.sequence, 2);
  socket.say({ event: "clear" });
  assert.equal(cleared, [{ playedMs: 40, droppedMs: 40 }]);
  const said = socket.log.slice(-2).map((entry) => JSON.parse(entry));
  assert.equal(said, [
    { event: "mark", mark: { name: "end" } },
    { event: "cleared", played_ms: 40 },
  ]);
  socket.say({ event: "media", media: { payload } });
  assert.is((await frames.next()).value?.sequence, 5);
});

test("a mark of ours resolves when it comes back; the server's goes back when it has been reached", async () => {
  const { client, socket } = await start();
  const seen: unknown[] = [];
  client.on("mark", (mark) => seen.push(mark));
  const mine = client.mark("a");
  const twin = client.mark("a");
  assert.equal(socket.said.slice(1), ["mark", "mark"]);
  socket.say({ event: "mark", mark: { name: "a" } });
  assert.is(await mine, true);
  socket.say({ event: "mark", mark: { name: "theirs" } });
  assert.is(JSON.parse(socket.log.at(-1)!).mark.name, "theirs");
  assert.equal(seen, [
    { name: "a", isOwn: true },
    { name: "theirs", isOwn: false },
  ]);
  socket.listener.onClose(1000, "");
  assert.is(await twin, false);
  assert.is(await codeOf(client.mark("")), "ERR_CONFIG");
});

test("with a listener and no iterator frames are played as they come and none waits", async () => {
  const { client, socket } = await start({ sampleFormat: "float32" });
  const kinds: string[] = [];
  client.on("audio", ({ samples }) => kinds.push(samples.constructor.name));
  socket.say({ event: "media", media: { payload: Buffer.alloc(160, 255).toString("base64") } });
  assert.equal(kinds, ["Float32Array"]);
  assert.equal([client.stats.receiveQueuedMs, client.stats.playedMs], [0, 20]);
});

test("messages of every kind reach their event, and odd ones are counted", async () => {
  const { client, socket, events } = await start();
  const heard: unknown[] = [];
  client.on("log", (line) => heard.push(line));
  client.on("notice", ({ type }) => heard.push(type));
  socket.say({ type: "log", data: "line" });
  socket.say({ type: "send_input", data: "x" });
  socket.say({ type: "warning", message: "careful" });
  socket.say({ type: "error", message: "oops" });
  socket.say("}{");
  socket.listener.onBinary(new Uint8Array(7));
  socket.say({ type: "unheard of" });
  assert.equal(heard, ["line", "send_input"]);
  assert.equal(events, [
    "warning ERR_HANDLER",
    "error ERR_HANDLER",
    "warning ERR_JSON",
    "warning ERR_MESSAGE",
  ]);
  assert.equal([client.stats.malformedMessages, client.stats.unknownMessages], [2, 1]);
  assert.is(client.state, "started");
});

test("a full socket costs live audio, which is counted, and never more than the bound waits", async () => {
  const { client, socket } = await start({ maxBufferedMs: 100 });
  assert.is(client.send(new Int16Array(1600)), true);
  assert.is(client.stats.framesSent, 10);
  socket.bufferedBytes = 10_000;
  assert.is(client.send(new Int16Array(320)), false);
  assert.is(client.stats.sendDroppedFrames, 2);
  socket.bufferedBytes = 0;
  assert.is(client.send(new Int16Array(160)), true);
  assert.is(client.stats.sentMs, 220);
});

test("live audio that fills no frame waits, and goes out with flush", async () => {
  const { client, socket } = await start();
  client.send(new Int16Array(100));
  assert.is(client.stats.framesSent, 0);
  client.flush();
  assert.is(client.stats.framesSent, 1);
  const { media } = JSON.parse(socket.log.at(-1)!);
  assert.is(Buffer.from(media.payload, "base64").length, 160);
});

test("one stream at a time, steered by pause, resume and its signal", async () => {
  const { client, clock } = await start({ heartbeat: false });
  const clip = { samples: new Int16Array(1600), sampleRate: 8000 };
  client.pause();
  const first = client.stream(clip);
  assert.is(await codeOf(client.stream(clip)), "ERR_CONFIG");
  assert.throws(
    () => client.send(new Int16Array(1)),
    (error: { code: string }) => error.code === "ERR_CONFIG",
  );
  await clock.advanceBy(1000);
  assert.is(client.stats.framesSent, 0);
  client.resume();
  await clock.advanceBy(180);
  assert.is((await first).framesSent, 10);
  const controller = new AbortController();
  const second = client.stream(clip, { signal: controller.signal });
  await clock.advanceBy(50);
  controller.abort(new Error("enough"));
  assert.is(await second.catch((error) => error.message), "enough");
  assert.is(client.stats.framesSent, 13);
  assert.is(clock.pending, 0);
  const third = client.stream(clip, { pace: "fast" });
  await clock.advanceBy(1);
  assert.is((await third).framesSent, 10);
  assert.is(await codeOf(client.stream("file.wav", { pace: "slow" as "fast" })), "ERR_CONFIG");
  assert.is(await codeOf(client.stream(7 as unknown as string)), "ERR_CONFIG");
});

test("normalize brings the loudest sample to the level that is asked for", async () => {
  const { client, socket, clock } = await start({ format: { input: { encoding: "pcm16" } } });
  socket.say(STARTED);
  const samples = new Int16Array(160).fill(1000, 0, 80).fill(-2000, 80);
  const clip = { samples, sampleRate: 8000 };
  const stream = client.stream(clip, { normalize: { peakDb: -6.0206 } });
  await clock.advanceBy(0);
  await stream;
  const { media } = JSON.parse(socket.log.at(-1)!);
  const heard = loadDspSync().mulaw.decode(Buffer.from(media.payload, "base64"));
  assert.ok(Math.abs(heard[159]! + 16384) < 600, String(heard[159]));
  assert.ok(Math.abs(heard[0]! - 8192) < 300, String(heard[0]));
  assert.is(await codeOf(client.stream([samples], { normalize: { peakDb: -1 } })), "ERR_CONFIG");
  const silent = client.stream(
    { samples: new Int16Array(160), sampleRate: 8000 },
    { normalize: { peakDb: 0 } },
  );
  await clock.advanceBy(0);
  assert.is((await silent).framesSent, 1);
});

test("the round trip is measured by media position", async () => {
  const { client, socket, clock } = await start({ measureRoundTrip: true, heartbeat: false });
  const payload = (n: number) => ({
    event: "media",
    media: { payload: Buffer.alloc(n, 255).toString("base64") },
  });
  for (let n = 0; n < 4; n++) {
    client.send(new Int16Array(160));
    await clock.advanceBy(20);
  }
  // 30 ms of audio at 80 ms: its last sample was in the second frame, sent at 20.
  socket.say(payload(240));
  assert.is(client.stats.roundTrip.max, 60);
  await clock.advanceBy(10);
  // Up to 80 ms, sent at 60, now 90.
  socket.say(payload(400));
  assert.is(client.stats.roundTrip.count, 2);
  assert.ok(Math.abs(client.stats.roundTrip.p50 - 30) < 1);
  // More than was sent is no echo.
  socket.say(payload(160));
  assert.is(client.stats.roundTrip.count, 2);
});

test("the audio memory is given back when a client closes", async () => {
  const dsp = loadDspSync();
  const warm = await start();
  warm.socket.listener.onClose(1000, "");
  await warm.client.closed;
  const before = dsp.memory.slots;
  const { client, socket } = await start();
  client.send(new Int16Array(500));
  assert.ok(dsp.memory.slots > before);
  socket.listener.onClose(1006, "");
  await client.closed;
  assert.is(dsp.memory.slots, before);
});

test("nothing that happens in any order breaks a client, and closed is for good", async () => {
  const happening = fc.constantFrom(
    "open",
    "started",
    "media",
    "error",
    "stop",
    "drain",
    "lost",
    "fail",
    "wait",
    "send",
    "garbage",
    "clear",
  );
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 14 }), async (happenings) => {
      const { clock, socket, connecting, events } = await begin();
      let isClosed = false;
      for (const what of happenings) {
        const client = await Promise.race([connecting.catch(() => undefined), undefined]);
        if (what === "open") socket.listener.onOpen();
        if (what === "started") socket.say(STARTED);
        if (what === "media") socket.say({ event: "media", media: { payload: "AAAA" } });
        if (what === "error") socket.say({ type: "error", message: "e" });
        if (what === "stop") void client?.close();
        if (what === "drain") void client?.close({ drain: true });
        if (what === "lost") socket.listener.onClose(1006, "");
        if (what === "fail") socket.listener.onError({ message: "broken", code: "ECONNRESET" });
        if (what === "wait") await clock.advanceBy(1500);
        if (what === "send") client?.send(new Int16Array(200));
        if (what === "garbage") socket.say("\u0000");
        if (what === "clear") socket.say({ event: "clear" });
        if (isClosed) assert.is(events.filter((event) => event.startsWith("close")).length, 1);
        isClosed = events.some((event) => event.startsWith("close"));
      }
      socket.listener.onClose(1006, "");
      await clock.advanceBy(0);
      assert.is(events.filter((event) => event.startsWith("close")).length, 1);
      assert.ok(events.at(-1)?.startsWith("close"));
      assert.is(clock.pending, 0);
    }),
    { numRuns: 300 },
  );
});

test.run();
