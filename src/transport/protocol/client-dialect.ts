/** What differs between the protocols that a client speaks: its own messages. What servers say is read alike. */
import type { Formats } from "../../dsp/formats.ts";
import type { FormatRequest } from "./fastrtc-client.ts";
import type { WireEncoding } from "./fastrtc-shapes.ts";

/** Writes media messages of one encoding. */
export interface MediaWriter {
  /** Bytes of the message that carries a frame of `samples`, at most. */
  messageBytes(samples: number): number;
  /** One frame -> one message; bytes are valid until the next call. */
  write(samples: Int16Array): Uint8Array | string;
  dispose(): void;
}

/** One connection's messages in its protocol. */
export interface ClientDialect {
  /** Undefined where the protocol has no ping. */
  readonly ping: string | undefined;
  /** What opens a session, in order. `format` undefined: the server is not asked for one. */
  open(
    id: string,
    format: FormatRequest | undefined,
    params: Readonly<Record<string, string>>,
  ): readonly string[];
  /** Asks for a mark back, or gives one back. */
  mark(name: string): string;
  /** Says that no more will come. */
  stop(): string;
  createMediaWriter(dsp: Formats, encoding: WireEncoding, maxSamples: number): MediaWriter;
}
