/** Which messages carry audio: these a network may lose, double and reorder. The rest of a protocol lives by its order. */

/** Type of audio in the binary protocol's header (docs/binary.md), after its version. */
const BINARY_VERSION = 1;
const BINARY_AUDIO = 1;
/** The name stands at the beginning of a JSON message: `{"event":"media"` or `{"event": "media"`. */
const WORD = '"media"';
const LOOK_AT = 32;

/** Whether this is audio, in any of the protocols. No allocation for bytes. */
export function isMediaMessage(message: string | Uint8Array, isBinary: boolean): boolean {
  if (typeof message === "string") return message.slice(0, LOOK_AT).includes(WORD);
  if (isBinary) return message[0] === BINARY_VERSION && message[1] === BINARY_AUDIO;
  const end = Math.min(message.length, LOOK_AT) - WORD.length;
  for (let at = 0; at <= end; at++) if (hasWordAt(message, at)) return true;
  return false;
}

function hasWordAt(bytes: Uint8Array, at: number): boolean {
  for (let i = 0; i < WORD.length; i++) if (bytes[at + i] !== WORD.charCodeAt(i)) return false;
  return true;
}
