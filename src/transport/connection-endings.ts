/** Why a server ends a connection by itself, or a session: for the session's end, the log, the client, and the close frame. */
import type { EndReason } from "../stream/handler.ts";
import type { RefusalKind } from "./counters.ts";
import type { Refusal } from "./open-session.ts";
import { fault } from "./protocol/client-message.ts";
import { CLOSE_CODES } from "./protocol/close-codes.ts";

/** One such end. */
export interface Ending {
  readonly kind: EndReason["kind"];
  readonly code: string;
  readonly closeCode: number;
  /** One sentence: what was seen. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly hint: string;
}

/** Nothing has come for too long. */
export function idleEnding(idleTimeoutMs: number): Ending {
  return {
    kind: "idle",
    code: "ERR_IDLE",
    closeCode: CLOSE_CODES.startTimeout,
    message: `Nothing has come for ${idleTimeoutMs} ms.`,
    hint: 'Send audio, or {"event":"ping"} while there is none.',
  };
}

/** The session has lasted as long as it may. */
export function timeLimitEnding(limitMs: number): Ending {
  return {
    kind: "limit",
    code: "ERR_TIME_LIMIT",
    closeCode: CLOSE_CODES.timeLimit,
    message: `The session has reached its time limit of ${limitMs} ms.`,
    hint: "Start a new session.",
  };
}

/** What the client sends is more than one call can bear. */
export function tooMuchEnding(code: string, closeCode: number, message: string, hint: string): Ending {
  return { kind: code === "ERR_TOO_FAST" ? "too-fast" : "protocol-error", code, closeCode, message, hint };
}

/** What waits in the client's socket stays beyond the bound. */
export const SLOW_READER: Ending = {
  kind: "slow-reader",
  code: "ERR_SLOW_READER",
  closeCode: CLOSE_CODES.slowReader,
  message: "The client reads more slowly than the audio comes.",
  hint: "Read messages as they come, or ask for a smaller format.",
};

/** The server itself failed at a message. */
export const DEFECT: Ending = {
  kind: "protocol-error",
  code: "ERR_MESSAGE",
  closeCode: CLOSE_CODES.handlerFailed,
  message: "The server failed at a message of the client's.",
  hint: "See the server's log.",
};

/** No start has come in its time. */
export function missingStart(startTimeoutMs: number): Refusal {
  return lateStart(
    "start-timeout",
    `No start came within ${startTimeoutMs} ms.`,
    'Send {"event":"start","websocket_id":"<id>"} once the socket is open.',
  );
}

/** No start has come, and newer sockets need the place. @param limit which limit is reached, in words */
export function displacedStart(limit: string): Refusal {
  return lateStart(
    "too-many-sockets",
    `No start had come yet, and newer sockets needed the place: ${limit}.`,
    "Open fewer at once, and send start as soon as one is open.",
  );
}

function lateStart(refusal: RefusalKind, message: string, hint: string): Refusal {
  return {
    refusal,
    reply: { kind: "error", code: "ERR_START_TIMEOUT", message, hint },
    closeCode: CLOSE_CODES.startTimeout,
    message,
  };
}

/** A second start, which ends nothing. */
export const STARTED_ALREADY = fault(
  "ERR_START_TWICE",
  CLOSE_CODES.badPayload,
  "A second start came on a connection whose session has started; the session goes on.",
  "Open one connection per session.",
);
