/** What a session's id may be, whatever the protocol that brings it. */
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { MAX_ID_LENGTH } from "./fastrtc-shapes.ts";

/** Control characters, and halves of surrogate pairs (JSON can spell them). */
const NOT_IN_AN_ID = /[\p{Cc}\p{Cs}]/u;

/** The id (wrapped), or what is wrong with it. */
export function readSessionId(id: unknown): { readonly id: string } | Fault {
  if (typeof id !== "string") {
    return invalidId(
      `The id is of type ${id === null ? "null" : typeof id}; expected a string.`,
      "Send the id as a string.",
    );
  }
  if (id.length === 0 || id.length > MAX_ID_LENGTH) {
    return invalidId(
      `The id has ${id.length} characters; expected 1 to ${MAX_ID_LENGTH}.`,
      "Use a short random id, such as a UUID.",
    );
  }
  if (NOT_IN_AN_ID.test(id)) {
    return invalidId(
      "The id holds a control character or half a surrogate pair.",
      "Use letters, digits and - or _.",
    );
  }
  return { id };
}

/** A fault about an id. */
export function invalidId(message: string, hint: string): Fault {
  return fault("ERR_ID_INVALID", CLOSE_CODES.badPayload, message, hint);
}
