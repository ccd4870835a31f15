/** What client and server say to each other to go on with a session on another connection. */
import { type Fault, fault, type ResumeRequest } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { isJsonObject, own } from "./json-object.ts";

/** Longer than any token of a server of ours. */
const MAX_TOKEN_LENGTH = 64;
/** Marks that a client may hold at once. */
const MAX_HELD_MARKS = 1000;

/** What a server says of going on. */
export interface ResumeOffer {
  /** For the next time. */
  readonly token: string;
  /** How long the session waits for its client. */
  readonly windowMs: number;
  /** Undefined where the session is new. */
  readonly resumed: ResumeGap | undefined;
}

/** What a session has missed. */
export interface ResumeGap {
  /** How long the session has waited; 0 where the loss had not been noticed. */
  readonly gapMs: number;
  /** Audio of the client's that has arrived, in ms since the session's start. */
  readonly receivedMs: number;
  /** Audio of the client's that was sent and never arrived, in this gap. */
  readonly lostInputMs: number;
  /** Audio for the client that was sent, or came due, and will never arrive, in this gap. */
  readonly lostOutputMs: number;
  /** Audio for the client that was sent, or came due, did not arrive, and follows now. */
  readonly replayedMs: number;
}

/**
 * Reads the `resume` of a `start`.
 * @param value as parsed
 * @returns false where the client does not ask for it, true where it asks for a token
 */
export function readResume(value: unknown): boolean | ResumeRequest | Fault {
  if (value === undefined || value === null || value === false) return false;
  if (value === true) return true;
  if (!isJsonObject(value)) return malformed();
  const token = own(value, "token");
  const receivedMs = own(value, "received_ms") ?? 0;
  const sentMs = own(value, "sent_ms") ?? 0;
  const marks = own(value, "marks") ?? [];
  const nextSequence = own(value, "next_seq") ?? undefined;
  const marksReceived = own(value, "marks_received") ?? undefined;
  if (
    typeof token !== "string" ||
    token.length > MAX_TOKEN_LENGTH ||
    !isDuration(receivedMs) ||
    !isDuration(sentMs) ||
    !isCount(nextSequence) ||
    !isCount(marksReceived) ||
    !Array.isArray(marks) ||
    marks.length > MAX_HELD_MARKS ||
    !marks.every((name) => typeof name === "string")
  ) {
    return malformed();
  }
  return { token, receivedMs, sentMs, marks, nextSequence, marksReceived };
}

/** The members of `started` that say how to come back. */
export function resumeFields({ token, windowMs, resumed }: ResumeOffer): object {
  const fields = { resume_token: token, resume_window_ms: windowMs };
  if (resumed === undefined) return fields;
  const { gapMs, receivedMs, lostInputMs, lostOutputMs, replayedMs } = resumed;
  return {
    ...fields,
    resumed: {
      gap_ms: gapMs,
      received_ms: receivedMs,
      lost_input_ms: lostInputMs,
      lost_output_ms: lostOutputMs,
      replayed_ms: replayedMs,
    },
  };
}

function isDuration(value: unknown): value is number {
  return typeof value === "number" && Number.isFinite(value) && value >= 0;
}

function isCount(value: unknown): value is number | undefined {
  return value === undefined || (Number.isSafeInteger(value) && (value as number) >= 0);
}

function malformed(): Fault {
  return fault(
    "ERR_MESSAGE",
    CLOSE_CODES.badPayload,
    'The "resume" of a "start" message is neither true nor what resumes a session.',
    'Send "resume":true for a token, or "resume":{"token":"<token>","received_ms":0,"sent_ms":0,"marks":[]}.',
  );
}
