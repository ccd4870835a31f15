/**
 * Messages beyond the limit of those that are no media. Media may be longer, and in text one is told from the other only
 * by parsing; so what cannot be media is refused by its look, before it costs more than that.
 */
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";

/** A media message is one long text and a few short ones: far fewer of the characters that JSON is built of. */
const MOST_STRUCTURE = 256;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const OPEN_BRACE = 0x7b;

/** A message that is no media and too long for that. */
export function tooLong(bytes: number, maxBytes: number): Fault {
  return fault(
    "ERR_TOO_BIG",
    CLOSE_CODES.tooBig,
    `A message that is no media has ${bytes} bytes; at most ${maxBytes} are taken.`,
    "Send less in one message.",
  );
}

/** What is wrong with JSON that is longer than `maxControlBytes` and, unparsed, no media; else undefined. */
export function refuseLong(text: Uint8Array, maxControlBytes: number): Fault | undefined {
  if (text.length <= maxControlBytes || !isManyThings(text)) return undefined;
  return tooLong(text.length, maxControlBytes);
}

/** Gives up as soon as it knows: of what is built of little else it looks at a few hundred bytes. */
function isManyThings(text: Uint8Array): boolean {
  let structure = 0;
  for (let i = 0; i < text.length; i++) {
    const byte = text[i]!;
    if (byte === QUOTE || byte === COMMA || byte === COLON || byte === OPEN_BRACKET || byte === OPEN_BRACE) {
      if (++structure > MOST_STRUCTURE) return true;
    }
  }
  return false;
}
