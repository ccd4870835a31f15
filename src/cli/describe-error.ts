/** Errors as a person reads them in a terminal: one line, no stack trace. */
import { VoxwireError } from "../core/errors.ts";

/**
 * `error: <message> <hint>` in one line. With VOXWIRE_DEBUG=1 the stack trace follows.
 * @param isDebug whether to add the stack trace
 */
export function describeError(error: unknown, isDebug: boolean): string {
  const line = `error: ${oneLine(textOf(error))}`;
  if (!isDebug || !(error instanceof Error)) return line;
  const cause = error.cause instanceof Error ? `\ncaused by ${error.cause.stack}` : "";
  return `${line}\n${error.stack}${cause}`;
}

/** What went wrong, in the error's own words. */
function textOf(error: unknown): string {
  if (error instanceof VoxwireError) return error.describe();
  const message = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  // Everything foreseen is a VoxwireError: what is not needs its stack trace to be understood.
  return `${message} VOXWIRE_DEBUG=1 shows where it comes from.`;
}

function oneLine(text: string): string {
  return text.replaceAll(/\s*\n\s*/g, " ").trim();
}
