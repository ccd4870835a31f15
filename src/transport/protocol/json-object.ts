/** JSON as it comes from a peer: objects are looked into without a throw, and without what every object inherits. */
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";

/** An object of a message. */
export type JsonObject = Readonly<Record<string, unknown>>;

const utf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A message that is one JSON object in UTF-8, or what is wrong with it. (Wrapped: an object may have a "kind".) */
export function parseJsonObject(bytes: Uint8Array): { readonly object: JsonObject } | Fault {
  let value: unknown;
  try {
    value = JSON.parse(utf8.decode(bytes));
  } catch {
    return fault(
      "ERR_JSON",
      CLOSE_CODES.badPayload,
      `A text message of ${bytes.length} bytes is not JSON.`,
      'Send one JSON object per message, for example {"event":"ping"}.',
    );
  }
  if (isJsonObject(value)) return { object: value };
  return fault(
    "ERR_MESSAGE",
    CLOSE_CODES.badPayload,
    "The message is JSON, but not an object.",
    'Send an object with the key "event".',
  );
}

/** Whether a value is an object and no list. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** An object's own value: a name such as `toString` must not find what every object inherits. */
export function own(object: JsonObject, key: string): unknown {
  return Object.hasOwn(object, key) ? object[key] : undefined;
}

/** An object's own value where it is an object itself; else an empty one. */
export function ownObject(object: JsonObject, key: string): JsonObject {
  const value = own(object, key);
  return isJsonObject(value) ? value : NOTHING;
}

const NOTHING: JsonObject = Object.freeze({});
