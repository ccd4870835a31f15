/** The FastRTC JSON protocol as a client speaks it; the words are in `fastrtc-client.ts`. */
import type { ClientDialect, WireMessage } from "./client-dialect.ts";
import {
  decodeServerMessage,
  encodeCleared,
  encodeInput,
  encodeMark,
  encodeStart,
  PING_MESSAGE,
  type ServerMessage,
  STOP_MESSAGE,
} from "./fastrtc-client.ts";
import { createMediaWriter, type PayloadReader } from "./fastrtc-client-media.ts";

export const FASTRTC_DIALECT: ClientDialect = {
  isBinary: false,
  subprotocol: undefined,
  mayBeLegacy: true,
  ping: PING_MESSAGE,
  open: (id, format, params, resume) => [encodeStart(id, format, params, resume)],
  mark: encodeMark,
  cleared: encodeCleared,
  input: encodeInput,
  stop: () => STOP_MESSAGE,
  decode: decodeTextMessage,
  createMediaWriter,
};

/** Reads a message of a server that speaks text alone. Never throws. */
export function decodeTextMessage(
  message: WireMessage,
  isBinary: boolean,
  reader: PayloadReader,
): ServerMessage {
  if (!isBinary) return decodeServerMessage(message, reader);
  return {
    kind: "malformed",
    code: "ERR_MESSAGE",
    message: `The server sent a binary message of ${message.length} bytes; this protocol has text only.`,
  };
}
