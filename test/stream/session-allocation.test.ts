import { test } from "uvu";
import * as assert from "uvu/assert";
import { sessionLimits } from "../../src/core/limits.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { loadDspSync } from "../../src/index.ts";
import { createStreamSession } from "../../src/stream/create-session.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import type { SessionSink } from "../../src/stream/session-sink.ts";
import type { StreamSession } from "../../src/stream/stream-session.ts";
import { HandClock } from "./hand-clock.ts";
import { LEFT } from "./made-handler.ts";
import { rampFrame } from "./session-bench.ts";

const FRAMES = 1_000_000;

function quietSession(clock: HandClock, onAudio: (samples: Int16Array) => void): StreamSession {
  const nothing = (): void => {};
  const sink: SessionSink = {
    sendAudio: onAudio,
    canClear: true,
    sendClear: nothing,
    sendWarning: nothing,
    sendInputRequest: nothing,
    sendOutput: nothing,
    sendMark: nothing,
    sendLog: nothing,
    sendError: (code) => assert.unreachable(code),
    close: nothing,
  };
  return createStreamSession({
    dsp: loadDspSync(),
    clock,
    limits: sessionLimits(),
    logger: silentLogger,
    id: "quiet",
    params: {},
    handler: new EchoHandler(),
    wireInput: { sampleRate: 8000, frameMs: 20 },
    wireOutput: { sampleRate: 8000, frameMs: 20 },
    sink,
  });
}

function heapBytes(): number {
  globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

test("a million echo frames leave less than a megabyte on the heap, and little litter on the way", async () => {
  assert.type(globalThis.gc, "function", "run with --expose-gc");
  const clock = new HandClock();
  let heard = 0;
  const stream = quietSession(clock, (samples) => {
    heard += samples.length;
  });
  await stream.open();
  const frame = rampFrame(7);
  const run = (frames: number): void => {
    for (let n = 0; n < frames; n++) {
      clock.advanceTo(clock.now() + 20);
      stream.receive(frame);
    }
  };
  run(100_000);
  heard = 0;
  const before = heapBytes();
  run(FRAMES);
  const grown = heapBytes() - before;
  assert.is(heard, FRAMES * 160);
  assert.ok(grown < 1_000_000, `the heap grew by ${grown} bytes`);
  // short enough for no collection to come between
  let litter = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round++) {
    const start = heapBytes();
    run(2000);
    litter = Math.min(litter, (process.memoryUsage().heapUsed - start) / 2000);
  }
  console.log(
    `heap growth ${(grown / FRAMES).toFixed(4)} bytes a frame, litter ${litter.toFixed(0)} bytes a frame`,
  );
  await stream.end(LEFT);
});

test.run();
