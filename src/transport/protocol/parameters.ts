/**
 * A client's own parameters: strings by name, of bounded number and size, in an object without a prototype, so that no
 * name (`__proto__`, `constructor`) means more than a name.
 */

import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";

export const MAX_PARAMETERS = 64;
const MAX_PARAMETER_NAME_LENGTH = 128;
const MAX_PARAMETER_LENGTH = 4096;

/** Strings by name. */
export type Parameters = Readonly<Record<string, string>>;

/** No parameters. */
export const NO_PARAMETERS: Parameters = Object.freeze(emptyRecord());

/**
 * Gathers name-value pairs; a later pair of one name replaces the earlier.
 * @returns a frozen object without a prototype (wrapped: a parameter may be called "kind"), or what is wrong
 */
export function readParameters(
  pairs: Iterable<readonly [string, unknown]>,
): { readonly parameters: Parameters } | Fault {
  const parameters = emptyRecord();
  let count = 0;
  for (const [name, value] of pairs) {
    if (++count > MAX_PARAMETERS) {
      return tooMuch(`There are more than ${MAX_PARAMETERS} parameters.`);
    }
    if (name.length > MAX_PARAMETER_NAME_LENGTH) {
      return tooMuch(`A parameter's name is longer than ${MAX_PARAMETER_NAME_LENGTH} characters.`);
    }
    if (typeof value !== "string") {
      return tooMuch(`The parameter ${JSON.stringify(name)} is not a string.`);
    }
    if (value.length > MAX_PARAMETER_LENGTH) {
      return tooMuch(
        `The parameter ${JSON.stringify(name)} is longer than ${MAX_PARAMETER_LENGTH} characters.`,
      );
    }
    parameters[name] = value;
  }
  return { parameters: count === 0 ? NO_PARAMETERS : Object.freeze(parameters) };
}

/** The parameters of `earlier` with those of `later` over them. */
export function mergeParameters(earlier: Parameters, later: Parameters): Parameters {
  // nearly always there is nothing to merge
  if (isEmpty(later)) return earlier;
  if (isEmpty(earlier)) return later;
  return Object.freeze(Object.assign(emptyRecord(), earlier, later));
}

function isEmpty(parameters: Parameters): boolean {
  for (const _name in parameters) return false;
  return true;
}

function emptyRecord(): Record<string, string> {
  return Object.create(null);
}

function tooMuch(message: string): Fault {
  return fault(
    "ERR_MESSAGE",
    CLOSE_CODES.badPayload,
    message,
    `Send at most ${MAX_PARAMETERS} strings of up to ${MAX_PARAMETER_LENGTH} characters each.`,
  );
}
