/**
 * Media messages of the FastRTC protocol, server end. One decoder and one encoder per wire encoding serve all
 * connections of a server: they keep nothing between two messages.
 */
import type { Formats } from "../../dsp/formats.ts";
import type { MessageReader } from "../../dsp/message-reader.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import { type Fault, fault } from "./client-message.ts";
import { CLOSE_CODES } from "./close-codes.ts";
import { MEDIA_PREFIXES, MEDIA_SUFFIX, type WireEncoding } from "./fastrtc-shapes.ts";

/** Reads what clients send in one encoding. */
export class MediaDecoder {
  readonly #encoding: WireEncoding;
  readonly #reader: MessageReader;

  /** @param maxBytes the longest message */
  constructor(dsp: Formats, encoding: WireEncoding, maxBytes: number) {
    this.#encoding = encoding;
    this.#reader = dsp.createMessageReader({
      encoding,
      prefixes: MEDIA_PREFIXES,
      suffix: MEDIA_SUFFIX,
      maxBytes,
    });
  }

  /** True where the message is media of the usual shape: `samples` then holds it. No allocation, no throw. */
  readUsual(message: Uint8Array): boolean {
    return this.#reader.read(message) >= 0;
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
const NO_BYTES = new Uint8Array(0);

/**
 * Writes what clients get in one encoding, plain as FastRTC does or numbered (`seq`, `timestamp`).
 * Use: `const bytes = encoder.encode(...)`, then `encoder.copyTo(buffer, offset)` with room for them.
 */
export class MediaEncoder {
  readonly #isNumbered: boolean;
  readonly #writer: MessageWriter;
  readonly #tail = new Uint8Array(TAIL_BYTES);
  #tailBytes = 0;
  #text: Uint8Array = NO_BYTES;

  /** @param maxSamples the longest frame */
  constructor(dsp: Formats, encoding: WireEncoding, isNumbered: boolean, maxSamples: number) {
    this.#isNumbered = isNumbered;
    this.#writer = dsp.createMessageWriter({
      encoding,
      prefix: MEDIA_PREFIXES[0]!,
      suffix: isNumbered ? "" : MEDIA_SUFFIX,
      maxSamples,
    });
  }

  /** Encodes one frame; returns the size of its message in bytes. */
  encode(samples: Int16Array, sequence: number, timestamp: number): number {
    this.#text = this.#writer.write(samples);
    if (this.#isNumbered) this.#writeTail(sequence, timestamp);
    return this.#text.length + this.#tailBytes;
  }

  /** Copies the message of the last `encode` into `out` at `offset`. */
  copyTo(out: Uint8Array, offset: number): void {
    out.set(this.#text, offset);
    const at = offset + this.#text.length;
    for (let i = 0; i < this.#tailBytes; i++) out[at + i] = this.#tail[i]!;
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    this.#writer.dispose();
  }

  #writeTail(sequence: number, timestamp: number): void {
    let at = this.#append(SEQUENCE_BYTES, 0);
    at = this.#appendInteger(sequence, at);
    at = this.#append(TIMESTAMP_BYTES, at);
    at = this.#appendInteger(timestamp, at);
    this.#tailBytes = this.#append(NUMBERED_SUFFIX_BYTES, at);
  }

  #append(bytes: Uint8Array, at: number): number {
    const tail = this.#tail;
    for (let i = 0; i < bytes.length; i++) tail[at + i] = bytes[i]!;
    return at + bytes.length;
  }

  /** A whole number from 0 to 2^53 - 1 in decimal digits. */
  #appendInteger(value: number, at: number): number {
    let digits = 1;
    for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
    let rest = value;
    for (let i = at + digits - 1; i >= at; i--) {
      const shorter = Math.floor(rest / 10);
      this.#tail[i] = 48 + (rest - shorter * 10);
      rest = shorter;
    }
    return at + digits;
  }
}

function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function badPayload(encoding: WireEncoding, characters: number): Fault {
  const or = encoding === "pcm16" ? ", or holds half a sample" : "";
  return fault(
    "ERR_BASE64",
    CLOSE_CODES.badPayload,
    `A media payload of ${characters} characters is not padded standard Base64${or}.`,
    "Use the alphabet A-Z a-z 0-9 + /, padded with = to a multiple of four, without white space.",
  );
}
