/** What a client reports, by event. */
import type { VoxwireError } from "../core/errors.ts";
import type { AudioFrame, SampleArray } from "../core/types.ts";
import type { ClientProtocol } from "../transport/protocol/client-protocols.ts";
import type { ResumedGap } from "../transport/protocol/client-resume.ts";
import type { DirectionFormat } from "../transport/protocol/fastrtc-client.ts";

/** How a connection ended. */
export interface CloseInfo {
  /** The WebSocket close code; 1006 where the connection went without a goodbye. */
  readonly code: number;
  /** What the peer said. */
  readonly reason: string;
  /** What the code means, in one sentence. */
  readonly description: string;
  /** Whether this end asked for it, or the server ended the session in the ordinary way (1000). */
  readonly isExpected: boolean;
  /** Why, where it was not expected. */
  readonly error: VoxwireError | undefined;
}

/** What has been agreed on with the server. */
export interface SessionInfo {
  readonly id: string;
  /** What is spoken. */
  readonly protocol: ClientProtocol;
  /** The server did not answer with `started`: its rates are those that the caller gave (see `ConnectOptions.legacy`). */
  readonly isLegacy: boolean;
  /** What the client sends. */
  readonly input: Readonly<DirectionFormat>;
  /** What the server sends. */
  readonly output: Readonly<DirectionFormat>;
  /** Proves that a client that comes back is this one; undefined where the server keeps no session for it. */
  readonly resumeToken: string | undefined;
  /** How long the server waits for that. */
  readonly resumeWindowMs: number | undefined;
  /** What the server said of the gap, where this connection is not the session's first. */
  readonly resumed: ResumedGap | undefined;
}

/** A lost connection that has been replaced. */
export interface ResumedInfo {
  /** From when the loss was noticed here. */
  readonly gapMs: number;
  /** Audio of this client's that the server never got, in ms. */
  readonly lostSentMs: number;
  /** Audio of the server's that never came here. */
  readonly lostReceivedMs: number;
  /** Audio of the server's that would have come in the gap, and comes now. */
  readonly replayedMs: number;
  /** Connections that were tried. */
  readonly attempts: number;
}

/** Events by name. */
export interface ClientEvents<S extends SampleArray = SampleArray> {
  /** A received frame. With a listener here and no iterator, frames are not queued. The samples are the listener's own. */
  audio: AudioFrame<S>;
  /** With `measureRoundTrip`: how long the echo of a received frame took, in ms; before its `audio`. */
  roundTrip: number;
  /** The server asked to drop what has not been played; it has been dropped. */
  clear: { readonly playedMs: number; readonly droppedMs: number };
  /** A mark: the server's own when what came before it has been consumed, or one of `mark()` that came back. */
  mark: { readonly name: string; readonly isOwn: boolean };
  /** `send_input`, `fetch_output`, `end_stream`, `stopword`, `update_connection`. */
  notice: { readonly type: string; readonly data: unknown };
  /** A value that the handler gave beside audio (`session.output`). What it is, handler and client agree between them. */
  output: unknown;
  /** A line of the handler's. */
  log: string;
  /** Something odd that does not end the session: a message that could not be read, a warning of the server's. */
  warning: VoxwireError;
  /** An error that the server reported, or that ended the connection. */
  error: VoxwireError;
  /** The connection is lost, as the error says, and others are tried. Frames wait meanwhile, bounded. */
  reconnecting: VoxwireError;
  /** The session goes on. */
  resumed: ResumedInfo;
  /** The last event. */
  close: CloseInfo;
}
