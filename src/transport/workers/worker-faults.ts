/** What goes wrong with a worker's thread, in words. */
import { VoxwireError } from "../../core/errors.ts";

/** A session is asked for, and there is no thread. */
export function noWorker(): VoxwireError {
  return new VoxwireError("ERR_WORKER", "No worker runs to take this session.", { hint: "Try again later." });
}

/** A thread has as many sessions as can be told apart. */
export function noSlot(maxSlots: number): VoxwireError {
  return new VoxwireError("ERR_ARENA_FULL", `A worker has ${maxSlots} sessions; it takes no more.`);
}

/** A start that takes too long. */
export function loadsTooLong(timeoutMs: number): VoxwireError {
  return new VoxwireError("ERR_HANDLER", `A worker's modules have not loaded within ${timeoutMs} ms.`, {
    hint: "Does one of them wait at its top level? limits.handlerTimeoutMs says how long that may take.",
  });
}

/** A thread that ended before it was ready. */
export function diedAtStart(exitCode: number, cause: unknown): VoxwireError {
  const why = cause instanceof Error ? cause.message : `exit code ${exitCode}`;
  return new VoxwireError("ERR_WORKER", `A worker died while it loaded its modules: ${why}.`, {
    hint: "A handler's module must not end its process.",
    cause,
  });
}
