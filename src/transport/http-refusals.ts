/** The refusals that more than one part of the server gives. */

import { shownPath } from "./http-answers.ts";
import type { HttpRefusal } from "./http-refusal.ts";

/** The server goes away. */
export const CLOSING: HttpRefusal = {
  kind: "closing",
  status: 503,
  code: "ERR_CLOSING",
  message: "The server is closing.",
  hint: "Try again later.",
};

/** An upgrade to a path that is none of ours. */
export function wrongPath(path: string, routes: readonly string[]): HttpRefusal {
  return {
    kind: "bad-request",
    status: 404,
    code: "ERR_NOT_FOUND",
    message: `There is nothing at ${shownPath(path)}.`,
    hint: `WebSocket clients connect to ${routes.join(" or ")}.`,
  };
}

/** A request that cannot be read, or lacks something. */
export function badRequest(code: HttpRefusal["code"], message: string, hint: string): HttpRefusal {
  return { kind: "bad-request", status: 400, code, message, hint };
}

/** A method that is not for this path. The header `allow` is the caller's. */
export function wrongMethod(allowed: string): HttpRefusal {
  return {
    kind: "bad-request",
    status: 405,
    code: "ERR_MESSAGE",
    message: "The method is not for this path.",
    hint: `Use ${allowed}.`,
  };
}

/** A body that is too long. */
export function tooBigBody(maxBytes: number): HttpRefusal {
  return {
    kind: "bad-request",
    status: 413,
    code: "ERR_TOO_BIG",
    message: "The body is too long.",
    hint: `At most ${maxBytes} bytes are taken.`,
  };
}
