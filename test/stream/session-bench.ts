/** A session on a virtual clock with a sink that keeps what it is given, for tests of handlers and pacing. */
import { VirtualClock } from "../../src/core/clock.ts";
import { type SessionLimits, sessionLimits } from "../../src/core/limits.ts";
import type { Logger } from "../../src/core/logger.ts";
import type { Dsp } from "../../src/dsp/dsp.ts";
import { loadDspSync } from "../../src/index.ts";
import { createStreamSession } from "../../src/stream/create-session.ts";
import type { AnyHandler } from "../../src/stream/handler.ts";
import type { SessionSink } from "../../src/stream/session-sink.ts";
import type { EngineSession } from "../../src/stream/stream-session.ts";

export interface SentFrame {
  atMs: number;
  samples: Int16Array;
  sequence: number;
  timestamp: number;
}

export interface Report {
  code: string;
  message: string;
}

export interface SessionBench {
  clock: VirtualClock;
  stream: EngineSession;
  frames: SentFrame[];
  /** Everything but audio, in order: "clear", "mark x", "log x", "close 1000". */
  events: string[];
  errors: Report[];
  logged: string[];
  /** All samples sent so far. */
  audio(): Int16Array;
}

export interface BenchOptions {
  wireRate?: number;
  wireOutputRate?: number;
  frameMs?: number;
  limits?: Partial<SessionLimits>;
  params?: Record<string, string>;
  /** Default: the shared one. */
  dsp?: Dsp;
}

export function sessionBench(handler: AnyHandler, options: BenchOptions = {}): SessionBench {
  const clock = new VirtualClock(1000);
  const frames: SentFrame[] = [];
  const events: string[] = [];
  const errors: Report[] = [];
  const logged: string[] = [];
  const sink: SessionSink = {
    sendAudio(samples, sequence, timestamp) {
      frames.push({ atMs: clock.now() - 1000, samples: samples.slice(), sequence, timestamp });
    },
    canClear: true,
    sendClear: () => void events.push("clear"),
    sendWarning: (message) => void events.push(`warning ${message}`),
    sendInputRequest: () => void events.push("send-input"),
    sendOutput: (json) => void events.push(`output ${json}`),
    sendMark: (name) => void events.push(`mark ${name}`),
    sendLog: (message) => void events.push(`log ${message}`),
    sendError: (code, message) => void errors.push({ code, message }),
    close: (closeCode) => void events.push(`close ${closeCode}`),
  };
  const log = (message: string) => void logged.push(message);
  const logger: Logger = { info: log, warn: log, error: log };
  const sampleRate = options.wireRate ?? 8000;
  const frameMs = options.frameMs ?? 20;
  const stream = createStreamSession({
    dsp: options.dsp ?? loadDspSync(),
    clock,
    limits: sessionLimits(options.limits),
    logger,
    id: "bench",
    params: options.params ?? {},
    handler,
    wireInput: { sampleRate, frameMs },
    wireOutput: { sampleRate: options.wireOutputRate ?? sampleRate, frameMs },
    sink,
  });
  return {
    clock,
    stream,
    frames,
    events,
    errors,
    logged,
    audio() {
      const all = new Int16Array(frames.reduce((sum, frame) => sum + frame.samples.length, 0));
      let at = 0;
      for (const frame of frames) {
        all.set(frame.samples, at);
        at += frame.samples.length;
      }
      return all;
    },
  };
}

/** Frame `n` of a ramp that never repeats within 2^16 samples. */
export function rampFrame(n: number, length = 160): Int16Array {
  return Int16Array.from({ length }, (_, i) => n * length + i);
}

/** Lets all promises settle. */
export function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
