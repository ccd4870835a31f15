import { test } from "uvu";
import * as assert from "uvu/assert";
import type { AudioFrame, SampleArray } from "../../src/core/types.ts";
import { type GeneratorFunction, GeneratorHandler } from "../../src/stream/generator-handler.ts";
import type { EndReason } from "../../src/stream/handler.ts";
import { sameSamples } from "../samples.ts";
import { LEFT } from "./made-handler.ts";
import { type BenchOptions, rampFrame, type SessionBench, sessionBench, settle } from "./session-bench.ts";

function benchOf(
  make: GeneratorFunction<Int16Array>,
  options: BenchOptions = {},
): SessionBench & { reasons: EndReason[] } {
  const handler = new GeneratorHandler(make as unknown as GeneratorFunction<never>);
  const reasons: EndReason[] = [];
  const shutdown = handler.shutdown.bind(handler);
  handler.shutdown = (reason) => {
    reasons.push(reason);
    return shutdown(reason);
  };
  return { ...sessionBench(handler, options), reasons };
}

const echo: GeneratorFunction = async function* (session) {
  for await (const frame of session) yield frame;
};

test("the echo in one line is exact, in order, and answers each frame in its own turn", async () => {
  const bench = benchOf(echo);
  await bench.stream.open();
  for (let n = 0; n < 200; n++) {
    bench.stream.receive(rampFrame(n));
    await settle();
    assert.is(bench.frames.length, n + 1);
    await bench.clock.advanceBy(20);
  }
  bench.frames.forEach((frame, n) => {
    sameSamples(frame.samples, rampFrame(n));
  });
  assert.is(bench.stream.counters.framesDropped, 0);
  await bench.stream.end(LEFT);
  assert.is(bench.clock.pending, 0);
});

test("float32 frames pass a generator unchanged", async () => {
  const seen: SampleArray[] = [];
  const handler = new GeneratorHandler(
    async function* (session: AsyncIterable<AudioFrame<Float32Array>>) {
      for await (const frame of session) {
        seen.push(frame.samples);
        yield frame.samples;
      }
    } as unknown as GeneratorFunction<never>,
    { sampleFormat: "float32" },
  );
  const bench = sessionBench(handler);
  await bench.stream.open();
  for (let n = 0; n < 50; n++) {
    bench.stream.receive(rampFrame(n));
    await settle();
  }
  assert.instance(seen[0], Float32Array);
  sameSamples(bench.audio(), rampFrame(0, 50 * 160));
  await bench.stream.end(LEFT);
});

test("a generator that returns closes its session once its audio has left", async () => {
  const bench = benchOf(async function* () {
    yield rampFrame(0, 8000 * 12);
    yield rampFrame(1);
  });
  await bench.stream.open();
  await bench.clock.advanceBy(11_900);
  assert.equal(bench.events, []);
  await bench.clock.advanceBy(200);
  assert.equal(bench.events, ["close 1000"]);
  assert.is(bench.audio().length, 8000 * 12 + 160);
  assert.equal(
    bench.reasons.map(({ kind }) => kind),
    ["closed"],
  );
  assert.is(bench.clock.pending, 0);
});

const throwing: Record<string, GeneratorFunction> = {
  "before its first yield": async function* () {
    if (Date.now() > 0) throw new Error("a secret");
    yield null;
  },
  "after a frame": async function* (session) {
    for await (const frame of session) {
      yield frame;
      throw new Error("a secret");
    }
  },
  "when it is called": () => {
    throw new Error("a secret");
  },
  "by yielding rubbish": async function* () {
    yield 5 as never;
  },
};
for (const [name, make] of Object.entries(throwing)) {
  test(`a generator that fails ${name} ends its session with a report that keeps its secret`, async () => {
    const bench = benchOf(make);
    await bench.stream.open();
    for (let n = 0; n < 3; n++) {
      bench.stream.receive(rampFrame(n));
      await settle();
    }
    assert.is(bench.errors.length, 1);
    assert.is(bench.errors[0]?.code, "ERR_HANDLER");
    assert.not.ok(JSON.stringify(bench.errors).includes("secret"));
    await bench.stream.end(LEFT);
    assert.equal(bench.events, ["close 1011"]);
    assert.equal(
      bench.reasons.map(({ kind }) => kind),
      ["handler-error"],
    );
  });
}

for (const [name, nothing] of [
  ["null", null],
  ["undefined", undefined],
  ["an empty array", new Int16Array(0)],
  ["an empty frame", { samples: new Int16Array(0), sampleRate: 8000 }],
] as const) {
  test(`a generator that yields ${name} for ever gets a turn of the event loop each time, and starves nobody`, async () => {
    let yields = 0;
    const bench = benchOf(async function* () {
      for (;;) {
        yields++;
        yield nothing;
      }
    });
    const other = benchOf(echo);
    await bench.stream.open();
    await other.stream.open();
    await settle();
    assert.is(yields, 1);
    await bench.clock.advanceBy(100);
    assert.ok(yields > 10 && yields <= 102, `${yields} yields in 100 ms: asked again without a frame`);
    other.stream.receive(rampFrame(0));
    await settle();
    assert.is(other.frames.length, 1);
    const ended = bench.stream.end(LEFT);
    await ended;
    const last = yields;
    await bench.clock.advanceBy(100);
    assert.is(yields, last);
    assert.is(bench.clock.pending, 0);
    await other.stream.end(LEFT);
  });
}

test("a generator that has left its for-await goes on yielding; frames wait, 500 ms of them, until it listens again", async () => {
  const heard: number[] = [];
  const bench = benchOf(async function* (session) {
    for await (const frame of session) {
      heard.push(frame.sequence);
      if (heard.length === 3) break;
    }
    for (let n = 0; n < 50; n++) yield rampFrame(n);
    for await (const frame of session) heard.push(frame.sequence);
  });
  await bench.stream.open();
  for (let n = 0; n < 100; n++) {
    bench.stream.receive(rampFrame(n));
    await bench.clock.advanceBy(20);
    assert.ok(bench.stream.counters.inputQueuedMs <= 500);
  }
  sameSamples(bench.audio(), rampFrame(0, 50 * 160));
  assert.equal(heard.slice(0, 4), [0, 1, 2, 3], "the frame that came first was held");
  assert.equal(
    heard.slice(4),
    Array.from({ length: heard.length - 4 }, (_, i) => 100 - (heard.length - 4) + i),
    "then the newest, without a gap, up to now",
  );
  assert.is(bench.stream.counters.framesDropped, 100 - heard.length);
  await bench.stream.end(LEFT);
});

test("a slow generator keeps up by losing the oldest frames, which are counted; no time-out takes it for dead", async () => {
  const heard: number[] = [];
  const bench = benchOf(async function* (session) {
    for await (const frame of session) {
      heard.push(frame.sequence);
      await new Promise<void>((resolve) => bench.clock.setTimer(resolve, 45_000));
      yield null;
    }
  });
  await bench.stream.open();
  for (let n = 0; n < 5000; n++) {
    bench.stream.receive(rampFrame(n % 400));
    await bench.clock.advanceBy(20);
  }
  assert.equal(bench.errors, []);
  assert.is(heard.length, 3);
  assert.is(bench.stream.counters.inputQueuedMs, 500);
  assert.is(bench.stream.counters.framesDropped, 5000 - 25 - heard.length);
  const ended = bench.stream.end(LEFT);
  await bench.clock.advanceBy(50_000);
  await ended;
  assert.is(bench.clock.pending, 0);
});

test("what a generator was about to yield when its session was cleared is discarded, the next is sent", async () => {
  const give: ((samples: Int16Array) => void)[] = [];
  const bench = benchOf(async function* () {
    for (;;) {
      yield await new Promise<Int16Array>((resolve) => {
        give.push(resolve);
      });
    }
  });
  await bench.stream.open();
  bench.stream.session.clear();
  give.shift()?.(rampFrame(1));
  await bench.clock.advanceBy(5);
  give.shift()?.(rampFrame(2));
  await bench.clock.advanceBy(5);
  sameSamples(bench.audio(), rampFrame(2));
  assert.equal(bench.events, ["clear"]);
  const ended = bench.stream.end(LEFT);
  give.shift()?.(rampFrame(3));
  await ended;
});

test("what a generator yields after its own clear is heard: interrupt, then answer", async () => {
  const bench = benchOf(async function* (session) {
    session.send(rampFrame(0, 16_000)); // two seconds of talk
    for await (const frame of session) {
      session.clear();
      yield frame;
      yield { samples: rampFrame(9), sampleRate: 8000 };
    }
  });
  await bench.stream.open();
  await bench.clock.advanceBy(100);
  const talk = bench.frames.length;
  assert.ok(talk > 0 && talk < 15);
  bench.stream.receive(rampFrame(5));
  await bench.clock.advanceBy(200);
  assert.equal(bench.events, ["clear"]);
  assert.equal(
    bench.frames.slice(talk).map((frame) => frame.samples[0]),
    [rampFrame(5)[0], rampFrame(9)[0]],
  );
  await bench.stream.end(LEFT);
});

for (const where of ["waiting for a frame", "at a yield", "waiting for something that follows the signal"]) {
  test(`the end finds a generator ${where}: its finally blocks run once, before end() resolves`, async () => {
    let finallies = 0;
    const bench = benchOf(async function* (session) {
      try {
        if (where === "waiting for a frame") for await (const frame of session) yield frame;
        else if (where === "at a yield") for (;;) yield rampFrame(0, 8000);
        else
          await new Promise((_, reject) =>
            session.signal.addEventListener("abort", () => reject(session.signal.reason)),
          );
      } finally {
        await settle();
        finallies++;
      }
    });
    await bench.stream.open();
    bench.stream.receive(rampFrame(0));
    await settle();
    await bench.stream.end(LEFT);
    assert.is(finallies, 1);
    await bench.stream.end(LEFT);
    assert.is(finallies, 1);
    assert.equal(bench.logged, []);
    assert.equal(bench.errors, []);
    assert.is(bench.clock.pending, 0);
  });
}

test("a generator that fails in its finally block is logged; one that hangs there is left behind, and said so", async () => {
  const failing = benchOf(async function* () {
    try {
      yield rampFrame(0, 8000);
      yield null;
    } finally {
      // biome-ignore lint/correctness/noUnsafeFinally: a failing clean-up is what is tested
      throw new Error("while cleaning up");
    }
  });
  await failing.stream.open();
  await failing.stream.end(LEFT);
  assert.match(failing.logged.join(), "failed in shutdown");
  const hanging = benchOf(async function* () {
    await new Promise(() => {});
    yield null;
  });
  await hanging.stream.open();
  const ended = hanging.stream.end(LEFT);
  await hanging.clock.advanceBy(5_001);
  await ended;
  assert.match(hanging.logged.join(), "left behind");
});

test("a yield of more than the lead holds the generator back: it is asked for the next when there is room", async () => {
  let yields = 0;
  const bench = benchOf(async function* () {
    for (;;) {
      yields++;
      yield rampFrame(0, 8000);
    }
  });
  await bench.stream.open();
  await bench.clock.advanceBy(10_000);
  assert.ok(yields <= 12, `${yields} seconds made in ten`);
  assert.ok(bench.stream.counters.sentMs >= 10_000);
  assert.ok(bench.stream.counters.outputQueuedMs <= 1060);
  await bench.stream.end(LEFT);
});

test("a copy is a generator of its own with the same settings", () => {
  const handler = new GeneratorHandler(echo as unknown as GeneratorFunction<never>, {
    inputRate: 16000,
    outputRate: 24000,
    frameMs: 30,
    sampleFormat: "float32",
  });
  const copy = handler.copy();
  assert.is.not(copy, handler);
  assert.equal(
    [copy.inputRate, copy.outputRate, copy.frameMs, copy.sampleFormat],
    [16000, 24000, 30, "float32"],
  );
});

test.run();
