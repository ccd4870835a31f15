/** What a client may say, whatever its protocol, once its message has been read. */
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

/** A message that no reader knows, by the name it gives itself: text, or nothing, whatever a client has put there. */
export function unknownMessage(event: unknown): ClientMessage {
  // not String(): an object may say of itself that it is no text, with a throw
  return { kind: "unknown", event: typeof event === "string" ? event.slice(0, 64) : "" };
}

/** A request to open a session. */
export interface StartMessage {
  readonly kind: "start";
  /** Undefined where the client gave none. */
  readonly id: string | undefined;
  /** The client's custom parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** What the client wants the wire to carry, in its protocol's words, unchecked; undefined: it does not say. */
  readonly format: unknown;
  /** True: asks for a token to come back with. A request: comes back. Left out or false: neither. */
  readonly resume?: boolean | ResumeRequest;
}

/** What a client says of a session that it wants to go on with. Its word: the server bounds it by what it knows. */
export interface ResumeRequest {
  readonly token: string;
  /** Audio that has come from the server, in ms since the session's start. */
  readonly receivedMs: number;
  /** Audio that has been given to sockets, in ms since the session's start. */
  readonly sentMs: number;
  /** The server's marks that have come and whose audio has not been played yet. */
  readonly marks: readonly string[];
  /** The number of the frame that the client would have next; undefined: it does not count, and nothing is replayed. */
  readonly nextSequence: number | undefined;
  /** How many of the server's marks have come since the session's start; undefined: the client does not count them. */
  readonly marksReceived: number | undefined;
}

/** One message of a client. */
export type ClientMessage =
  | StartMessage
  /** Audio: the samples are in the dialect that has read it. */
  | typeof MEDIA
  | { readonly kind: "ping" }
  | { readonly kind: "stop" }
  | { readonly kind: "mark"; readonly name: string }
  /** What had not been played is dropped; `playedMs` of it all had been, undefined where the client does not say. */
  | {
      readonly kind: "cleared";
      readonly playedMs: number | undefined;
      /** The client did so by itself, and the server is to drop what it has for it. */
      readonly interrupts?: boolean;
    }
  /** A key of the telephone. */
  | { readonly kind: "dtmf"; readonly digit: string }
  /** Additional inputs. */
  | { readonly kind: "input"; readonly values: readonly unknown[] }
  /** What needs no answer. */
  | { readonly kind: "noted" }
  /** An event that this server does not know: left alone. */
  | { readonly kind: "unknown"; readonly event: string }
  | Fault;

/** The one message that every frame of audio is. */
export const MEDIA: { readonly kind: "media" } = Object.freeze({ kind: "media" });

/** Makes a `Fault`. */
export function fault(code: ErrorCode, closeCode: number, message: string, hint: string): Fault {
  return { kind: "fault", code, closeCode, message, hint };
}
