/** What a session carries beside audio: inputs, outputs, keys, events, and how much has been played. */
import { test } from "uvu";
import * as assert from "uvu/assert";
import type { Session } from "../../src/stream/session-handle.ts";
import { LEFT, Made } from "./made-handler.ts";
import { type SessionBench, sessionBench } from "./session-bench.ts";

/** A session that has started. */
async function bench(handler: Made): Promise<SessionBench> {
  const made = sessionBench(handler);
  await made.stream.open();
  return made;
}

test("additional inputs: the latest are kept, handler, listeners and waiters are told", async () => {
  const told: unknown[] = [];
  const handler = new Made({});
  handler.onInput = (values) => void told.push(["onInput", values]);
  const { stream, events } = await bench(handler);
  const { session } = stream;
  assert.equal(session.input, []);
  const off = session.on("input", (values) => told.push(["input", values]));
  const waited = session.waitForInput();
  assert.ok(events.includes("send-input"));
  session.setInput("a", { b: 1 });
  assert.equal(await waited, ["a", { b: 1 }]);
  off();
  session.setInput();
  assert.equal(session.input, []);
  assert.equal(told, [
    ["onInput", ["a", { b: 1 }]],
    ["input", ["a", { b: 1 }]],
    ["onInput", []],
  ]);
  const last = session.waitForInput();
  await stream.end(LEFT);
  assert.equal(await last, []);
  assert.equal(await session.waitForInput(), []);
});

test("outputs leave as JSON; what JSON cannot write, or too much of it, is refused by name", async () => {
  const { stream, events } = await bench(new Made({}));
  const { session } = stream;
  for (const value of [1, "ü\n", null, { a: [true] }]) session.output(value);
  const sent = events.filter((event) => event.startsWith("output "));
  assert.equal(sent, ["output 1", 'output "ü\\n"', "output null", 'output {"a":[true]}']);
  const circle: unknown[] = [];
  circle.push(circle);
  for (const value of [undefined, () => {}, 1n, circle]) {
    assert.throws(
      () => session.output(value),
      (error: { code?: string }) => error.code === "ERR_CONFIG",
    );
  }
  assert.throws(
    () => session.output("x".repeat(70_000)),
    (error: { code?: string }) => error.code === "ERR_TOO_BIG",
  );
  assert.is(events.filter((event) => event.startsWith("output ")).length, 4);
});

test("a mark has a name that every client can give back, or is refused in the handler's own stack", async () => {
  const { stream, events } = await bench(new Made({}));
  const { session } = stream;
  for (const name of ["", "x".repeat(257)]) {
    assert.throws(
      () => session.mark(name),
      (error: { code?: string; hint?: string }) =>
        error.code === "ERR_CONFIG" && /1 to 256/.test(error.hint ?? ""),
    );
  }
  session.mark("x".repeat(256));
  assert.equal(events, [`mark ${"x".repeat(256)}`]);
  await stream.end(LEFT);
  session.mark("");
});

test("keys and marks reach methods and listeners; a listener that throws ends the session", async () => {
  const told: string[] = [];
  const handler = new Made({ onMark: (name: string) => void told.push(`onMark ${name}`) });
  handler.onDtmf = (digit, session) => void told.push(`onDtmf ${digit} ${session.id}`);
  const { stream, errors } = await bench(handler);
  const { session } = stream;
  session.on("dtmf", (digit) => told.push(`dtmf ${digit}`));
  session.on("mark", (name) => told.push(`mark ${name}`));
  stream.dtmf("#");
  stream.markReturned("m");
  assert.equal(told, [`onDtmf # ${session.id}`, "dtmf #", "onMark m", "mark m"]);
  session.on("dtmf", () => {
    throw new Error("broken");
  });
  stream.dtmf("1");
  assert.is(stream.endReason?.kind, "handler-error");
  assert.equal(
    errors.map(({ code }) => code),
    ["ERR_HANDLER"],
  );
  assert.throws(() => session.on("dtmf", 5 as never), TypeError);
});

test("a warning goes to the client", async () => {
  const { stream, events } = await bench(new Made({}));
  stream.session.warn("low");
  assert.ok(events.includes("warning low"));
});

test("the playout position follows the clock, stops at a clear, and believes a client that says so", async () => {
  const cleared: number[] = [];
  const { stream, clock } = await bench(new Made({ onCleared: (playedMs) => void cleared.push(playedMs) }));
  const session: Session = stream.session;
  assert.is(session.playedMs, 0);
  session.send(new Int16Array(8000 / 2), 8000);
  await clock.advanceBy(200);
  const beforeMs = session.playedMs;
  assert.ok(Math.abs(beforeMs - 200) <= 2, `${beforeMs} ms played after 200 ms`);
  session.clear();
  await clock.advanceBy(500);
  assert.ok(Math.abs(session.playedMs - beforeMs) <= 2, "what was dropped is not played");
  stream.cleared(150);
  assert.equal(cleared, [150]);
  assert.is(session.playedMs, 150);
  session.send(new Int16Array(800), 8000);
  await clock.advanceBy(50);
  assert.ok(Math.abs(session.playedMs - 200) <= 2);
  await clock.advanceBy(500);
  assert.is(Math.round(session.playedMs), 250);
  session.clear();
  stream.cleared(9_999_999);
  assert.ok(session.playedMs <= stream.counters.sentMs, "no more than was sent");
  assert.ok(cleared[1]! <= stream.counters.sentMs, "whatever the client says");
  session.clear();
  stream.cleared(undefined);
  assert.is(cleared.length, 3);
  assert.ok(Math.abs(cleared[2]! - session.playedMs) <= 2);
});

test.run();
