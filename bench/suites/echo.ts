/**
 * One frame's whole way through the server but for the socket: message in, mu-law to PCM, session, echo handler, pacing,
 * PCM to mu-law, message out. A million frames of it must leave nothing behind on the heap.
 */
import type { Clock } from "../../src/core/clock.ts";
import { sessionLimits } from "../../src/core/limits.ts";
import { silentLogger } from "../../src/core/logger.ts";
import { loadDspSync } from "../../src/index.ts";
import { createStreamSession } from "../../src/stream/create-session.ts";
import { EchoHandler } from "../../src/stream/echo-handler.ts";
import type { SessionSink } from "../../src/stream/session-sink.ts";
import { MediaDecoder, MediaEncoder } from "../../src/transport/protocol/fastrtc-media.ts";
import { createEchoPeers, ECHO_SIZES, mediaMessage } from "../peers/echo.ts";
import { expectSame, type Group, type Suite } from "../suite.ts";

const FRAMES = 1_000_000;
const WARM_UP_FRAMES = 100_000;
/** What a million frames may leave behind: about a byte each, which is what the collector itself moves about. */
const MAX_GROWTH_BYTES = 1_000_000;

interface EchoPath {
  /** One message in, the next 20 ms begun; returns the message that came out. */
  echo(): Uint8Array;
  dispose(): Promise<void>;
}

export async function createEchoSuite(): Promise<Suite> {
  const paths = new Map<number, EchoPath>();
  for (const n of ECHO_SIZES) paths.set(n, await createEchoPath(n));
  const groups: Group[] = ECHO_SIZES.map((n) => {
    const path = paths.get(n)!;
    return { key: `echo ${n}`, ours: [{ name: "ours", run: () => path.echo() }] };
  });
  return {
    name: "echo",
    check: () => {
      for (const [n, path] of paths) expectSame(`echo ${n}`, path.echo(), mediaMessage(n));
      checkHeap(paths.get(ECHO_SIZES[0])!);
    },
    groups,
    peers: createEchoPeers(),
    dispose: () => {
      for (const path of paths.values()) void path.dispose();
    },
  };
}

async function createEchoPath(n: number): Promise<EchoPath> {
  const dsp = loadDspSync();
  const message = mediaMessage(n);
  const sampleRate = n * 50;
  const decoder = new MediaDecoder(dsp, "mulaw", 4096);
  const encoder = new MediaEncoder(dsp, "mulaw", false, n);
  const memory = dsp.allocBytes(message.length + 32);
  const answer = memory.subarray(0, message.length);
  let nowMs = 1000;
  const clock: Clock = {
    now: () => nowMs,
    setTimer: (callback, delayMs) => setTimeout(callback, delayMs),
    clearTimer: (timer) => clearTimeout(timer as NodeJS.Timeout),
    setImmediate: (callback) => void setImmediate(callback),
  };
  const nothing = () => {};
  const sink: SessionSink = {
    sendAudio(samples, sequence, timestamp) {
      encoder.encodeInto(samples, sequence, timestamp, memory, 0);
    },
    canClear: true,
    sendClear: nothing,
    sendWarning: nothing,
    sendInputRequest: nothing,
    sendOutput: nothing,
    sendMark: nothing,
    sendLog: nothing,
    sendError: (code, text) => {
      throw new Error(`${code}: ${text}`);
    },
    close: nothing,
  };
  const stream = createStreamSession({
    dsp,
    clock,
    limits: sessionLimits(),
    logger: silentLogger,
    id: `echo-${n}`,
    params: {},
    handler: new EchoHandler(),
    wireInput: { sampleRate, frameMs: 20 },
    wireOutput: { sampleRate, frameMs: 20 },
    sink,
  });
  await stream.open();
  return {
    echo() {
      nowMs += 20;
      if (!decoder.readUsual(message)) throw new Error("The message was not read.");
      stream.receive(decoder.samples);
      return answer;
    },
    async dispose() {
      await stream.end({ kind: "client-left", message: "The benchmark has ended." });
      decoder.dispose();
      encoder.dispose();
      dsp.free(memory);
    },
  };
}

function checkHeap(path: EchoPath): void {
  if (globalThis.gc === undefined) throw new Error("Run with --expose-gc, as `npm run bench` does.");
  for (let i = 0; i < WARM_UP_FRAMES; i++) path.echo();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < FRAMES; i++) path.echo();
  globalThis.gc();
  const growth = process.memoryUsage().heapUsed - before;
  console.log(`echo: heap after ${FRAMES.toLocaleString("en")} frames: ${growth} bytes more`);
  if (growth > MAX_GROWTH_BYTES) throw new Error(`The heap grew by ${growth} bytes over ${FRAMES} frames.`);
}
