/** What a handler did wrong, in the words of the log, of its client, and of the session's end. */
import { asVoxwireError } from "../core/errors.ts";
import type { SessionLimits } from "../core/limits.ts";
import type { EndReason } from "./handler.ts";

/** A handler's fault: it ends the handler's own session and no other. */
export interface HandlerFault {
  readonly reason: EndReason;
  /** For the client. */
  readonly code: "ERR_HANDLER" | "ERR_HANDLER_TIMEOUT" | "ERR_HANDLER_FLOOD";
  readonly hint: string;
  /** For the log. */
  readonly facts: object;
}

/** It threw, or its promise was rejected. */
export function handlerThrew(method: string, error: unknown): HandlerFault {
  const message = `The handler failed in ${method.endsWith(")") ? method : `${method}()`}.`;
  return {
    reason: { kind: "handler-error", message, error },
    code: "ERR_HANDLER",
    hint: hintOf(error),
    facts: { method, error },
  };
}

/** Its promise has not settled in time. */
export function handlerHangs(method: string, { handlerTimeoutMs }: SessionLimits): HandlerFault {
  const message = `The handler's ${method}() did not finish within ${handlerTimeoutMs} ms.`;
  return {
    reason: { kind: "handler-timeout", message },
    code: "ERR_HANDLER_TIMEOUT",
    hint: "Raise handlerTimeoutMs if it may take that long.",
    facts: { method },
  };
}

/** It sends without waiting for what it has sent. */
export function handlerFloods({ maxOutputMs }: SessionLimits): HandlerFault {
  const message = `The handler queued more than ${maxOutputMs} ms of audio.`;
  return {
    reason: { kind: "handler-flood", message },
    code: "ERR_HANDLER_FLOOD",
    hint: "Wait for session.drained() when send() returns false.",
    facts: {},
  };
}

/** The hint of our own errors is meant for whoever made the mistake; anything else stays in the server's log. */
function hintOf(error: unknown): string {
  const hint = asVoxwireError(error)?.hint ?? "";
  return hint !== "" ? hint : "The server's log has the reason.";
}
