/**
 * Runs a handler against a recording without a server and without waiting: on a virtual clock, so that a minute of audio
 * takes as long as the handler's own work. For people's own tests.
 */

import { checkNumber } from "../core/check.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { VirtualClock } from "../core/clock.ts";
import { DEFAULT_SESSION_LIMITS, type SessionLimits, sessionLimits } from "../core/limits.ts";
import type { NamesOf } from "../core/option-names.ts";
import { checkSampleRate } from "../core/rates.ts";
import { loadDsp } from "../dsp/dsp.ts";
import { createStreamSession } from "../stream/create-session.ts";
import type { HandlerDefaults } from "../stream/generator-handler.ts";
import type { EndReason } from "../stream/handler.ts";
import { type HandlerSource, resolveHandler } from "../stream/resolve-handler.ts";
import type { SessionStats } from "../stream/session-handle.ts";
import type { SessionSink } from "../stream/session-sink.ts";
import { Patience } from "./patience.ts";
import { loadTestAudio, type TestAudio } from "./test-audio.ts";

/** How a handler is tried. */
export interface TestHandlerOptions extends HandlerDefaults {
  /** Hz that the caller sends at, 4,000 to 192,000; default: the recording's own. */
  wireInputRate?: number;
  /** Hz that the caller hears at; default: the handler's output rate, else `wireInputRate`. */
  wireOutputRate?: number;
  /** Duration of the frames on the wire, 5 to 500 ms. Default 20. */
  wireFrameMs?: number;
  /** How long the clock goes on after the recording has ended. Default 2,000 ms. */
  tailMs?: number;
  /** What the client would have sent along. */
  params?: Record<string, string>;
  limits?: Partial<SessionLimits>;
  /**
   * Real time that `startUp`, one `receive`, one `emit` or a generator's work on one frame may take before the run goes on
   * without it. Default 5,000 ms. The virtual clock stands still meanwhile, so a handler that really waits (for a model,
   * for a network) loses no frame. An `emit` that outlasts it is taken to wait for frames; no other is waited for then.
   */
  patienceMs?: number;
}

const TEST_OPTIONS: NamesOf<TestHandlerOptions> = {
  inputRate: 1,
  outputRate: 1,
  frameMs: 1,
  sampleFormat: 1,
  wireInputRate: 1,
  wireOutputRate: 1,
  wireFrameMs: 1,
  tailMs: 1,
  params: 1,
  limits: 1,
  patienceMs: 1,
};

/** A frame that the caller heard. */
export interface HeardFrame {
  /** Virtual ms since the call began. */
  readonly atMs: number;
  readonly samples: Int16Array;
}

/** What came of it. */
export interface HandlerTestResult {
  /** All that the caller heard, in order, without the pauses between. */
  readonly samples: Int16Array;
  /** Hz of `samples`. */
  readonly sampleRate: number;
  readonly frames: readonly HeardFrame[];
  /** Everything else the caller was told, in order. */
  readonly events: readonly {
    readonly atMs: number;
    readonly kind: "clear" | "mark" | "log" | "warning" | "output" | "send-input";
    readonly text: string;
  }[];
  /** Errors reported to the caller. */
  readonly errors: readonly { readonly code: string; readonly message: string }[];
  /** What the handler threw, where it did. */
  readonly thrown: unknown;
  readonly endReason: EndReason;
  readonly stats: Readonly<SessionStats>;
}

/**
 * Plays `audio` to `handler` (as `serve` would take it) and returns what the caller would have heard.
 *
 * The client of this run plays at once what it gets, so marks come straight back.
 * @throws ConfigError for wrong options or a handler that is none; errors of reading the file. What the handler throws
 *   does not reject: it is in the result.
 */
export async function testHandler(
  handler: HandlerSource,
  audio: TestAudio,
  options: TestHandlerOptions = {},
): Promise<HandlerTestResult> {
  checkOptionNames("testHandler()", options, TEST_OPTIONS);
  if (options.limits !== undefined) checkOptionNames("limits", options.limits, DEFAULT_SESSION_LIMITS);
  const make = resolveHandler(handler, options);
  const recording = await loadTestAudio(audio);
  const wireInputRate = checkSampleRate("wireInputRate", options.wireInputRate ?? recording.sampleRate);
  const wireFrameMs = checkNumber("wireFrameMs", options.wireFrameMs ?? 20, 5, 500);
  const tailMs = checkNumber("tailMs", options.tailMs ?? 2000, 0, 3_600_000);
  const patienceMs = checkNumber("patienceMs", options.patienceMs ?? 5000, 0, 3_600_000);
  const dsp = await loadDsp();
  const own = make();
  const patience = new Patience(own, patienceMs);
  const wireOutputRate = checkSampleRate(
    "wireOutputRate",
    options.wireOutputRate ?? own.outputRate ?? wireInputRate,
  );
  const pcm = dsp.pcm.floatToInt16(
    recording.sampleRate === wireInputRate
      ? recording.samples
      : dsp.resample(recording.samples, { inputRate: recording.sampleRate, outputRate: wireInputRate }),
  );
  const clock = new VirtualClock();
  const caller = new Caller(clock);
  const stream = createStreamSession({
    dsp,
    clock,
    limits: sessionLimits(options.limits),
    logger: { info: () => {}, warn: () => {}, error: () => {} },
    id: "test",
    params: options.params ?? {},
    handler: own,
    wireInput: { sampleRate: wireInputRate, frameMs: wireFrameMs },
    wireOutput: { sampleRate: wireOutputRate, frameMs: wireFrameMs },
    sink: caller,
  });
  // in a turn of its own, as it would come from a network: the handler is in the middle of sending
  caller.onMark = (name) => clock.setImmediate(() => stream.markReturned(name));

  patience.begin(stream.session, stream.open());
  await patience.settled();
  const frameSamples = Math.round((wireFrameMs * wireInputRate) / 1000);
  for (let at = 0; at < pcm.length && !caller.isClosed; at += frameSamples) {
    stream.receive(pcm.subarray(at, at + frameSamples));
    await patience.settled();
    await clock.advanceTo(((at + frameSamples) * 1000) / wireInputRate);
  }
  const endMs = clock.now() + tailMs;
  while (clock.now() < endMs && !caller.isClosed) {
    await patience.settled();
    await clock.advanceBy(Math.min(20, endMs - clock.now()));
  }
  const stats = { ...stream.session.stats };
  const ended = stream.end({ kind: "client-left", message: "The recording has ended." });
  await patience.isInTime(ended);
  const endReason = stream.endReason as EndReason;
  return {
    samples: caller.samples(),
    sampleRate: wireOutputRate,
    frames: caller.frames,
    events: caller.events,
    errors: caller.errors,
    thrown: endReason.error,
    endReason,
    stats,
  };
}

type CallerEvent = HandlerTestResult["events"][number]["kind"];

/** Plays the client: keeps what it hears. */
class Caller implements SessionSink {
  readonly frames: HeardFrame[] = [];
  readonly events: { atMs: number; kind: CallerEvent; text: string }[] = [];
  /** It plays at once what it gets: there is nothing to drop. */
  readonly canClear = false;
  readonly errors: { code: string; message: string }[] = [];
  isClosed = false;
  onMark: (name: string) => void = () => {};
  readonly #clock: VirtualClock;

  constructor(clock: VirtualClock) {
    this.#clock = clock;
  }

  sendAudio(samples: Int16Array): void {
    this.frames.push({ atMs: this.#clock.now(), samples: samples.slice() });
  }
  sendClear(): void {
    this.#note("clear", "");
  }
  sendMark(name: string): void {
    this.#note("mark", name);
    this.onMark(name);
  }
  sendLog(message: string): void {
    this.#note("log", message);
  }
  sendWarning(message: string): void {
    this.#note("warning", message);
  }
  sendInputRequest(): void {
    this.#note("send-input", "");
  }
  sendOutput(json: string): void {
    this.#note("output", json);
  }
  sendError(code: string, message: string): void {
    this.errors.push({ code, message });
  }
  close(): void {
    this.isClosed = true;
  }

  samples(): Int16Array {
    const all = new Int16Array(this.frames.reduce((sum, frame) => sum + frame.samples.length, 0));
    let at = 0;
    for (const { samples } of this.frames) {
      all.set(samples, at);
      at += samples.length;
    }
    return all;
  }

  #note(kind: CallerEvent, text: string): void {
    this.events.push({ atMs: this.#clock.now(), kind, text });
  }
}
