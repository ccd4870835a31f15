/** WebSocket close codes that the server uses, and what each means: one table for code and documentation. */

export const CLOSE_CODES = {
  normal: 1000,
  goingAway: 1001,
  wrongKind: 1003,
  badPayload: 1007,
  tooBig: 1009,
  handlerFailed: 1011,
  notAuthorised: 4401,
  startTimeout: 4408,
  idInUse: 4409,
  gone: 4410,
  slowReader: 4413,
  tooMany: 4429,
  timeLimit: 4430,
} as const;

/** What a close code means, in one sentence; an empty string for codes that are not ours. */
export function describeCloseCode(code: number): string {
  return DESCRIPTIONS[code] ?? "";
}

const DESCRIPTIONS: Readonly<Record<number, string>> = {
  1000: "Closed as asked.",
  1001: "The server is going away.",
  1003: "A message of the wrong kind.",
  1006: "The connection was lost without a goodbye.",
  1007: "A payload that could not be read.",
  1009: "A message that is too big.",
  1011: "The handler failed.",
  4401: "Not authorised.",
  4408: "No start in time, or idle for too long.",
  4409: "The id is in use.",
  4410: "There is no session to come back to.",
  4413: "The client reads too slowly.",
  4429: "Too many sessions, or messages too fast.",
  4430: "The time limit is reached.",
};
