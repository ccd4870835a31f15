/** The recordings of one server. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Clock } from "../../core/clock.ts";
import type { Logger } from "../../core/logger.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import { isJitterRate, type JitterSettings } from "../../stream/jitter/jitter-settings.ts";
import { withTimeout } from "../../stream/with-timeout.ts";
import { callHook } from "../call-hook.ts";
import type { Counters } from "../counters.ts";
import type { LiveSession } from "../session-registry.ts";
import type { RecordingTap } from "./recorded-session.ts";
import { Recorder } from "./recorder.ts";
import type { CheckedRecording } from "./recording-options.ts";
import { type RecordingOutput, WavFileOutput, WavStreamOutput } from "./recording-output.ts";

/** How long a session's end waits for the disk. */
const END_MS = 5000;
/** Characters of an id in a file's name. */
const MAX_NAME_LENGTH = 64;

/** What recordings are made with. */
export interface RecordingsParts {
  readonly options: CheckedRecording;
  readonly clock: Clock;
  readonly dsp: Dsp;
  readonly logger: Required<Logger>;
  readonly counters: Counters;
}

/** Makes the recorder of each session that may be recorded. */
export class Recordings {
  readonly #parts: RecordingsParts;

  constructor(parts: RecordingsParts) {
    this.#parts = parts;
  }

  /** For one more session; nothing is recorded yet. */
  openTap(): SessionTap {
    return new SessionTap(this.#parts);
  }
}

/** One session's. */
export class SessionTap implements RecordingTap {
  recorder: Recorder | undefined;
  readonly #parts: RecordingsParts;
  #hasEnded = false;
  #report: () => void = () => {};

  constructor(parts: RecordingsParts) {
    this.#parts = parts;
  }

  /** The session has begun: asks for consent, and records from then on. */
  async begin(session: LiveSession): Promise<void> {
    const { logger, options, counters } = this.#parts;
    const facts = { session: session.id };
    let mayRecord = false;
    try {
      // whoever writes JavaScript may return anything; only true is consent
      mayRecord = (await options.consent(session)) === true;
    } catch (error) {
      logger.error("recording.consent failed; the session is not recorded.", { ...facts, error });
    }
    if (!mayRecord || this.#hasEnded) return;
    try {
      this.#open(session);
      logger.info("A session is recorded.", facts);
    } catch (error) {
      counters.recordingsFailed++;
      logger.error("The recording could not begin.", { ...facts, error });
    }
  }

  async end(): Promise<void> {
    this.#hasEnded = true;
    const { recorder } = this;
    this.recorder = undefined;
    if (recorder === undefined) return;
    await withTimeout(recorder.end(), END_MS, this.#parts.clock);
    this.#report();
  }

  #open(session: LiveSession): void {
    const { clock, dsp, logger, options } = this.#parts;
    const { format } = session;
    const inputRate = format.input.sample_rate;
    const outputRate = format.output.sample_rate;
    const sampleRate = Math.max(inputRate, outputRate);
    const path = options.dir === undefined ? undefined : join(options.dir, fileName(session.id));
    const output: RecordingOutput =
      path === undefined
        ? new WavStreamOutput(options.stream!(session), sampleRate)
        : new WavFileOutput(path, sampleRate);
    const recorder = new Recorder({
      clock,
      dsp,
      inputRate,
      outputRate,
      output,
      jitter: jitterFor(session, options.jitter),
      maxMs: options.maxMs,
      onStopped: () => {
        logger.warn("A recording has ended before its session.", { session: session.id });
        void this.end();
      },
    });
    this.recorder = recorder;
    this.#report = () => this.#tell(session, recorder, output, path);
  }

  #tell(session: LiveSession, recorder: Recorder, output: RecordingOutput, path: string | undefined): void {
    const { counters, logger, options } = this.#parts;
    const { sampleRate, durationMs, droppedMs, jitter } = recorder;
    const { error } = output;
    counters.recordingDroppedMs += droppedMs;
    if (error === undefined) counters.recordings++;
    else {
      counters.recordingsFailed++;
      logger.error("A recording could not be written.", { session: session.id, error });
    }
    const recording = { path, sampleRate, durationMs, droppedMs, jitter, error };
    callHook(
      () => options.onRecorded?.(session, recording),
      (thrown) => logger.error("recording.onRecorded failed.", { session: session.id, error: thrown }),
    );
  }
}

/** What comes through a handler's jitter buffer needs none of the recording's. */
function jitterFor({ format, jitter }: LiveSession, settings: JitterSettings | undefined) {
  const { sample_rate: sampleRate, frame_ms: frameMs } = format.input;
  if (settings === undefined || jitter !== undefined || !isJitterRate(sampleRate)) return undefined;
  return { settings, frameMs };
}

/** Of letters that mean nothing to any file system: an id is the client's word. */
function fileName(id: string): string {
  const time = new Date().toISOString().replaceAll(/[:.]/g, "-");
  const name = id.replaceAll(/[^A-Za-z0-9_-]/g, "_").slice(0, MAX_NAME_LENGTH);
  return `${time}-${name}-${randomBytes(4).toString("hex")}.wav`;
}
