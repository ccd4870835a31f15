/** The additional inputs in a message: `input` as a list of values, or, as FastRTC's pages send them, fields by name. */
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";

/** Values in one message. */
const MAX_INPUT_VALUES = 64;

/**
 * The values.
 * @param fields the message without what says whom it is for; without an `input` the fields themselves are the one value
 * @returns the values (wrapped: a value may be called "kind"), or what is wrong
 */
export function inputValuesOf(
  fields: Readonly<Record<string, unknown>>,
): { readonly input: readonly unknown[] } | Fault {
  if (!Object.hasOwn(fields, "input")) return { input: [fields] };
  const { input } = fields;
  if (Array.isArray(input) && input.length <= MAX_INPUT_VALUES) return { input };
  const seen = Array.isArray(input) ? `a list of ${input.length}` : "no list";
  return fault(
    "ERR_MESSAGE",
    CLOSE_CODES.badPayload,
    `The "input" of a message is ${seen}; expected at most ${MAX_INPUT_VALUES} values.`,
    'Send "input":[...], one entry per value.',
  );
}
