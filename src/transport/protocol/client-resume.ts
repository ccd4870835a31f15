/** Going on with a session on another connection, in the client's words; the server's are in `resume-message.ts`. */

/** What a client says to come back. Durations in ms of audio since the session's start. */
export interface ResumeState {
  readonly token: string;
  readonly receivedMs: number;
  readonly sentMs: number;
  /** The server's marks whose audio has not been played yet. */
  readonly marks: readonly string[];
  /** The number of the frame that would come next; undefined where the server does not count. */
  readonly nextSequence: number | undefined;
  /** The server's marks that have come since the session's start. */
  readonly marksReceived: number;
}

/** What a server has said of a session that goes on. */
export interface ResumedGap {
  /** Audio of this client's that has arrived, in ms since the session's start. */
  readonly receivedMs: number;
  /** Audio that was sent to this client and will never arrive. */
  readonly lostOutputMs: number;
  /** Audio that was sent to this client, did not arrive, and follows now. */
  readonly replayedMs: number;
}

/** The `resume` of a `start`. @param resume false: the session may end with its connection; true: asks for a token */
export function resumeMember(resume: boolean | ResumeState): unknown {
  if (typeof resume === "boolean") return resume || undefined;
  const { token, receivedMs, sentMs, marks, nextSequence, marksReceived } = resume;
  return {
    token,
    received_ms: receivedMs,
    sent_ms: sentMs,
    marks,
    next_seq: nextSequence,
    marks_received: marksReceived,
  };
}

/** What `started` says of coming back. @param data its `data` */
export function readResumed(data: Readonly<Record<string, unknown>>): {
  resumeToken: string | undefined;
  resumeWindowMs: number | undefined;
  resumed: ResumedGap | undefined;
} {
  const { resume_token: token, resume_window_ms: windowMs, resumed } = data;
  return {
    resumeToken: typeof token === "string" ? token : undefined,
    resumeWindowMs: durationOf(windowMs),
    resumed: readGap(resumed),
  };
}

function readGap(value: unknown): ResumedGap | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { received_ms, lost_output_ms, replayed_ms } = value as Readonly<Record<string, unknown>>;
  return {
    receivedMs: durationOf(received_ms) ?? 0,
    lostOutputMs: durationOf(lost_output_ms) ?? 0,
    replayedMs: durationOf(replayed_ms) ?? 0,
  };
}

function durationOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? value : undefined;
}
