/** What is wrong with a command line. */
import { ConfigError, type ErrorDetails } from "../core/errors.ts";

/** Wrong arguments: the command ends with exit code 2. `hint` names the fix. */
export class UsageError extends ConfigError {
  constructor(message: string, hint: string, cause?: unknown) {
    const details: ErrorDetails = cause === undefined ? { hint } : { hint, cause };
    super("ERR_CONFIG", message, details);
  }
}
