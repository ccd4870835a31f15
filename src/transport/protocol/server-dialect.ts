/**
 * What differs between the protocols that the server speaks. A protocol is one file that makes a `ServerProtocol`, and
 * one line in `server-protocols.ts`; nothing else of the server knows its words.
 */
import type { StreamCodec } from "../../codec/audio/stream-codec.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { ClientMessage, Fault, StartMessage } from "./client-message.ts";
import type { WireAgreement } from "./fastrtc-format.ts";
import type { LimitWord } from "./fastrtc-replies.ts";
import type { ResumeOffer } from "./resume-message.ts";

/** A protocol and where it is spoken. */
export interface ServerProtocol {
  /** For options, logs and metrics. */
  readonly name: string;
  /** For people. */
  readonly title: string;
  /** The route below the server's path. */
  readonly route: string;
  /** The WebSocket subprotocol that a client has to offer, and is agreed to; undefined: none. */
  readonly subprotocol?: string;
  /** The messages of one more connection. May throw `ERR_ARENA_FULL`. */
  openDialect(codecs: CodecPool): ServerDialect;
}

/**
 * One connection's messages in its protocol, server's end.
 *
 * Audio, in: `read` returns `MEDIA`, and `samples` holds it. Audio, out: `encodeMedia` writes the message where it will be
 * sent from. No method throws for anything that a client sends.
 */
export interface ServerDialect {
  /** Whether media messages are binary ones. */
  readonly isMediaBinary: boolean;
  /** Whether bad messages are counted and nothing else: a telephone network would not mend its ways, and a call goes on. */
  readonly bearsFaults: boolean;
  /** Whether the client drops what it has not played when told to, and whether it then says so. */
  readonly clearing: "answered" | "silent" | "none";
  /** The samples of the last media message; valid until the next `read` of any connection. */
  readonly samples: Int16Array;
  /** Its number and the time stamp of its first sample, by the client's count; -1 where that protocol has none. */
  readonly sequence: number;
  readonly timestamp: number;
  /**
   * Its payload, where `begin` was told that payloads are decoded later, or where it is comfort noise, which the agreement
   * allowed; `samples` is then as long, and silent.
   */
  readonly payload?: Uint8Array | undefined;
  /** Reads one message. Audio of before the start is told from the rest, though nobody hears it. */
  read(message: Uint8Array, isBinary: boolean): ClientMessage;
  /** What the wire will carry; or a fault whose message says what would be accepted. */
  agree(start: StartMessage, implied: WireAgreement): WireAgreement | Fault;
  /**
   * The session has been made: from here on media is read and written as agreed. May throw `ERR_ARENA_FULL`.
   * @param takesPayloads whether payloads of a codec that keeps state are decoded later
   */
  begin(start: StartMessage, agreement: WireAgreement, takesPayloads?: boolean): void;
  /** Any message but media; undefined where this client knows no such message. */
  write(reply: ServerReply): string | Uint8Array | undefined;
  /** Bytes of the media message that carries a frame of `samples`, at most. */
  mediaBytes(samples: number): number;
  /**
   * Writes one frame's message into `out`, engine memory from `dsp.allocBytes`, at `offset` (even), with room for
   * `mediaBytes` and 16 bytes more; returns the message's bytes, 0 before `begin`. No allocation.
   */
  encodeMedia(
    samples: Int16Array,
    sequence: number,
    timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number;
  /** The connection is over: codecs of its own are given back, and media is no longer read or written. */
  end?(): void;
}

/** What the server says beside media. */
export type ServerReply =
  | { readonly kind: "pong" }
  /** The session has started, or goes on. */
  | {
      readonly kind: "started";
      readonly id: string;
      readonly agreement: WireAgreement;
      /** Undefined where it ends with its connection. */
      readonly resume?: ResumeOffer | undefined;
    }
  /** Drop what has not been played. */
  | { readonly kind: "clear" }
  /** Comes back when what was sent before it has been played or dropped. */
  | { readonly kind: "mark"; readonly name: string }
  /** A mark of the client's goes back. */
  | { readonly kind: "mark-back"; readonly name: string }
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly hint: string }
  | { readonly kind: "log"; readonly message: string }
  | { readonly kind: "warning"; readonly message: string }
  /** The handler waits for additional inputs. */
  | { readonly kind: "send-input" }
  /** A value beside audio, as JSON. */
  | { readonly kind: "output"; readonly json: string }
  /** No more audio will come. */
  | { readonly kind: "end-stream"; readonly message: string }
  /** The server has as many sessions as it takes. */
  | { readonly kind: "session-limit"; readonly limit: number; readonly word?: LimitWord };

/**
 * The codecs of a server: those that keep nothing between two messages are shared by all its connections, and given back
 * with the server.
 */
export interface CodecPool {
  readonly dsp: Dsp;
  /** The longest message that is read. */
  readonly maxMessageBytes: number;
  /** The longest that is no media. */
  readonly maxControlBytes: number;
  /** Codecs that keep state, of which each session has its own. */
  readonly streamCodecs: readonly StreamCodec[];
  /** The codec of this name, made when first asked for. May throw `ERR_ARENA_FULL` then. */
  shared<T extends { dispose(): void }>(name: string, make: () => T): T;
}
