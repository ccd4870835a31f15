import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AudioFrame } from "../../src/core/types.ts";
import { loadDspSync } from "../../src/index.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { type Emitted, type EndReason, StreamHandler } from "../../src/stream/handler.ts";
import type { Session } from "../../src/stream/session-handle.ts";
import { sameSamples } from "../samples.ts";
import { LEFT, Made } from "./made-handler.ts";
import { rampFrame, sessionBench, settle } from "./session-bench.ts";

/** The echo as a user would write it with promises. */
class AsyncEcho extends StreamHandler {
  readonly echo = new EchoHandler();
  copy(): AsyncEcho {
    return new AsyncEcho();
  }
  override startUp(session: Session): void {
    this.echo.startUp(session);
  }
  async receive(frame: AudioFrame, session: Session): Promise<void> {
    await null;
    this.echo.receive(frame, session);
  }
  async emit(): Promise<Emitted> {
    await null;
    return this.echo.emit();
  }
}

const echoes: Record<string, () => StreamHandler> = {
  sync: () => new EchoHandler(),
  async: () => new AsyncEcho(),
};

for (const [kind, make] of Object.entries(echoes)) {
  test(`${kind} echo: what goes in comes out, sample for sample, in order and at once`, async () => {
    const bench = sessionBench(make());
    await bench.stream.open();
    for (let n = 0; n < 100; n++) {
      bench.stream.receive(rampFrame(n));
      await settle();
      assert.is(bench.frames.length, n + 1, "each frame is answered in its own turn");
      await bench.clock.advanceBy(20);
    }
    assert.equal(
      bench.frames.map((frame) => frame.atMs),
      Array.from({ length: 100 }, (_, n) => n * 20),
    );
    bench.frames.forEach((frame, n) => {
      sameSamples(frame.samples, rampFrame(n));
      assert.is(frame.sequence, n);
      assert.is(frame.timestamp, n * 160);
    });
    await bench.stream.end(LEFT);
  });

  test(`${kind} echo: 15 frames that arrive after a stall of 300 ms are answered at once`, async () => {
    const bench = sessionBench(make());
    await bench.stream.open();
    for (let n = 0; n < 10; n++) {
      bench.stream.receive(rampFrame(n));
      await bench.clock.advanceBy(20);
    }
    await bench.clock.advanceBy(300);
    const before = bench.frames.length;
    for (let n = 10; n < 25; n++) {
      bench.stream.receive(rampFrame(n));
      await settle();
    }
    assert.is(bench.frames.length, before + 15);
    for (let n = 25; n < 60; n++) {
      bench.stream.receive(rampFrame(n));
      await settle();
      assert.is(bench.frames.length, n + 1, "and no lag stays behind");
      await bench.clock.advanceBy(20);
    }
    await bench.stream.end(LEFT);
  });
}

test("the echo gives back every sample at once whatever the lengths: 1, odd, longer than a frame, the last ones", async () => {
  const bench = sessionBench(new EchoHandler());
  await bench.stream.open();
  const lengths = [160, 1, 37, 1024, 0, 79, 223];
  const all = rampFrame(
    0,
    lengths.reduce((sum, n) => sum + n),
  );
  let at = 0;
  for (const length of lengths) {
    bench.stream.receive(all.subarray(at, at + length));
    at += length;
    await bench.clock.advanceBy((length * 1000) / 8000);
  }
  await bench.clock.advanceBy(50);
  sameSamples(bench.audio(), all);
  await bench.stream.end(LEFT);
});

for (const kind of ["sync", "async", "send"] as const) {
  test(`pacing (${kind}): 100 frames given at once leave over 1,920 ms, four at once and then one each 20 ms`, async () => {
    let n = 0;
    const emit = (): Int16Array | null => (n < 100 ? rampFrame(n++) : null);
    const bench = sessionBench(
      new Made(
        kind === "sync"
          ? { emit }
          : kind === "async"
            ? { emit: async () => emit() }
            : {
                startUp(session) {
                  for (let i = 0; i < 100; i++) session.send(rampFrame(i));
                },
              },
      ),
    );
    await bench.stream.open();
    await bench.clock.advanceBy(5000);
    assert.equal(
      bench.frames.map((frame) => frame.atMs),
      Array.from({ length: 100 }, (_, i) => Math.max(0, i - 3) * 20),
    );
    assert.is(bench.frames.at(-1)?.atMs, 1920);
    await bench.stream.end(LEFT);
  });
}

test("send tells when more than the lead is queued, and drained resolves when it is not", async () => {
  const answers: boolean[] = [];
  let drainedAtMs = -1;
  const bench = sessionBench(
    new Made({
      async startUp(session) {
        for (let i = 0; i < 12; i++) answers.push(session.send(rampFrame(i)));
        void session.drained().then(() => {
          drainedAtMs = bench.clock.now() - 1000;
        });
      },
    }),
  );
  await bench.stream.open();
  assert.equal(
    answers,
    [...Array(7).fill(true), ...Array(5).fill(false)],
    "four left, three wait, then too many",
  );
  await bench.clock.advanceBy(1000);
  assert.is(drainedAtMs, 100, "eight waited, five had to leave until 60 ms were left");
  assert.is(bench.frames.length, 12);
  await bench.stream.end(LEFT);
});

test("pieces of any length become wire frames; the rest leaves before the listener runs dry", async () => {
  const all = rampFrame(0, 1000);
  const bench = sessionBench(
    new Made({
      startUp(session) {
        for (let at = 0; at < 1000; at += 37) session.send(all.subarray(at, Math.min(1000, at + 37)));
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(1000);
  sameSamples(bench.audio(), all);
  assert.equal(
    bench.frames.map((frame) => frame.samples.length),
    [160, 160, 160, 160, 160, 160, 40],
  );
  const rest = bench.frames.at(-1);
  assert.ok(
    rest !== undefined && rest.atMs <= 120,
    `the rest left at ${rest?.atMs} ms; the frames before last 120 ms`,
  );
  await bench.stream.end(LEFT);
});

test("emit is never called twice at once, nor polled after null, and again after receive or wake", async () => {
  let calls = 0;
  let inside = 0;
  const bench = sessionBench(
    new Made({
      async emit() {
        assert.is(++inside, 1);
        calls++;
        await null;
        inside--;
        return null;
      },
    }),
  );
  await bench.stream.open();
  await settle();
  assert.is(calls, 1);
  await bench.clock.advanceBy(10_000);
  assert.is(calls, 1, "not polled");
  bench.stream.receive(rampFrame(0));
  bench.stream.receive(rampFrame(1));
  await settle();
  assert.ok(calls >= 2 && calls <= 3);
  const before = calls;
  bench.stream.session.wake();
  await bench.clock.advanceBy(1);
  assert.is(calls, before + 1);
  await bench.stream.end(LEFT);
});

test("a receive during an awaited emit is not lost: emit is called again", async () => {
  const waiting: (() => void)[] = [];
  let emits = 0;
  const bench = sessionBench(
    new Made({
      emit: () =>
        new Promise((resolve) => {
          emits++;
          waiting.push(() => resolve(null));
        }),
    }),
  );
  await bench.stream.open();
  bench.stream.receive(rampFrame(0));
  assert.is(emits, 1);
  waiting.shift()?.();
  await settle();
  assert.is(emits, 2);
  await bench.stream.end(LEFT);
});

test("clear drops what is queued, what emit had begun, and tells the client; marks are returned once and in order", async () => {
  let give: ((samples: Int16Array) => void) | undefined;
  let emits = 0;
  const bench = sessionBench(
    new Made({
      startUp(session) {
        session.mark("first");
        for (let i = 0; i < 10; i++) session.send(rampFrame(i));
        session.mark("second");
      },
      emit() {
        if (emits++ > 0) return null;
        return new Promise<Int16Array>((resolve) => {
          give = resolve;
        });
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(60);
  const sent = bench.frames.length;
  bench.stream.session.clear();
  assert.equal(bench.events, ["mark first", "clear", "mark second"]);
  give?.(rampFrame(99));
  await bench.clock.advanceBy(1000);
  assert.is(sent, 7);
  assert.is(bench.frames.length, 7);
  assert.not.ok(bench.frames.some((frame) => frame.samples[0] === rampFrame(99)[0]));
  await bench.stream.end(LEFT);
});

test("a handler that clears its session before its own queue is not asked for that queue in between", async () => {
  let pending = Array.from({ length: 50 }, () => new Int16Array(160).fill(1));
  const bench = sessionBench(
    new Made({
      receive(_frame, session) {
        session.clear();
        pending = [new Int16Array(160).fill(2)];
      },
      emit() {
        return pending.shift() ?? null;
      },
    }),
  );
  await bench.stream.open();
  const before = bench.frames.length;
  assert.ok(before > 0 && pending.length > 0);
  bench.stream.receive(rampFrame(0));
  await bench.clock.advanceBy(2000);
  assert.equal(
    bench.frames.slice(before).map(({ samples }) => samples[0]),
    [2],
  );
  await bench.stream.end(LEFT);
});

test("a clear from outside any call of the handler has emit called again, and only where it has more", async () => {
  for (const hasMore of [true, false]) {
    let calls = 0;
    const bench = sessionBench(
      new Made({
        emit() {
          calls++;
          return hasMore ? new Int16Array(800) : null;
        },
      }),
    );
    await bench.stream.open();
    const before = calls;
    bench.stream.session.clear();
    assert.is(calls, before);
    await bench.clock.advanceBy(2);
    assert.is(calls > before, hasMore);
    await bench.stream.end(LEFT);
  }
});

test("startUp has finished before the first receive; frames that come meanwhile are held, 500 ms of them", async () => {
  const order: string[] = [];
  let go: (() => void) | undefined;
  const bench = sessionBench(
    new Made({
      startUp: () =>
        new Promise<void>((resolve) => {
          go = () => {
            order.push("started");
            resolve();
          };
        }),
      receive(frame) {
        order.push(`frame ${frame.sequence}`);
      },
    }),
  );
  const opened = bench.stream.open();
  for (let n = 0; n < 30; n++) bench.stream.receive(rampFrame(n));
  assert.equal(order, []);
  assert.is(bench.stream.counters.framesDropped, 5);
  assert.is(bench.stream.counters.inputQueuedMs, 500);
  go?.();
  await opened;
  assert.equal(order, ["started", ...Array.from({ length: 25 }, (_, i) => `frame ${i + 5}`)]);
  await bench.stream.end(LEFT);
});

test("a busy handler gets one frame at a time, and keeps it until its promise has settled", async () => {
  const seen: number[] = [];
  const held: { frame: AudioFrame; done: () => void }[] = [];
  const bench = sessionBench(
    new Made({
      receive: (frame) =>
        new Promise<void>((resolve) => {
          held.push({ frame, done: resolve });
        }),
    }),
  );
  await bench.stream.open();
  for (let n = 0; n < 5; n++) bench.stream.receive(rampFrame(n));
  for (let n = 0; n < 5; n++) {
    assert.is(held.length, 1);
    const { frame, done } = held.pop()!;
    sameSamples(frame.samples, rampFrame(n));
    seen.push(frame.sequence);
    done();
    await settle();
  }
  assert.equal(seen, [0, 1, 2, 3, 4]);
  await bench.stream.end(LEFT);
});

const failures: Record<string, [Made["parts"], string]> = {
  "startUp throws": [{ startUp: () => raise() }, "startUp"],
  "startUp rejects": [{ startUp: async () => raise() }, "startUp"],
  "receive throws": [{ receive: () => raise() }, "receive"],
  "receive rejects": [{ receive: async () => raise() }, "receive"],
  "emit throws": [{ emit: () => raise() }, "emit"],
  "emit rejects": [{ emit: async () => raise() }, "emit"],
  "emit gives rubbish": [{ emit: () => [1, 2, 3] as never }, "emit"],
  "emit gives bytes": [{ emit: () => new Uint8Array(4) as never }, "emit"],
  "emit gives a wrong rate": [{ emit: () => ({ samples: new Int16Array(8), sampleRate: 8 }) }, "emit"],
};
for (const [name, [parts, method]] of Object.entries(failures)) {
  test(`${name}: the session ends with a report to the client and the log, shutdown runs once`, async () => {
    const reasons: EndReason[] = [];
    const bench = sessionBench(new Made({ ...parts, shutdown: (reason) => void reasons.push(reason) }));
    await bench.stream.open();
    for (let n = 0; n < 3; n++) bench.stream.receive(rampFrame(n));
    await settle();
    await bench.stream.end(LEFT);
    assert.equal(bench.errors, [{ code: "ERR_HANDLER", message: `The handler failed in ${method}().` }]);
    assert.equal(bench.events, ["close 1011"]);
    assert.is(bench.logged.length, 1);
    assert.equal(
      reasons.map((reason) => reason.kind),
      ["handler-error"],
    );
    assert.is(bench.stream.session.send(rampFrame(0)), false);
    assert.ok(bench.stream.session.signal.aborted);
  });
}

for (const method of ["startUp", "receive"] as const) {
  test(`${method} that never settles ends its session after the time-out`, async () => {
    const reasons: EndReason[] = [];
    const bench = sessionBench(
      new Made({
        [method]: () => new Promise<void>(() => {}),
        shutdown: (reason) => void reasons.push(reason),
      }),
    );
    void bench.stream.open();
    bench.stream.receive(rampFrame(0));
    await bench.clock.advanceBy(29_000);
    assert.equal(bench.events, []);
    await bench.clock.advanceBy(2_000);
    assert.equal(bench.events, ["close 1011"]);
    assert.is(bench.errors[0]?.code, "ERR_HANDLER_TIMEOUT");
    assert.equal(
      reasons.map((reason) => reason.kind),
      ["handler-timeout"],
      "shutdown does not wait for it a second time",
    );
    await bench.clock.advanceBy(60_000);
    assert.is(reasons.length, 1);
    assert.is(bench.clock.pending, 0);
  });
}

test("a handler that floods ends its own session", async () => {
  const bench = sessionBench(
    new Made({
      startUp(session) {
        for (let n = 0; n < 1000; n++) session.send(rampFrame(n));
      },
    }),
    { limits: { maxOutputMs: 2000 } },
  );
  await bench.stream.open();
  assert.equal(
    bench.errors.map((error) => error.code),
    ["ERR_HANDLER_FLOOD"],
  );
  await bench.stream.end(LEFT);
});

test("shutdown runs exactly once whichever way and however often the session ends, and a hanging one is left behind", async () => {
  const reasons: EndReason[] = [];
  const bench = sessionBench(
    new Made({
      shutdown: (reason) => {
        reasons.push(reason);
        return new Promise<void>(() => {});
      },
    }),
  );
  await bench.stream.open();
  const ends = Promise.all([bench.stream.end(LEFT), bench.stream.end(LEFT), bench.stream.end(LEFT)]);
  bench.stream.session.close();
  await bench.clock.advanceBy(6000);
  await ends;
  assert.is(reasons.length, 1);
  assert.match(bench.logged.join(), "left behind");
});

test("close lets queued audio leave first", async () => {
  const bench = sessionBench(
    new Made({
      startUp(session) {
        for (let n = 0; n < 20; n++) session.send(rampFrame(n));
        session.close("done");
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(2000);
  assert.is(bench.frames.length, 20);
  assert.equal(bench.events, ["close 1000"]);
  assert.is(bench.stream.endReason?.kind, "closed");
});

test("all memory comes back when sessions end", async () => {
  const dsp = loadDspSync();
  const before = dsp.memory.usedBytes;
  for (let i = 0; i < 50; i++) {
    const bench = sessionBench(new EchoHandler());
    await bench.stream.open();
    bench.stream.receive(rampFrame(i));
    await bench.stream.end(LEFT);
  }
  assert.is(dsp.memory.usedBytes, before);
});

test("marks and clears that the client reports reach the handler", async () => {
  const seen: string[] = [];
  const bench = sessionBench(
    new Made({
      onMark: (name) => void seen.push(name),
      onCleared: (playedMs) => void seen.push(String(playedMs)),
    }),
  );
  await bench.stream.open();
  bench.stream.markReturned("a");
  bench.stream.session.send(new Int16Array(480), 8000);
  bench.stream.cleared(40);
  assert.equal(seen, ["a", "40"]);
  await bench.stream.end(LEFT);
});

test("a handler that wakes itself spins the event loop, not the turn", async () => {
  let emits = 0;
  const bench = sessionBench(
    new Made({
      emit(session) {
        emits++;
        session.wake();
        return null;
      },
    }),
  );
  await bench.stream.open();
  assert.is(emits, 1);
  await bench.stream.end(LEFT);
});

function raise(): never {
  throw new Error("a secret of the handler");
}

test.run();
