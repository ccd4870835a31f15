/**
 * Media messages of the FastRTC protocol, server end. One decoder and one encoder per wire encoding serve all
 * connections of a server: they keep nothing between two messages.
 */
import type { Dsp } from "../../dsp/dsp.ts";
import type { MessageReader } from "../../dsp/message-reader.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { MEDIA_PREFIXES, MEDIA_SUFFIX, type SampleEncoding } from "./fastrtc-shapes.ts";
import { numberedTailBytes } from "./numbered-media.ts";

const QUOTE = 0x22;

/** Reads what clients send in one encoding. */
export class MediaDecoder {
  readonly #encoding: SampleEncoding;
  readonly #reader: MessageReader;

  /** @param maxBytes the longest message */
  constructor(dsp: Dsp, encoding: SampleEncoding, maxBytes: number) {
    this.#encoding = encoding;
    this.#reader = dsp.createMessageReader({
      encoding,
      prefixes: MEDIA_PREFIXES,
      suffix: MEDIA_SUFFIX,
      maxBytes,
    });
  }

  /**
   * True where the message is media of the usual shape, plain or numbered: `samples` then holds it. The message is ASCII
   * then, since strict Base64 is. No allocation, no throw.
   */
  readUsual(message: Uint8Array): boolean {
    // a plain one ends in the payload's closing quote and two braces
    if (message[message.length - 3] === QUOTE) return this.#reader.read(message) >= 0;
    const tailBytes = numberedTailBytes(message);
    return tailBytes > 0 && this.#reader.read(message, tailBytes) >= 0;
  }

  /** Reads the payload of a parsed media message into `samples`; returns what is wrong, or undefined. */
  readPayload(payload: string): Fault | undefined {
    return this.#reader.readPayload(payload) < 0 ? badPayload(this.#encoding, payload.length) : undefined;
  }

  /** The samples of the last message read; valid until the next. */
  get samples(): Int16Array {
    return this.#reader.samples;
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    this.#reader.dispose();
  }
}

/** What stands in place of the suffix where media is numbered. */
const SEQUENCE_BYTES = ascii('","seq":');
const TIMESTAMP_BYTES = ascii(',"timestamp":');
const NUMBERED_SUFFIX_BYTES = ascii("}}");
/** Room for the end of a numbered message: two integers of up to 16 digits and the text around them. */
const TAIL_BYTES = 64;

/** Writes what clients get in one encoding, plain as FastRTC does or numbered (`seq`, `timestamp`). */
export class MediaEncoder {
  readonly #isNumbered: boolean;
  readonly #writer: MessageWriter;

  /** @param maxSamples the longest frame */
  constructor(dsp: Dsp, encoding: SampleEncoding, isNumbered: boolean, maxSamples: number) {
    this.#isNumbered = isNumbered;
    this.#writer = dsp.createMessageWriter({
      encoding,
      prefix: MEDIA_PREFIXES[0]!,
      suffix: isNumbered ? "" : MEDIA_SUFFIX,
      maxSamples,
    });
  }

  /** Bytes of the message that carries a frame of `samples`, at most. */
  messageBytes(samples: number): number {
    return this.#writer.messageBytes(samples) + (this.#isNumbered ? TAIL_BYTES : 0);
  }

  /** Writes one frame's message into `out`, an array from `allocBytes`, at `offset`; returns its bytes. */
  encodeInto(
    samples: Int16Array,
    sequence: number,
    timestamp: number,
    out: Uint8Array,
    offset: number,
  ): number {
    const bytes = this.#writer.writeInto(samples, out, offset);
    return this.#isNumbered ? writeNumbers(out, offset + bytes, sequence, timestamp) - offset : bytes;
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    this.#writer.dispose();
  }
}

/** The end of a numbered message; returns where it ends. */
function writeNumbers(out: Uint8Array, offset: number, sequence: number, timestamp: number): number {
  let at = append(out, offset, SEQUENCE_BYTES);
  at = appendInteger(out, at, sequence);
  at = append(out, at, TIMESTAMP_BYTES);
  at = appendInteger(out, at, timestamp);
  return append(out, at, NUMBERED_SUFFIX_BYTES);
}

function append(out: Uint8Array, offset: number, bytes: Uint8Array): number {
  for (let i = 0; i < bytes.length; i++) out[offset + i] = bytes[i]!;
  return offset + bytes.length;
}

/** A whole number from 0 to 2^53 - 1 in decimal digits. */
function appendInteger(out: Uint8Array, offset: number, value: number): number {
  let digits = 1;
  for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
  let rest = value;
  for (let i = offset + digits - 1; i >= offset; i--) {
    const shorter = Math.floor(rest / 10);
    out[i] = 48 + (rest - shorter * 10);
    rest = shorter;
  }
  return offset + digits;
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function badPayload(encoding: SampleEncoding, characters: number): Fault {
  const or = encoding === "pcm16" ? ", or holds half a sample" : "";
  return fault(
    "ERR_BASE64",
    CLOSE_CODES.badPayload,
    `A media payload of ${characters} characters is not padded standard Base64${or}.`,
    "Use the alphabet A-Z a-z 0-9 + /, padded with = to a multiple of four, without white space.",
  );
}
