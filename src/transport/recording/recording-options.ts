/** The option `recording`, and its checks. */
import type { Writable } from "node:stream";
import { checkNumber, show } from "../../core/check.ts";
import { checkOptionNames } from "../../core/check-options.ts";
import { ConfigError } from "../../core/errors.ts";
import type { NamesOf } from "../../core/option-names.ts";
import type { MaybePromise } from "../../stream/handler.ts";
import { checkJitter, type JitterSettings } from "../../stream/jitter/jitter-settings.ts";
import type { JitterStats } from "../../stream/jitter/jitter-stats.ts";
import type { LiveSession } from "../session-registry.ts";

/** 4 h: at 48 kHz that is 2.8 GB. */
const DEFAULT_MAX_MS = 14_400_000;

/** Recordings of sessions: WAV, the client left and the handler right. */
export interface RecordingOptions {
  /** The folder that files go into, made where it is not there: `<time>-<id>-<random>.wav`, readable by their owner alone. */
  dir?: string;
  /** In place of `dir`: where one session's WAV goes. Its header cannot say how long it is. */
  stream?: (session: LiveSession) => Writable;
  /**
   * Whether this session may be recorded. Nothing is kept before it has said true, which may be in the midst of the call:
   * when the caller has been asked. What it throws is logged, and means no.
   */
  consent: (session: LiveSession) => MaybePromise<boolean>;
  /** How long a recording may be; it ends then, the session does not. Default 14,400,000 ms, four hours. */
  maxMs?: number;
  /**
   * The client is recorded as a listener would hear it: by a clock, through a jitter buffer, lost frames made up. Else what
   * comes is put where its time is. Default false; where a handler has `jitter`, its sessions are always recorded so.
   */
  jitter?: boolean | JitterSettings;
  /** A recording is complete. What it throws, or rejects with, is logged. */
  onRecorded?: (session: LiveSession, recording: RecordingInfo) => void;
}

/** What has been recorded. */
export interface RecordingInfo {
  /** Undefined for a stream. */
  readonly path: string | undefined;
  readonly sampleRate: number;
  readonly durationMs: number;
  /** Audio that found no room: more than 5 s ahead of its time, or the disk was too slow. */
  readonly droppedMs: number;
  /** The jitter buffer's, where there was one of the recording's own. */
  readonly jitter: JitterStats | undefined;
  /** Why it is not whole; undefined where it is. */
  readonly error: unknown;
}

/** The same, complete. */
export interface CheckedRecording extends Omit<RecordingOptions, "jitter"> {
  readonly jitter: JitterSettings | undefined;
  readonly maxMs: number;
}

const RECORDING_OPTIONS: NamesOf<RecordingOptions> = {
  dir: 1,
  stream: 1,
  consent: 1,
  maxMs: 1,
  jitter: 1,
  onRecorded: 1,
};

/** @throws ConfigError */
export function checkRecording(options: RecordingOptions | undefined): CheckedRecording | undefined {
  if (options === undefined) return undefined;
  checkOptionNames("recording", options, RECORDING_OPTIONS);
  const { dir, stream, consent, maxMs = DEFAULT_MAX_MS } = options;
  if ((dir === undefined) === (stream === undefined)) {
    throw new ConfigError("ERR_CONFIG", "recording needs either dir or stream.", {
      hint: 'Write recording: { dir: "recordings", consent: (session) => ... }.',
    });
  }
  if (typeof consent !== "function") {
    throw new ConfigError("ERR_CONFIG", `recording.consent is ${show(consent)}; expected a function.`, {
      hint: "Most laws want the caller's consent: say here when you have it, or consent: () => true.",
    });
  }
  return {
    ...options,
    jitter: checkJitter(options.jitter),
    maxMs: checkNumber("recording.maxMs", maxMs, 1000, 86_400_000),
  };
}
