import { test } from "uvu";
import * as assert from "uvu/assert";
import { ConfigError } from "../../src/core/errors.ts";
import type { AudioFrame } from "../../src/core/types.ts";
import { AudioQueue, EchoHandler, type Emitted, type Session } from "../../src/server.ts";
import { type TestHandlerOptions, testHandler } from "../../src/testing.ts";
import { sameSamples } from "../samples.ts";
import { Made } from "../stream/made-handler.ts";

/** Two seconds at 8 kHz in which no two frames are alike. */
const RECORDING = { samples: Int16Array.from({ length: 16_000 }, (_, i) => i), sampleRate: 8000 };
const FRAMES = 100;

/** Work that no virtual clock can hurry. */
function realWork(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 2));
}

/** Echoes that work in real time, each in another place. */
const slowEchoes: Record<string, () => Parameters<typeof testHandler>[0]> = {
  receive: () => {
    const heard: Int16Array[] = [];
    return new Made({
      async receive({ samples }) {
        const own = samples.slice();
        await realWork();
        heard.push(own);
      },
      emit: () => heard.shift() ?? null,
    });
  },
  emit: () => {
    const heard: Int16Array[] = [];
    return new Made({
      receive: ({ samples }) => void heard.push(samples.slice()),
      async emit(): Promise<Emitted> {
        const next = heard.shift();
        if (next !== undefined) await realWork();
        return next;
      },
    });
  },
  "a generator": () =>
    async function* (session: AsyncIterable<AudioFrame>) {
      for await (const { samples } of session) {
        const own = samples.slice();
        await realWork();
        yield own;
      }
    },
};

for (const [where, make] of Object.entries(slowEchoes)) {
  test(`a handler that works in real time in ${where} loses no frame to the virtual clock`, async () => {
    const result = await testHandler(make(), RECORDING);
    assert.is(result.stats.framesDropped, 0);
    sameSamples(result.samples, RECORDING.samples);
  });
}

test("an echo is heard sample for sample, frame by frame as it was sent", async () => {
  const result = await testHandler(new EchoHandler(), RECORDING);
  sameSamples(result.samples, RECORDING.samples);
  assert.is(result.sampleRate, 8000);
  assert.equal(
    result.frames.map(({ atMs }) => atMs),
    Array.from({ length: FRAMES }, (_, n) => n * 20),
  );
  assert.is(result.endReason.kind, "client-left");
  assert.equal(result.errors, []);
  assert.is(result.thrown, undefined);
});

test("a file, and stereo at another rate than the wire's, are brought to what the caller sends", async () => {
  const file = await testHandler(new EchoHandler(), "assets/speech.wav");
  assert.ok(file.samples.length >= 5 * file.sampleRate);
  const stereo = { samples: new Float32Array(2 * 48_000), sampleRate: 48_000, channels: 2 };
  const result = await testHandler(new EchoHandler(), stereo, { wireInputRate: 16_000 });
  assert.is(result.sampleRate, 16_000);
  assert.is(result.samples.length, 16_000);
});

test("a handler that waits for drained() waits for the virtual clock: its audio leaves in its own time", async () => {
  let isFirst = true;
  const handler = new Made({
    async receive(_frame: AudioFrame, session: Session) {
      if (!isFirst) return;
      isFirst = false;
      for (let n = 0; n < 50; n++) if (!session.send(new Int16Array(160))) await session.drained();
    },
  });
  // a run that waited in real time would not come back for an hour
  const result = await testHandler(handler, RECORDING, { patienceMs: 3_600_000 });
  assert.is(result.frames.length, 50);
  assert.is(result.frames.at(-1)!.atMs - result.frames[0]!.atMs, 49 * 20 - 60, "less the lead");
});

test("an emit that waits for frames is waited for once, and the run goes on without it", async () => {
  const queue = new AudioQueue({ sampleRate: 8000 });
  const handler = new Made({
    receive: ({ samples }) => queue.push(samples),
    async emit(): Promise<Emitted> {
      if (!(await queue.ready())) return null;
      const out = new Int16Array(160);
      return out.subarray(0, queue.read(out));
    },
    shutdown: () => queue.end(),
  });
  sameSamples((await testHandler(handler, RECORDING, { patienceMs: 20 })).samples, RECORDING.samples);
});

test("a receive that never settles costs the patience once; frames beyond the bound are dropped", async () => {
  const handler = new Made({ receive: () => new Promise<void>(() => {}) });
  const result = await testHandler(handler, RECORDING, { patienceMs: 20 });
  assert.is(result.stats.framesReceived, 1);
  assert.is(result.stats.framesDropped, FRAMES - 1 - 25);
});

test("marks come back in a turn of their own, even where each asks for the next", async () => {
  const calls: string[] = [];
  const handler = new Made({
    startUp(session) {
      session.mark("0");
      calls.push("asked");
    },
    onMark(name, session) {
      calls.push(name);
      if (calls.length < 5) session.mark(String(calls.length));
    },
  });
  const result = await testHandler(handler, RECORDING);
  assert.equal(calls, ["asked", "0", "2", "3", "4"]);
  assert.equal(
    result.events.map(({ kind, text }) => `${kind} ${text}`),
    ["mark 0", "mark 2", "mark 3", "mark 4"],
  );
});

test("what a handler throws is in the result, its shutdown has run, and the run ends there", async () => {
  const error = new Error("no");
  const calls: string[] = [];
  const handler = new Made({
    receive({ sequence }) {
      if (sequence === 10) throw error;
    },
    shutdown: (reason) => void calls.push(reason.kind),
  });
  const result = await testHandler(handler, RECORDING);
  assert.is(result.thrown, error);
  assert.is(result.endReason.kind, "handler-error");
  assert.equal(
    result.errors.map(({ code }) => code),
    ["ERR_HANDLER"],
  );
  assert.is(result.stats.framesReceived, 11);
  assert.equal(calls, ["handler-error"]);
});

test("options out of range are refused by name", async () => {
  for (const [options, pattern] of [
    [{ wireInputRate: 1 }, /wireInputRate is 1/],
    [{ wireFrameMs: 0 }, /wireFrameMs is 0/],
    [{ tailMs: -1 }, /tailMs is -1/],
    [{ patienceMs: Number.NaN }, /patienceMs is NaN/],
    [{ inputRate: 5 }, /inputRate is 5/],
  ] as [TestHandlerOptions, RegExp][]) {
    const error = await testHandler(new EchoHandler(), RECORDING, options).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    assert.instance(error, ConfigError);
    assert.match((error as ConfigError).message, pattern);
  }
});

test.run();
