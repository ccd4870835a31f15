/** What a client may say on the FastRTC route once its text has been read; see `fastrtc-server.ts`. */
import type { ErrorCode } from "../../core/errors.ts";

/** What is wrong with a message, as data: nothing a client sends may throw. */
export interface Fault {
  readonly kind: "fault";
  readonly code: ErrorCode;
  /** The close code that goes with it, where it ends the connection. */
  readonly closeCode: number;
  /** One sentence: what was seen and what was expected. */
  readonly message: string;
  /** One sentence: what to do about it. */
  readonly hint: string;
}

/** A request to open a session. */
export interface StartMessage {
  readonly kind: "start";
  /** Undefined where the client gave none. */
  readonly id: string | undefined;
  /** The client's custom parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** As sent, unchecked; undefined: a plain FastRTC client. */
  readonly format: unknown;
}

/** One message of a client. */
export type ClientMessage =
  | StartMessage
  | { readonly kind: "media"; readonly payload: string }
  | { readonly kind: "ping" }
  | { readonly kind: "stop" }
  | { readonly kind: "mark"; readonly name: string }
  | { readonly kind: "cleared"; readonly playedMs: number }
  /** An event that this server does not know: left alone, as FastRTC does. */
  | { readonly kind: "unknown"; readonly event: string }
  | Fault;

/** Makes a `Fault`. */
export function fault(code: ErrorCode, closeCode: number, message: string, hint: string): Fault {
  return { kind: "fault", code, closeCode, message, hint };
}
