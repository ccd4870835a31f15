/** The way to the server as the rest of the client sees it: one connection, or several one after another. */
import type { ClientDialect } from "../transport/protocol/client-dialect.ts";
import type { Attempt } from "./attempts.ts";
import type { CloseInfo } from "./client-events.ts";
import type { ClientState } from "./client-state.ts";
import type { Heartbeat } from "./heartbeat.ts";

/** What carries a client's messages. */
export interface ClientLink {
  /** What is spoken, and where. */
  readonly attempt: Attempt;
  /** What this client says, in its protocol's words. */
  readonly dialect: ClientDialect;
  readonly state: ClientState;
  /** Resolves when it is over for good; never rejects. */
  readonly closed: Promise<CloseInfo>;
  /** The ping's way there and back. */
  readonly heartbeat: Heartbeat | undefined;
  /** Bytes that wait to be sent. */
  readonly bufferedBytes: number;
  /** Audio that waits for a lost connection to come back. */
  readonly heldMs: number;
  /** Sends a message; while the connection is lost it waits, bounded. Bytes are copied. */
  send(message: string | Uint8Array): void;
  /** The same for one frame of audio. */
  sendAudio(message: string | Uint8Array, durationMs: number): void;
}
