/** Audio inside the client's and the server's media messages: samples to finished message, payload to samples. */
import type { Formats } from "../../dsp/formats.ts";
import type { MessageReader } from "../../dsp/message-reader.ts";
import type { MessageWriter } from "../../dsp/message-writer.ts";
import { MEDIA_PREFIXES, MEDIA_SUFFIX, type WireEncoding } from "./fastrtc-shapes.ts";

/** A second of G.711 at 48 kHz. Some servers send a whole answer as one message: that is read the long way. */
const READER_BYTES = 65_536;

/** A writer of media messages, for frames of at most `maxSamples`. */
export function createMediaWriter(dsp: Formats, encoding: WireEncoding, maxSamples: number): MessageWriter {
  return dsp.createMessageWriter({ encoding, prefix: MEDIA_PREFIXES[0]!, suffix: MEDIA_SUFFIX, maxSamples });
}

/** Reads usual media messages and bare payloads of one encoding. */
export class PayloadReader {
  readonly encoding: WireEncoding;
  readonly #dsp: Formats;
  readonly #reader: MessageReader;
  #view: Int16Array = new Int16Array(0);

  constructor(dsp: Formats, encoding: WireEncoding) {
    this.#dsp = dsp;
    this.encoding = encoding;
    this.#reader = sharedReader(dsp, encoding);
  }

  /** Reads a whole message of the usual shape; false where it is another. No throw. */
  readMessage(message: string | Uint8Array): boolean {
    if (this.#reader.read(message) < 0) return false;
    this.#view = this.#reader.samples;
    return true;
  }

  /** Reads a Base64 payload of any length; false where it is not strict Base64, or half a sample is over. No throw. */
  readPayload(payload: string): boolean {
    if (payload.length > this.#reader.maxBytes) return this.#readLong(payload);
    if (this.#reader.readPayload(payload) < 0) return false;
    this.#view = this.#reader.samples;
    return true;
  }

  /** The samples of the last successful read: a view, valid until anything else is read. */
  get samples(): Int16Array {
    return this.#view;
  }

  #readLong(payload: string): boolean {
    const characters = new TextEncoder().encode(payload);
    const bytes = new Uint8Array((characters.length >> 2) * 3);
    const n = this.#dsp.base64.decodeInto(characters, bytes);
    if (n < 0) return false;
    if (this.encoding !== "pcm16") {
      this.#view = this.#dsp[this.encoding].decode(bytes.subarray(0, n));
      return true;
    }
    if (n % 2 !== 0) return false;
    this.#view = new Int16Array(n / 2);
    for (let i = 0; i < this.#view.length; i++) this.#view[i] = bytes[2 * i]! | (bytes[2 * i + 1]! << 8);
    return true;
  }
}

const readers = new WeakMap<Formats, Map<WireEncoding, MessageReader>>();

/** One reader an engine and encoding: it keeps nothing between calls, so all clients of a thread share it. */
function sharedReader(dsp: Formats, encoding: WireEncoding): MessageReader {
  let ofEngine = readers.get(dsp);
  if (ofEngine === undefined) {
    ofEngine = new Map();
    readers.set(dsp, ofEngine);
  }
  let reader = ofEngine.get(encoding);
  if (reader === undefined) {
    reader = dsp.createMessageReader({
      encoding,
      prefixes: MEDIA_PREFIXES,
      suffix: MEDIA_SUFFIX,
      maxBytes: READER_BYTES,
    });
    ofEngine.set(encoding, reader);
  }
  return reader;
}
