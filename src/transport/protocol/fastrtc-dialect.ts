/** The FastRTC JSON protocol as the server speaks it; the words are in `fastrtc-server.ts` and `fastrtc-replies.ts`. */
import { type ClientMessage, type Fault, fault, MEDIA, type StartMessage } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { agreeOnFormat, sharedFrame, type WireAgreement } from "./fastrtc-format.ts";
import { MediaDecoder, MediaEncoder } from "./fastrtc-media.ts";
import {
  CLEAR,
  endStreamText,
  errorText,
  FETCH_OUTPUT,
  limitText,
  logText,
  markText,
  outputText,
  PONG,
  SEND_INPUT,
  startedText,
  warningText,
} from "./fastrtc-replies.ts";
import { readFastrtcMessage } from "./fastrtc-server.ts";
import {
  FASTRTC_ROUTE,
  type SampleEncoding,
  sampleEncodingOf,
  type WireDirection,
} from "./fastrtc-shapes.ts";
import { refuseLong } from "./long-message.ts";
import type { CodecPool, ServerDialect, ServerProtocol, ServerReply } from "./server-dialect.ts";

export const fastrtcProtocol: ServerProtocol = {
  name: "fastrtc",
  title: "FastRTC JSON",
  route: FASTRTC_ROUTE,
  openDialect: (codecs) => new FastrtcDialect(codecs),
};

class FastrtcDialect implements ServerDialect {
  readonly isMediaBinary = false;
  readonly sequence = -1;
  readonly timestamp = -1;
  readonly bearsFaults = false;
  readonly #codecs: CodecPool;
  #decoder: MediaDecoder;
  #encoder: MediaEncoder | undefined;
  /** False: a plain FastRTC client, which gets nothing that FastRTC does not send: no `clear`, no marks. */
  #isExtended = false;

  constructor(codecs: CodecPool) {
    this.#codecs = codecs;
    // tells media of before the start from the rest
    this.#decoder = decoderOf(codecs, "mulaw");
  }

  get clearing(): "answered" | "none" {
    return this.#isExtended ? "answered" : "none";
  }

  get samples(): Int16Array {
    return this.#decoder.samples;
  }

  read(message: Uint8Array, isBinary: boolean): ClientMessage {
    if (isBinary) return BINARY;
    if (this.#decoder.readUsual(message)) return MEDIA;
    const long = refuseLong(message, this.#codecs.maxControlBytes);
    if (long !== undefined) return long;
    const read = readFastrtcMessage(message);
    return read.kind === "payload" ? (this.#decoder.readPayload(read.payload) ?? MEDIA) : read;
  }

  agree({ format }: StartMessage, implied: WireAgreement): WireAgreement | Fault {
    return format === undefined ? implied : agreeOnFormat(format, implied);
  }

  begin({ format }: StartMessage, { input, output }: WireAgreement): void {
    this.#isExtended = format !== undefined;
    this.#decoder = decoderOf(this.#codecs, sampleEncodingOf(input));
    this.#encoder = encoderOf(this.#codecs, output, this.#isExtended);
  }

  write(reply: ServerReply): string | undefined {
    switch (reply.kind) {
      case "pong":
        return PONG;
      case "started":
        return this.#isExtended ? startedText(reply.id, reply.agreement, reply.resume) : undefined;
      case "clear":
        return this.#isExtended ? CLEAR : undefined;
      case "mark":
      case "mark-back":
        return this.#isExtended ? markText(reply.name) : undefined;
      case "error":
        return errorText(reply.code, reply.message, reply.hint);
      case "log":
        return logText(reply.message);
      case "warning":
        return warningText(reply.message);
      case "send-input":
        return SEND_INPUT;
      case "output":
        return this.#isExtended ? outputText(reply.json) : FETCH_OUTPUT;
      case "end-stream":
        return endStreamText(reply.message);
      case "session-limit":
        return limitText(reply.limit, reply.word);
    }
  }

  mediaBytes(samples: number): number {
    return this.#encoder?.messageBytes(samples) ?? 0;
  }

  encodeMedia(
    samples: Int16Array,
    sequence: number,
    timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number {
    return this.#encoder?.encodeInto(samples, sequence, timestamp, out, offset) ?? 0;
  }
}

/** The server's reader of media in one encoding, alone or inside a message of the usual shape. */
export function decoderOf(codecs: CodecPool, encoding: SampleEncoding): MediaDecoder {
  return codecs.shared(
    `fastrtc decoder ${encoding}`,
    () => new MediaDecoder(codecs.dsp, encoding, codecs.maxMessageBytes),
  );
}

/** @param isNumbered with `seq` and `timestamp`, for clients that sent a format */
function encoderOf(codecs: CodecPool, direction: WireDirection, isNumbered: boolean): MediaEncoder {
  const encoding = sampleEncodingOf(direction);
  const maxSamples = sharedFrame(direction);
  return codecs.shared(
    `fastrtc encoder ${encoding} ${isNumbered} ${maxSamples}`,
    () => new MediaEncoder(codecs.dsp, encoding, isNumbered, maxSamples),
  );
}

const BINARY = fault(
  "ERR_MESSAGE",
  CLOSE_CODES.wrongKind,
  "A binary message came on a route that speaks JSON text.",
  "Send text messages; media is Base64 inside JSON.",
);
