/**
 * The end of a numbered media message, `","seq":17,"timestamp":2720}}`, found from behind: with it, and the beginning
 * that `MessageReader` knows, numbered media needs no JSON parser either.
 */

const QUOTE = 0x22;
const SPACE = 0x20;
const END = ascii("}}");
const TIMESTAMP = ascii('"timestamp":');
const SEQUENCE = ascii('"seq":');
const COMMA = ascii(",");
/** 2^53 has 16. */
const MAX_DIGITS = 16;

/**
 * Bytes of that end, from the payload's closing quote on; 0 where the message ends otherwise. Compact, or with a space
 * after each colon and comma, as Python's json.dumps writes it. No allocation.
 */
export function numberedTailBytes(message: Uint8Array): number {
  let at = before(message, message.length, END);
  at = integerBefore(message, at);
  at = before(message, spaceBefore(message, at), TIMESTAMP);
  at = before(message, spaceBefore(message, at), COMMA);
  at = integerBefore(message, at);
  at = before(message, spaceBefore(message, at), SEQUENCE);
  at = before(message, spaceBefore(message, at), COMMA);
  return at > 0 && message[at - 1] === QUOTE ? message.length - at + 1 : 0;
}

/** Where `text` begins if it stands right before `end`; else -1, which every step hands on. */
function before(message: Uint8Array, end: number, text: Uint8Array): number {
  const start = end - text.length;
  if (start < 0) return -1;
  for (let i = 0; i < text.length; i++) if (message[start + i] !== text[i]) return -1;
  return start;
}

function spaceBefore(message: Uint8Array, end: number): number {
  return end > 0 && message[end - 1] === SPACE ? end - 1 : end;
}

/** Where a whole number without needless zeros begins. */
function integerBefore(message: Uint8Array, end: number): number {
  let at = end;
  while (at > 0 && end - at <= MAX_DIGITS && message[at - 1]! >= 0x30 && message[at - 1]! <= 0x39) at--;
  const digits = end - at;
  return end < 0 || digits === 0 || digits > MAX_DIGITS || (digits > 1 && message[at] === 0x30) ? -1 : at;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
