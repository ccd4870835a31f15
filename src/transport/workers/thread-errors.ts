/** Errors on their way from one thread to another: what user code throws may be anything, and much of it cannot cross. */
import { asVoxwireError, type ErrorCode, VoxwireError } from "../../core/errors.ts";

/** What crosses of an error. */
export interface CrossingError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** Those of this package's own. */
  readonly code?: ErrorCode;
  readonly hint?: string;
}

/** What crosses of whatever was thrown. Never throws. */
export function toCrossing(thrown: unknown): CrossingError {
  try {
    const own = asVoxwireError(thrown);
    if (own !== undefined) {
      const { name, message, code, hint } = own;
      return { name, message, stack: String(own.stack), code, hint };
    }
    if (thrown instanceof Error) {
      return { name: String(thrown.name), message: String(thrown.message), stack: String(thrown.stack) };
    }
    return { name: "Error", message: String(thrown), stack: "" };
  } catch {
    return { name: "Error", message: "Something was thrown that cannot be shown.", stack: "" };
  }
}

/** The error on the other side. */
export function fromCrossing({ name, message, stack, code, hint }: CrossingError): Error {
  const error =
    code === undefined ? new Error(message) : new VoxwireError(code, message, { hint: hint ?? "" });
  error.name = name;
  if (stack !== "") error.stack = stack;
  return error;
}
