/** Values that a handler gives beside audio, on their way out as JSON. */
import { show } from "../core/check.ts";
import { ConfigError, VoxwireError } from "../core/errors.ts";

/** A value's JSON may have this many characters: beside audio, not instead of it. */
const MAX_OUTPUT_CHARACTERS = 65_536;

/**
 * A value as JSON text.
 * @throws ConfigError `ERR_CONFIG` for what JSON cannot write (undefined, functions, circles, BigInt); VoxwireError
 *   `ERR_TOO_BIG`
 */
export function outputJson(value: unknown): string {
  let json: string | undefined;
  let cause: unknown;
  try {
    json = JSON.stringify(value);
  } catch (error) {
    cause = error;
  }
  if (json === undefined) {
    throw new ConfigError("ERR_CONFIG", `session.output() got ${show(value)}, which JSON cannot write.`, {
      hint: "Pass plain objects, lists, strings, numbers, booleans or null.",
      cause,
    });
  }
  if (json.length > MAX_OUTPUT_CHARACTERS) {
    throw new VoxwireError(
      "ERR_TOO_BIG",
      `session.output() got a value of ${json.length} characters as JSON; at most ${MAX_OUTPUT_CHARACTERS} are sent.`,
      { hint: "Send a reference, such as a URL, and let the client fetch it." },
    );
  }
  return json;
}
