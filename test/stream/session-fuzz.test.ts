import fc from "fast-check";
import { test } from "uvu";
import * as assert from "uvu/assert";
import { loadDspSync } from "../../src/index.ts";
import { conversionScratch } from "../../src/stream/conversion-scratch.ts";
import type { Emitted, EndReason } from "../../src/stream/handler.ts";
import type { Session } from "../../src/stream/session-handle.ts";
import { LEFT, Made } from "./made-handler.ts";
import { sessionBench, settle } from "./session-bench.ts";

const LEAD_MS = 60;
const SAMPLES_PER_MS = 8;

type Step =
  | { kind: "receive" | "send" | "advance"; n: number }
  | { kind: "clear" | "mark" | "wake" | "settle" | "close" | "end" | "returnMark" | "cleared"; n: number };

function step(kind: Step["kind"], max: number): fc.Arbitrary<Step> {
  return fc.record({ kind: fc.constant(kind), n: fc.nat(max) }) as fc.Arbitrary<Step>;
}

const steps = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: step("receive", 500) },
    { weight: 8, arbitrary: step("advance", 120) },
    { weight: 5, arbitrary: step("send", 900) },
    { weight: 6, arbitrary: step("settle", 5) },
    { weight: 2, arbitrary: step("clear", 0) },
    { weight: 3, arbitrary: step("mark", 0) },
    { weight: 2, arbitrary: step("wake", 0) },
    { weight: 1, arbitrary: step("returnMark", 0) },
    { weight: 1, arbitrary: step("cleared", 0) },
    { weight: 1, arbitrary: step("close", 0) },
    { weight: 1, arbitrary: step("end", 0) },
  ),
  { maxLength: 60 },
);

const nature = fc.record({
  receive: fc.constantFrom("sync", "async"),
  emit: fc.constantFrom("none", "sync", "async"),
  startUp: fc.constantFrom("none", "sync", "async"),
  shutdown: fc.constantFrom("sync", "async"),
  /** What the handler does to its session inside `receive`, each n-th time. */
  inside: fc.constantFrom("nothing", "send", "clear", "mark", "close"),
  insideEach: fc.integer({ min: 2, max: 9 }),
  emitSamples: fc.integer({ min: 0, max: 700 }),
});

test("whatever is called in whatever order: nothing throws, order holds, all is bounded, ends once and is given back", async () => {
  const dsp = loadDspSync();
  const rejections: unknown[] = [];
  const onRejection = (error: unknown): void => void rejections.push(error);
  process.on("unhandledRejection", onRejection);
  conversionScratch(dsp);
  const before = dsp.memory.usedBytes;
  await fc.assert(
    fc.asyncProperty(nature, steps, async (kind, list) => {
      /** Every sample given counts on from 1 (modulo 2^15), so what is heard tells where it came from. */
      let given = 0;
      /** Where each clear found the count: what was given before may be missing from then on. */
      const clearedAt: number[] = [];
      const make = (n: number): Int16Array =>
        Int16Array.from({ length: n }, () => (++given % 32768) as number);
      const pending: (() => void)[] = [];
      const later = <T>(value: () => T): Promise<T> =>
        new Promise((resolve) => void pending.push(() => resolve(value())));
      const calls: string[] = [];
      const marksAsked: string[] = [];
      const reasons: EndReason[] = [];
      let receives = 0;
      let inReceive = 0;
      let inEmit = 0;
      const mark = (session: Session): void => {
        const name = `m${marksAsked.length}`;
        if (reasons.length === 0 && bench.stream.endReason === undefined) marksAsked.push(name);
        session.mark(name);
      };
      const clear = (session: Session): void => {
        clearedAt.push(given);
        session.clear();
      };
      /** It discards what emit has begun, as a clear does. */
      const close = (session: Session): void => {
        clearedAt.push(given);
        session.close();
      };
      const parts: Made["parts"] = {
        shutdown(reason) {
          reasons.push(reason);
          return kind.shutdown === "async" ? later(() => undefined) : undefined;
        },
        receive(_frame, session) {
          assert.is(inReceive, 0, "receive twice at once");
          assert.is(reasons.length, 0, "receive after shutdown");
          assert.ok(
            kind.startUp === "none" || calls.includes("started"),
            "receive before startUp has finished",
          );
          if (++receives % kind.insideEach === 0) {
            if (kind.inside === "send") session.send(make(200));
            else if (kind.inside === "clear") clear(session);
            else if (kind.inside === "mark") mark(session);
            else if (kind.inside === "close") close(session);
          }
          if (kind.receive === "sync") return;
          inReceive++;
          return later(() => void inReceive--);
        },
      };
      if (kind.startUp !== "none") {
        parts.startUp = () => {
          if (kind.startUp === "async") return later(() => void calls.push("started"));
          calls.push("started");
        };
      }
      if (kind.emit !== "none") {
        let budget = 0;
        parts.emit = () => {
          assert.is(inEmit, 0, "emit twice at once");
          assert.is(reasons.length, 0, "emit after shutdown");
          assert.ok(
            bench.stream.counters.outputQueuedMs <= LEAD_MS,
            "emit while more than the lead is queued",
          );
          const value = (): Emitted => (++budget % 4 === 0 ? null : make(kind.emitSamples));
          if (kind.emit === "sync") return value();
          inEmit++;
          const clears = clearedAt.length;
          return later(() => {
            inEmit--;
            // begun before a clear or a close: zeros, which count for nothing and must not be heard
            return clearedAt.length === clears ? value() : new Int16Array(kind.emitSamples);
          });
        };
      }
      const bench = sessionBench(new Made(parts), { limits: { maxOutputMs: 100_000 } });
      void bench.stream.open();
      let ended: Promise<void> | undefined;
      for (const { kind: what, n } of list) {
        const { stream } = bench;
        if (what === "receive") stream.receive(new Int16Array(n));
        else if (what === "advance") await bench.clock.advanceBy(n);
        else if (what === "send")
          stream.session.send(stream.endReason === undefined ? make(n) : new Int16Array(n));
        else if (what === "clear") clear(stream.session);
        else if (what === "mark") mark(stream.session);
        else if (what === "wake") stream.session.wake();
        else if (what === "returnMark") stream.markReturned("other");
        else if (what === "cleared") stream.cleared(n);
        else if (what === "close") close(stream.session);
        else if (what === "end") ended = stream.end(LEFT);
        else {
          // promises settle in any order, each in a turn of its own: what emit made is sent before anything else is made
          for (let i = 0; i <= n && pending.length > 0; i++) {
            pending.splice((n * 7 + i) % pending.length, 1)[0]?.();
            await settle();
          }
          await settle();
        }
        assert.ok(stream.counters.inputQueuedMs <= 500);
        assert.ok(stream.counters.outputQueuedMs <= 100_000);
      }
      await settle();
      for (let i = 0; i < 200 && pending.length > 0; i++) {
        pending.shift()?.();
        await settle();
        if (i === 100) ended ??= bench.stream.end(LEFT);
      }
      await bench.clock.advanceBy(10_000);
      ended = bench.stream.end(LEFT);
      for (let i = 0; i < 50; i++) {
        pending.shift()?.();
        await settle();
      }
      await bench.clock.advanceBy(40_000);
      await ended;

      assert.is(reasons.length, 1, "shutdown exactly once");
      assert.equal(bench.errors, []);
      assert.equal(
        bench.logged.filter((line) => !line.includes("shutdown() did not finish")),
        [],
      );
      assert.ok(bench.events.filter((event) => event.startsWith("close")).length <= 1);
      const marks = bench.events.filter((event) => event.startsWith("mark")).map((event) => event.slice(5));
      assert.equal(marks, marksAsked.slice(0, marks.length), "marks once, in order");
      // what is heard rises, and leaves out only what a clear, or the end, took away
      let last = 0;
      let clears = 0;
      for (const { samples } of bench.frames) {
        for (const sample of samples) {
          if (sample !== (last + 1) % 32768) {
            const skippedTo = last + ((((sample - last) % 32768) + 32768) % 32768);
            while (clears < clearedAt.length && clearedAt[clears]! < last) clears++;
            assert.ok(skippedTo > last && clears < clearedAt.length, `${sample} after ${last}`);
            last = skippedTo;
          } else last++;
        }
      }
      assert.ok(last <= given);
      bench.frames.forEach((frame, n) => {
        assert.is(frame.sequence, n);
        if (n > 0)
          assert.is(frame.timestamp, bench.frames[n - 1]!.timestamp + bench.frames[n - 1]!.samples.length);
      });
      assert.is(dsp.memory.usedBytes, before, "memory");
      assert.is(bench.clock.pending, 0, "timers");
    }),
    { numRuns: 300 },
  );
  await settle();
  process.off("unhandledRejection", onRejection);
  assert.equal(rejections, []);
});

test("without input, no frame leaves earlier than the pacer's rule, however the audio is given", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ afterMs: fc.nat(200), samples: fc.nat(6000) }), { minLength: 1, maxLength: 20 }),
      async (bursts) => {
        const bench = sessionBench(new Made({}));
        await bench.stream.open();
        for (const { afterMs, samples } of bursts) {
          await bench.clock.advanceBy(afterMs);
          bench.stream.session.send(new Int16Array(samples));
        }
        await bench.clock.advanceBy(60_000);
        // over any stretch of time no more than it lasts, the lead, and the frame that may still leave
        const { frames } = bench;
        for (let first = 0; first < frames.length; first++) {
          let sent = 0;
          for (let n = first; n < frames.length; n++) {
            const elapsedMs = frames[n]!.atMs - frames[first]!.atMs;
            assert.ok(
              sent / SAMPLES_PER_MS <= elapsedMs + 2 * LEAD_MS + 20,
              `${sent / SAMPLES_PER_MS} ms in ${elapsedMs} ms`,
            );
            sent += frames[n]!.samples.length;
          }
        }
        assert.is(
          bench.audio().length,
          bursts.reduce((sum, { samples }) => sum + samples, 0),
        );
        await bench.stream.end(LEFT);
      },
    ),
    { numRuns: 100 },
  );
});

test.run();
