/**
 * The server's WebSocket: `ws`'s own, which hands messages on without ceremony and is told to leave UTF-8 to us. Nearly all text is media, proved to be ASCII by
 * being read; the rest is checked by `MessageIntake`, and the reason of a close frame here (RFC 6455, section 8.1).
 */
import { isUtf8 } from "node:buffer";
import { WebSocket } from "ws";
import { CLOSE_CODES } from "./protocol/close-codes.ts";

/** Takes a client's messages. */
export interface MessageTaker {
  takeMessage(data: Buffer, isBinary: boolean): void;
}

const POLICY_VIOLATION = 1008;

/** For the option `WebSocket` of a `WebSocketServer`. */
export class ServerSocket extends WebSocket {
  /** Gets the messages, in place of listeners: one call for each, and no list of listeners to be walked. */
  taker: MessageTaker | undefined;

  override emit(event: string | symbol, first?: unknown, second?: unknown): boolean {
    if (event !== "message" || this.taker === undefined) return super.emit(event, first, second);
    this.taker.takeMessage(first as Buffer, second as boolean);
    return true;
  }

  /** `ws` comes here with a peer's code and reason, too, to send them back; and without a reason for a frame that is bad. */
  override close(code?: number, reason?: string | Buffer): void {
    if (typeof reason === "object" && !isUtf8(reason)) super.close(CLOSE_CODES.badPayload);
    // too many pieces: what our table says of messages that are too much
    else if (code === POLICY_VIOLATION && reason === undefined) super.close(CLOSE_CODES.tooBig);
    else super.close(code, reason);
  }
}
