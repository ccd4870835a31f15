/** What differs between the protocols that a client speaks: how its own messages are written and a server's read. */
import type { AudioEncoder } from "../../codec/audio/audio-codec.ts";
import type { SilenceSender } from "../../codec/comfort-noise/silence-sender.ts";
import type { ClientDsp } from "../../dsp/client-dsp.ts";
import type { ResumeState } from "./client-resume.ts";
import type { FormatRequest, ServerMessage } from "./fastrtc-client.ts";
import type { PayloadReader } from "./fastrtc-client-media.ts";
import type { WireEncoding } from "./fastrtc-shapes.ts";

/** Writes media messages of one encoding. */
export interface MediaWriter {
  /** Bytes of the message that carries a frame of `samples`, at most. */
  messageBytes(samples: number): number;
  /** One frame -> one message; bytes are valid until the next call. */
  write(samples: Int16Array): Uint8Array | string;
  dispose(): void;
}

/** One message: text, or the bytes of a binary one (of a text in UTF-8, where `isBinary` is false). */
export type WireMessage = string | Uint8Array;

/** One connection's messages in its protocol. */
export interface ClientDialect {
  /** Whether all messages are binary ones; else they are text. */
  readonly isBinary: boolean;
  /** The WebSocket subprotocol to ask for; undefined: none. */
  readonly subprotocol: string | undefined;
  /** Whether an original FastRTC server may be at the other end, which does not answer `start`. */
  readonly mayBeLegacy: boolean;
  /** Undefined where the protocol has no ping. */
  readonly ping: WireMessage | undefined;
  /** What opens a session, or goes on with one, in order. `format` undefined: the server is not asked for one. */
  open(
    id: string,
    format: FormatRequest | undefined,
    params: Readonly<Record<string, string>>,
    resume?: boolean | ResumeState,
  ): readonly WireMessage[];
  /** Asks for a mark back, or gives one back. */
  mark(name: string): WireMessage;
  /**
   * Answers `clear`, and says how far the audio was played; undefined where the protocol has no such message.
   * @param interrupts the client has cleared by itself: the server is to do so too, and answers with `clear`
   */
  cleared(playedMs: number, interrupts?: true): WireMessage | undefined;
  /** Additional inputs; undefined where the protocol has no such message. May throw: the values are the caller's. */
  input(values: readonly unknown[]): WireMessage | undefined;
  /** Says that no more will come. */
  stop(): WireMessage;
  /** Reads a server's message; see `decodeServerMessage`. Never throws. */
  decode(message: WireMessage, isBinary: boolean, reader: PayloadReader): ServerMessage;
  /**
   * @param encoder of an encoding that keeps state; the writer disposes of it
   * @param silence where silence may be left out: then a message without any byte is not to be sent
   */
  createMediaWriter(
    dsp: ClientDsp,
    encoding: WireEncoding,
    maxSamples: number,
    encoder?: AudioEncoder,
    silence?: SilenceSender,
  ): MediaWriter;
}
