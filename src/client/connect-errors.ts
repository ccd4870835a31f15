/** From what a socket said to what a person can do about it. Pure. */
import { type ErrorCode, ProtocolError, VoxwireError } from "../core/errors.ts";
import { CLOSE_CODES, describeCloseCode } from "../transport/protocol/close-codes.ts";
import type { SocketFailure } from "./client-socket.ts";
import { explainPlainly, shown } from "./plain-explanation.ts";

/** Codes of errors that are named by a close code. */
const CODES: Readonly<Record<number, ErrorCode>> = {
  [CLOSE_CODES.goingAway]: "ERR_SESSION_CLOSED",
  [CLOSE_CODES.wrongKind]: "ERR_MESSAGE",
  [CLOSE_CODES.badPayload]: "ERR_MESSAGE",
  [CLOSE_CODES.tooBig]: "ERR_TOO_BIG",
  [CLOSE_CODES.handlerFailed]: "ERR_HANDLER",
  [CLOSE_CODES.notAuthorised]: "ERR_CONNECT",
  [CLOSE_CODES.startTimeout]: "ERR_START_TIMEOUT",
  [CLOSE_CODES.idInUse]: "ERR_ID_IN_USE",
  [CLOSE_CODES.gone]: "ERR_RESUME",
  [CLOSE_CODES.slowReader]: "ERR_SLOW_READER",
  [CLOSE_CODES.tooMany]: "ERR_LIMIT_SESSIONS",
  [CLOSE_CODES.timeLimit]: "ERR_TIME_LIMIT",
};

/** An `ERR_CONNECT` for a socket that could not be opened. */
export function connectError(url: string, failure: SocketFailure): VoxwireError {
  const { message, hint } = failure.explanation ?? explainPlainly(url, failure.message);
  return new VoxwireError("ERR_CONNECT", message, { hint, cause: failure.cause });
}

/** An `ERR_TIMEOUT` for one that did not open in time. */
export function connectTimeout(url: string, timeoutMs: number): VoxwireError {
  return new VoxwireError("ERR_TIMEOUT", `${shown(url)} did not answer within ${timeoutMs} ms.`, {
    hint: "Is the host reachable, and does a firewall let the port through? connectTimeoutMs sets the wait.",
  });
}

/** An `ERR_TIMEOUT` for a server that opened a socket and did not answer `start`. */
export function startedTimeout(url: string, timeoutMs: number): VoxwireError {
  return new VoxwireError(
    "ERR_TIMEOUT",
    `${shown(url)} did not answer the start message within ${timeoutMs} ms.`,
    { hint: 'Is it overloaded? startedTimeoutMs sets the wait; protocol: "fastrtc" speaks JSON instead.' },
  );
}

/** An error for a close that nobody here asked for; undefined for an ordinary end. `cause`: what the socket said. */
export function closeError(
  url: string,
  code: number,
  reason: string,
  cause: VoxwireError | SocketFailure | undefined,
): VoxwireError | undefined {
  if (code === CLOSE_CODES.normal) return undefined;
  if (cause instanceof VoxwireError) return cause;
  if (code === 1006 || code === 1005) {
    const why = cause === undefined ? "" : ` (${cause.message})`;
    return new ProtocolError("ERR_CONNECT", code, `The connection to ${shown(url)} was lost${why}.`, {
      hint: "The server or the network went away: call connect() again.",
      cause: cause?.cause,
    });
  }
  const meaning = describeCloseCode(code) || "A code without a meaning here.";
  const said = reason === "" ? "" : ` The server said: ${reason}`;
  return new ProtocolError(
    CODES[code] ?? "ERR_SESSION_CLOSED",
    code,
    `The server closed the connection with ${code}: ${meaning}${said}`,
  );
}
