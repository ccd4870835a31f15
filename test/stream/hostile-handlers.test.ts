import { test } from "uvu";
import * as assert from "uvu/assert";
import type { ConfigError } from "../../src/core/errors.ts";
import type { AudioFrame } from "../../src/core/types.ts";
import { loadDspSync } from "../../src/index.ts";
import { checkEmitted } from "../../src/stream/check-emitted.ts";
import { conversionScratch } from "../../src/stream/conversion-scratch.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import { GeneratorHandler } from "../../src/stream/generator-handler.ts";
import type { EndReason, StreamHandler } from "../../src/stream/handler.ts";
import type { Session } from "../../src/stream/session-handle.ts";
import { sameSamples } from "../samples.ts";
import { LEFT, Made } from "./made-handler.ts";
import { rampFrame, sessionBench, settle } from "./session-bench.ts";

// biome-ignore-start lint/suspicious/noThenProperty: things that look like promises are what is tested
const rubbish: Record<string, unknown> = {
  "a number": 5,
  zero: 0,
  "a string": "audio",
  true: true,
  "an empty object": {},
  "a then that is none": { then: 5 },
  "samples of nothing": { samples: null, sampleRate: 8000 },
  "a rate of nothing": { samples: new Int16Array(4), sampleRate: null },
  "an array of samples": [1, 2, 3],
  stereo: { samples: new Int16Array(4), sampleRate: 8000, channels: 2 },
};
for (const [name, value] of Object.entries(rubbish)) {
  for (const kind of ["sync", "async"]) {
    test(`emit that gives ${name} (${kind}) ends its own session with a report and throws into nobody's face`, async () => {
      const emit = () => (kind === "sync" ? value : Promise.resolve(value)) as null;
      const bench = sessionBench(new Made({ emit }));
      await bench.stream.open();
      bench.stream.receive(rampFrame(0));
      await settle();
      assert.equal(
        bench.errors.map(({ code }) => code),
        ["ERR_HANDLER"],
      );
      assert.equal(bench.events, ["close 1011"]);
      await bench.stream.end(LEFT);
    });
  }
}

const instructive: readonly [string, unknown, RegExp, RegExp][] = [
  [
    "FastRTC's tuple",
    [24000, new Int16Array(480)],
    /^a value of type Array is not audio/,
    /in place of \[rate,/,
  ],
  ["text", "audio", /^"audio" is not audio/, /null\.$/],
  ["a number", 5, /^5 is not audio/, /Int16Array/],
  [
    "stereo",
    { samples: new Int16Array(480), sampleRate: 24000, channels: 2 },
    /^The audio has 2 channels; expected one/,
    /mono/,
  ],
];
for (const [name, value, message, hint] of instructive) {
  test(`emit that gives ${name}: the report says what it was and what to give`, () => {
    assert.throws(
      () => checkEmitted(value),
      (error: ConfigError) => message.test(error.message) && hint.test(error.hint),
    );
  });
  test(`a generator that yields ${name} ends its own session`, async () => {
    async function* generator() {
      yield value as null;
    }
    const bench = sessionBench(new GeneratorHandler(generator));
    await bench.stream.open();
    await settle();
    assert.equal(
      bench.errors.map(({ code }) => code),
      ["ERR_HANDLER"],
    );
    await bench.stream.end(LEFT);
  });
}

const thenableThatThrows = () => ({
  then() {
    throw new Error("no promise at all");
  },
});
// biome-ignore-end lint/suspicious/noThenProperty: as above
for (const method of ["startUp", "receive", "emit"] as const) {
  test(`${method} that returns a thenable whose then throws ends its own session`, async () => {
    const bench = sessionBench(new Made({ [method]: thenableThatThrows }));
    await bench.stream.open();
    bench.stream.receive(rampFrame(0));
    await settle();
    assert.equal(
      bench.errors.map(({ message }) => message),
      [`The handler failed in ${method}().`],
    );
    await bench.stream.end(LEFT);
  });
}

for (const method of ["onMark", "onCleared"] as const) {
  for (const kind of ["throws", "rejects"]) {
    test(`${method} that ${kind} ends its own session, not the process`, async () => {
      const fail =
        kind === "throws"
          ? () => {
              throw new Error("bad");
            }
          : async () => {
              throw new Error("bad");
            };
      const bench = sessionBench(new Made({ [method]: fail }));
      await bench.stream.open();
      if (method === "onMark") bench.stream.markReturned("m");
      else bench.stream.cleared(20);
      await settle();
      assert.equal(
        bench.errors.map(({ message }) => message),
        [`The handler failed in ${method}().`],
      );
      await bench.stream.end(LEFT);
    });
  }
}

test("a frame whose buffer the handler has posted to a worker is replaced", async () => {
  const seen: Int16Array[] = [];
  const bench = sessionBench(
    new Made({
      receive(frame) {
        seen.push(frame.samples.slice());
        structuredClone(frame.samples, { transfer: [frame.samples.buffer as ArrayBuffer] });
        assert.is(frame.samples.length, 0);
      },
    }),
  );
  await bench.stream.open();
  for (let n = 0; n < 10; n++) bench.stream.receive(rampFrame(n));
  assert.is(seen.length, 10);
  seen.forEach((samples, n) => {
    sameSamples(samples, rampFrame(n));
  });
  await bench.stream.end(LEFT);
});

test("a frame that the handler has written over comes back as the engine's own; the handler's arrays are left alone", async () => {
  const silence = new Int16Array(160);
  const seen: AudioFrame[] = [];
  const bench = sessionBench(
    new Made({
      receive(frame, session) {
        seen.push({ ...frame, samples: frame.samples.slice() });
        frame.samples = silence;
        frame.sampleRate = 16000;
        frame.channels = 2;
        session.send(frame.samples);
      },
    }),
  );
  await bench.stream.open();
  for (let n = 0; n < 5; n++) bench.stream.receive(rampFrame(n));
  for (const [n, frame] of seen.entries()) {
    sameSamples(frame.samples, rampFrame(n));
    assert.is(frame.sampleRate, 8000);
    assert.is(frame.channels, 1);
  }
  sameSamples(silence, new Int16Array(160));
  sameSamples(bench.audio(), new Int16Array(bench.audio().length));
  await bench.stream.end(LEFT);
});

for (const spoil of [
  (frame: AudioFrame) => Object.freeze(frame),
  (frame: AudioFrame) => Object.assign(frame, { samples: null }),
  (frame: AudioFrame) => Object.assign(frame, { samples: new Float32Array(160) }),
]) {
  test(`frames come whole however the last ones were spoilt: ${spoil}`, async () => {
    const seen: Int16Array[] = [];
    const bench = sessionBench(
      new Made({
        receive(frame) {
          assert.instance(frame.samples, Int16Array);
          seen.push(frame.samples.slice());
          spoil(frame);
        },
      }),
    );
    await bench.stream.open();
    for (let n = 0; n < 5; n++) bench.stream.receive(rampFrame(n));
    assert.is(seen.length, 5);
    seen.forEach((samples, n) => {
      sameSamples(samples, rampFrame(n));
    });
    assert.equal(bench.errors, []);
    await bench.stream.end(LEFT);
  });
}

for (const kind of ["sync", "async"]) {
  for (const answer of ["audio", "nothing"]) {
    test(`emit (${kind}) that clears each time and gives ${answer} spins the event loop, not the turn`, async () => {
      let emits = 0;
      const emit = (session: Session): Int16Array | null => {
        if (++emits > 50) throw new Error("spinning");
        session.clear();
        return answer === "audio" ? rampFrame(0) : null;
      };
      const bench = sessionBench(
        new Made({ emit: kind === "sync" ? emit : async (session) => emit(session) }),
      );
      await bench.stream.open();
      await settle();
      assert.is(emits, 1);
      assert.is(bench.frames.length, 0);
      await bench.stream.end(LEFT);
      assert.equal(bench.errors, []);
    });
  }
}

test("after null, emit is not called because audio has left: only receive and wake count", async () => {
  let emits = 0;
  const bench = sessionBench(
    new Made({
      startUp(session) {
        for (let n = 0; n < 30; n++) session.send(rampFrame(n));
      },
      emit() {
        emits++;
        return null;
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(3000);
  assert.is(bench.frames.length, 30);
  assert.is(emits, 1, "once when there was room again");
  bench.stream.session.send(rampFrame(30));
  bench.stream.session.clear();
  await bench.clock.advanceBy(3000);
  assert.is(emits, 1);
  bench.stream.receive(rampFrame(0));
  assert.is(emits, 2);
  bench.stream.session.wake();
  await bench.clock.advanceBy(1);
  assert.is(emits, 3);
  await bench.stream.end(LEFT);
});

test("drained() after the end resolves in a turn of its own: a loop over send and drained starves nobody", async () => {
  let turns = 0;
  let isOver = false;
  const bench = sessionBench(
    new Made({
      startUp(session) {
        void (async () => {
          while (!isOver) {
            if (session.signal.aborted && ++turns > 1000) throw new Error("spinning");
            session.send(rampFrame(0));
            await session.drained();
          }
        })();
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(500);
  await bench.stream.end(LEFT);
  await settle();
  assert.ok(turns <= 2, `${turns} turns`);
  isOver = true;
  await bench.clock.advanceBy(1);
});

test("a session that ended before it was opened never starts its handler", async () => {
  const calls: string[] = [];
  const bench = sessionBench(
    new Made({ startUp: () => void calls.push("startUp"), shutdown: () => void calls.push("shutdown") }),
  );
  await bench.stream.end(LEFT);
  await bench.stream.open();
  assert.equal(calls, ["shutdown"]);
});

for (const method of ["onMark", "onCleared", "shutdown"] as const) {
  test(`a handler whose ${method} cannot even be read ends, and harms nobody`, async () => {
    const handler = new Made({});
    const bench = sessionBench(handler);
    await bench.stream.open();
    Object.defineProperty(handler, method, {
      get() {
        throw new Error("unreadable");
      },
    });
    bench.stream.markReturned("m");
    bench.stream.cleared(20);
    await bench.stream.end(LEFT);
    assert.match(bench.logged.join("\n"), `The handler failed in ${method}().`);
  });
}

test("an abort listener that ends the session again does not shut it down twice", async () => {
  let shutdowns = 0;
  const bench = sessionBench(
    new Made({
      startUp(session) {
        session.signal.addEventListener("abort", () => {
          void bench.stream.end(LEFT);
          session.close();
          session.clear();
        });
      },
      shutdown() {
        shutdowns++;
      },
    }),
  );
  await bench.stream.open();
  await bench.stream.end(LEFT);
  await settle();
  assert.is(shutdowns, 1);
  assert.equal(bench.events, []);
});

test("end during startUp: shutdown waits for it, runs once, and nothing is received or emitted", async () => {
  const calls: string[] = [];
  let go: (() => void) | undefined;
  const bench = sessionBench(
    new Made({
      startUp: () =>
        new Promise<void>((resolve) => {
          go = () => {
            calls.push("started");
            resolve();
          };
        }),
      receive: () => void calls.push("receive"),
      emit: () => {
        calls.push("emit");
        return null;
      },
      shutdown: () => void calls.push("shutdown"),
    }),
  );
  void bench.stream.open();
  bench.stream.receive(rampFrame(0));
  const ended = bench.stream.end(LEFT);
  await settle();
  assert.equal(calls, []);
  go?.();
  await ended;
  assert.equal(calls, ["started", "shutdown"]);
  assert.is(bench.clock.pending, 0, "no timer is left");
});

test("close plays out what is queued, however long it lasts", async () => {
  const bench = sessionBench(
    new Made({
      startUp(session) {
        for (let n = 0; n < 600; n++) session.send(rampFrame(n % 400));
        session.close("goodbye");
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(11_000);
  assert.equal(bench.events, []);
  await bench.clock.advanceBy(2_000);
  assert.is(bench.frames.length, 600);
  assert.equal(bench.events, ["close 1000"]);
  assert.is(bench.clock.pending, 0);
});

test("the transport's drain takes no longer than drainTimeoutMs, and a close is bounded while the handler goes on sending", async () => {
  const made = () =>
    new Made({
      startUp(session) {
        for (let n = 0; n < 600; n++) session.send(rampFrame(n % 400));
      },
    });
  const drained = sessionBench(made());
  await drained.stream.open();
  let isDrained = false;
  void drained.stream.drain().then(() => {
    isDrained = true;
  });
  await drained.clock.advanceBy(4_990);
  assert.not.ok(isDrained);
  await drained.clock.advanceBy(20);
  assert.ok(isDrained);
  await drained.stream.end(LEFT);

  const closed = sessionBench(made());
  await closed.stream.open();
  closed.stream.session.close();
  for (let n = 0; n < 2000 && closed.events.length === 0; n++) {
    closed.stream.session.send(rampFrame(0));
    await closed.clock.advanceBy(20);
  }
  assert.equal(closed.events, ["close 1000"]);
  assert.ok(closed.clock.now() - 1000 <= 12_000 + 5_100);
});

test("what a synchronous emit returns when it closes its session is played whole", async () => {
  let isOver = false;
  const bench = sessionBench(
    new Made({
      emit(session) {
        if (isOver) return null;
        isOver = true;
        session.close("bye");
        return rampFrame(0, 1600);
      },
    }),
  );
  await bench.stream.open();
  await bench.clock.advanceBy(1000);
  sameSamples(bench.audio(), rampFrame(0, 1600));
  assert.equal(bench.events, ["close 1000"]);
});

test("an asynchronous handler leaves no timer behind when its session ends", async () => {
  const bench = sessionBench(
    new Made({
      async receive(_frame, session) {
        await null;
        for (let n = 0; n < 20; n++) session.send(rampFrame(n));
      },
    }),
  );
  await bench.stream.open();
  bench.stream.receive(rampFrame(0));
  await settle();
  assert.ok(bench.clock.pending > 0);
  await bench.stream.end(LEFT);
  assert.is(bench.clock.pending, 0);
});

type Where = "startUp" | "receive" | "emit" | "onMark" | "onCleared" | "shutdown";
const actions: Record<string, (session: Session) => void> = {
  clear: (session) => session.clear(),
  close: (session) => session.close(),
  "send, clear and send": (session) => {
    session.send(rampFrame(1, 1000));
    session.clear();
    session.send(rampFrame(2, 333));
  },
  "mark, wake and log": (session) => {
    session.mark("x");
    session.wake();
    session.log("y");
  },
  "close twice and send": (session) => {
    session.close();
    session.close("again");
    session.send(rampFrame(3, 500));
  },
  "wait for drained": (session) => void session.drained(),
};
for (const where of ["startUp", "receive", "emit", "onMark", "onCleared", "shutdown"] as Where[]) {
  for (const [name, act] of Object.entries(actions)) {
    test(`reentrancy: ${name} inside ${where} is no error, and the session still ends once, with nothing left`, async () => {
      const dsp = loadDspSync();
      conversionScratch(dsp);
      const before = dsp.memory.usedBytes;
      const reasons: EndReason[] = [];
      let own: Session | undefined;
      const parts: Made["parts"] = {
        startUp: (session) => {
          own = session;
        },
        shutdown: (reason) => void reasons.push(reason),
      };
      const inner = parts as Record<string, (...args: unknown[]) => unknown>;
      const outer = inner[where];
      inner[where] = (...args) => {
        outer?.(...args);
        const session = own ?? (args[0] as Session);
        act(session);
        return where === "emit" ? null : undefined;
      };
      const bench = sessionBench(new Made(parts));
      await bench.stream.open();
      for (let n = 0; n < 5; n++) {
        bench.stream.receive(rampFrame(n));
        bench.stream.markReturned("m");
        bench.stream.cleared(n);
        await bench.clock.advanceBy(20);
      }
      await bench.clock.advanceBy(1000);
      const ended = bench.stream.end(LEFT);
      await bench.clock.advanceBy(1);
      await ended;
      assert.is(reasons.length, 1);
      assert.equal(bench.errors, []);
      assert.equal(bench.logged, []);
      assert.is(bench.events.filter((event) => event.startsWith("close")).length <= 1, true);
      assert.is(dsp.memory.usedBytes, before);
      assert.is(bench.clock.pending, 0);
    });
  }
}

test("where there is no memory left for a session, none is taken", () => {
  const dsp = loadDspSync({ memoryBytes: 2 ** 20 });
  const whole = dsp.memory.usedBytes;
  const blocks: Int16Array[] = [];
  const fill = (): void => {
    for (let n = 200_000; n >= 32; n >>= 1) {
      try {
        for (;;) blocks.push(dsp.allocInt16(n));
      } catch (error) {
        assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
      }
    }
  };
  fill();
  const handler = (): StreamHandler => {
    const echo = new EchoHandler();
    echo.sampleFormat = "float32";
    return echo;
  };
  let isMade = false;
  for (let freed = 0; !isMade && blocks.length > 0; freed++) {
    const before = dsp.memory.usedBytes;
    try {
      const bench = sessionBench(handler(), { dsp });
      isMade = true;
      void bench.stream.end(LEFT);
    } catch (error) {
      assert.is((error as { code?: string }).code, "ERR_ARENA_FULL");
      assert.is(dsp.memory.usedBytes, before, `after ${freed} blocks`);
    }
    dsp.free(blocks.pop()!);
  }
  assert.ok(isMade);
  assert.ok(whole <= dsp.memory.usedBytes);
});

test("a frame that a busy handler holds stays its own while others arrive", async () => {
  const held: AudioFrame[] = [];
  let go: (() => void) | undefined;
  const bench = sessionBench(
    new Made({
      receive(frame) {
        held.push(frame);
        return new Promise<void>((resolve) => {
          go = resolve;
        });
      },
    }),
  );
  await bench.stream.open();
  for (let n = 0; n < 60; n++) bench.stream.receive(rampFrame(n));
  sameSamples(held[0]!.samples, rampFrame(0));
  assert.is(bench.stream.counters.framesDropped, 59 - 25);
  go?.();
  await settle();
  sameSamples(held[1]!.samples, rampFrame(35));
  await bench.stream.end(LEFT);
});

test.run();
