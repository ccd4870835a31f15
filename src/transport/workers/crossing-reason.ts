/** Reasons to end on their way from one thread to another. */
import type { EndReason } from "../../stream/handler.ts";
import { fromCrossing, toCrossing } from "./thread-errors.ts";
import type { CrossingReason } from "./worker-messages.ts";

/** What crosses of a reason. */
export function crossingReason({ kind, message, error }: EndReason): CrossingReason {
  return { kind, message, ...(error !== undefined && { error: toCrossing(error) }) };
}

/** The reason on the other side. */
export function reasonFrom({ kind, message, error }: CrossingReason): EndReason {
  return { kind, message, ...(error !== undefined && { error: fromCrossing(error) }) };
}
