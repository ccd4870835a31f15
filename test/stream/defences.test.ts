/** What a handler may do to the objects it is given, and what those who wait for the output are told. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import { SESSION_STATS } from "../../src/stream/session-counters.ts";
import type { Session } from "../../src/stream/session-handle.ts";
import { LEFT, Made } from "./made-handler.ts";
import { rampFrame, sessionBench, settle } from "./session-bench.ts";

test("counters that a handler freezes, or writes, go on counting", async () => {
  let seen: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp: (session) => {
        seen = session;
        Object.freeze(session.stats);
        assert.throws(() => {
          (session.stats as { framesReceived: number }).framesReceived = 7;
        });
      },
      receive: (frame, session) => void session.send(frame.samples),
    }),
  );
  await bench.stream.open();
  for (let n = 0; n < 3; n++) bench.stream.receive(rampFrame(n));
  assert.is(seen?.stats.framesReceived, 3);
  assert.is(seen?.stats.receivedMs, 60);
  const { counters } = bench.stream;
  assert.equal({ ...seen?.stats }, Object.fromEntries(SESSION_STATS.map((name) => [name, counters[name]])));
  assert.is(seen?.stats, seen?.stats);
  assert.equal(bench.errors, []);
  await bench.stream.end(LEFT);
});

test("a listener on session.signal that throws, or rejects, is logged and harms nobody", async () => {
  const heard: string[] = [];
  const bench = sessionBench(
    new Made({
      startUp: ({ signal }) => {
        signal.addEventListener("abort", () => {
          throw new Error("one");
        });
        signal.addEventListener("abort", async () => {
          throw new Error("two");
        });
        signal.addEventListener("abort", {
          handleEvent: () => {
            throw new Error("three");
          },
        });
        signal.onabort = () => {
          throw new Error("four");
        };
        signal.addEventListener("abort", () => heard.push("last"), { once: true });
        const removed = () => heard.push("removed");
        signal.addEventListener("abort", removed);
        signal.removeEventListener("abort", removed);
      },
    }),
  );
  await bench.stream.open();
  await bench.stream.end(LEFT);
  await settle();
  assert.equal(heard, ["last"]);
  assert.is(bench.logged.filter((line) => line.includes("session.signal")).length, 4);
});

test("session.signal is a signal: fetch takes it, listeners are kept once, onabort can be taken back", async () => {
  let calls = 0;
  let session: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp: (started) => {
        session = started;
      },
    }),
  );
  await bench.stream.open();
  const { signal } = session!;
  assert.instance(signal, AbortSignal);
  const listener = () => calls++;
  signal.addEventListener("abort", listener);
  signal.addEventListener("abort", listener);
  signal.onabort = () => {
    calls += 10;
  };
  signal.onabort = null;
  assert.is(signal.onabort, null);
  const any = AbortSignal.any([signal, new AbortController().signal]);
  await bench.stream.end(LEFT);
  assert.is(calls, 1);
  assert.ok(signal.aborted && any.aborted);
  assert.throws(() => signal.throwIfAborted(), /abort/i);
});

test("a signal that is asked for after the end is aborted already", async () => {
  let session: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp: (started) => {
        session = started;
      },
    }),
  );
  await bench.stream.open();
  await bench.stream.end(LEFT);
  assert.ok(session?.signal.aborted);
});

test("drained() resolves as soon as no more than the lead is queued, whoever let the frames go", async () => {
  let session: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp: (started) => {
        session = started;
      },
    }),
  );
  await bench.stream.open();
  session!.send(rampFrame(0, 160 * 10));
  const queuedMs = session!.stats.outputQueuedMs;
  assert.ok(queuedMs > 60);
  let drainedAtMs = -1;
  void session!.drained().then(() => {
    drainedAtMs = bench.clock.now();
  });
  // input that comes in a bunch lets frames go within the handler's next send
  for (let n = 0; n < 5; n++) bench.stream.receive(rampFrame(n));
  session!.send(rampFrame(0, 8));
  assert.ok(session!.stats.outputQueuedMs <= 60 + 1, `${session!.stats.outputQueuedMs} ms are left`);
  const beforeMs = bench.clock.now();
  await bench.clock.advanceBy(25);
  assert.ok(drainedAtMs >= 0 && drainedAtMs - beforeMs <= 21, `told after ${drainedAtMs - beforeMs} ms`);
  await bench.stream.end(LEFT);
});

test("drained() resolves where the last of the queue left within a send", async () => {
  let session: Session | undefined;
  const bench = sessionBench(
    new Made({
      startUp: (started) => {
        session = started;
      },
    }),
  );
  await bench.stream.open();
  session!.send(rampFrame(0, 160 * 10));
  let isDrained = false;
  void session!.drained().then(() => {
    isDrained = true;
  });
  for (let n = 0; n < 20; n++) bench.stream.receive(rampFrame(n));
  session!.send(rampFrame(0, 160));
  assert.is(session!.stats.outputQueuedMs, 0);
  await bench.clock.advanceBy(2);
  assert.ok(isDrained);
  await bench.stream.end(LEFT);
});

test("a mark over a resampled stream is sent after the last sample before it, not before", async () => {
  for (const rate of [16_000, 24_000, 48_000, 44_100]) {
    let session: Session | undefined;
    const handler = new Made({
      startUp: (started) => {
        session = started;
      },
    });
    handler.outputRate = rate;
    const bench = sessionBench(handler);
    await bench.stream.open();
    const sent = (ms: number) => session!.send(new Int16Array((ms * rate) / 1000).fill(1000));
    sent(100);
    session!.mark("x");
    sent(400);
    while (!bench.events.includes("mark x")) await bench.clock.advanceBy(1);
    const samples = bench.audio().length;
    assert.ok(
      samples >= 800 && samples <= 800 + 160,
      `${rate} Hz: ${samples} samples were out; 800 belong before it`,
    );
    await bench.stream.end(LEFT);
  }
});

test.run();
