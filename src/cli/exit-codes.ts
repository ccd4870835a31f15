/** What the exit code of every command means, and how an error becomes one. */
import { ConfigError } from "../core/errors.ts";

export const EXIT_OK = 0;
/** The job failed. */
export const EXIT_FAILED = 1;
/** The command line is wrong. */
export const EXIT_USAGE = 2;
/** Ended by Ctrl-C before the job was done (128 + SIGINT). */
export const EXIT_INTERRUPTED = 130;

/** Codes of errors that only arguments can cause. */
const USAGE_CODES = new Set(["ERR_CONFIG", "ERR_RATE", "ERR_ID_INVALID"]);

/** The exit code for what a command threw. */
export function exitCodeOf(error: unknown): number {
  return error instanceof ConfigError && USAGE_CODES.has(error.code) ? EXIT_USAGE : EXIT_FAILED;
}
