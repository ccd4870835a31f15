/**
 * Reads text messages of a fixed shape (prefix, Base64 of audio, suffix) without a JSON parser. What the text means is
 * the protocol's business (`src/transport/protocol`).
 */
import { checkInteger } from "../core/check.ts";
import type { WireEngine } from "./engine.ts";
import { ascii, disposed, lawOf, type MessageEncoding, partsOf, VIEWS_KEPT } from "./message-shape.ts";

/** What a `MessageReader` is made for. */
export interface MessageReaderOptions {
  encoding: MessageEncoding;
  /** The beginnings it knows, up to and including the opening quote. ASCII. */
  prefixes: readonly string[];
  suffix: string;
  /** The longest message, in bytes. */
  maxBytes: number;
}

/** Reads incoming messages of known shapes. One serves any number of streams: it keeps nothing between calls. */
export class MessageReader {
  readonly maxBytes: number;
  readonly #engine: WireEngine;
  readonly #law: number;
  readonly #slot: number;
  readonly #prefixes: readonly { address: number; bytes: number }[];
  readonly #suffix: number;
  readonly #suffixBytes: number;
  readonly #message: number;
  readonly #messageView: Uint8Array;
  readonly #scratch: number;
  readonly #pcm: number;
  readonly #encoder = new TextEncoder();
  readonly #views = new Map<number, Int16Array>();
  #view: Int16Array;
  #disposed = false;

  constructor(engine: WireEngine, options: MessageReaderOptions) {
    this.#engine = engine;
    this.#law = lawOf(options.encoding);
    this.maxBytes = checkInteger("maxBytes", options.maxBytes, 1, 1 << 24);
    const prefixes = options.prefixes.map((text) => ascii("prefix", text));
    const suffix = ascii("suffix", options.suffix);
    this.#suffixBytes = suffix.length;
    // one slot for all parts: where the memory is full, nothing is left behind
    const texts = [suffix, ...prefixes].map((bytes) => bytes.length);
    const parts = partsOf([this.maxBytes * 2, this.maxBytes, this.maxBytes, ...texts]);
    this.#slot = engine.arena.alloc(parts.at(-1)!.end);
    const [pcm, scratch, message, suffixAt, ...prefixesAt] = parts.map((part) => this.#slot + part.start);
    this.#pcm = pcm!;
    this.#scratch = scratch!;
    this.#message = message!;
    this.#suffix = suffixAt!;
    engine.u8.set(suffix, this.#suffix);
    this.#prefixes = prefixes.map((bytes, i) => {
      const address = prefixesAt[i]!;
      engine.u8.set(bytes, address);
      return { address, bytes: bytes.length };
    });
    this.#messageView = engine.u8.subarray(this.#message, this.#message + this.maxBytes);
    this.#view = engine.i16.subarray(this.#pcm >> 1, this.#pcm >> 1);
  }

  /**
   * Reads one message into `samples`. No throw for anything that a peer can send; no allocation for lengths seen before
   * (from text: the small object that `TextEncoder.encodeInto` returns).
   * @param message the message's bytes, or its text
   * @param tailBytes of bytes: how many at the end the caller has checked, in place of the suffix
   * @returns the number of samples, or -1 where it has another shape or is too long (then parse it in full)
   * @throws CodecError `ERR_DISPOSED`
   */
  read(message: Uint8Array | string, tailBytes = 0): number {
    if (this.#disposed) throw disposed("reader");
    let bytes: number;
    if (typeof message === "string") {
      if (message.length > this.maxBytes) return -1;
      const { read, written } = this.#encoder.encodeInto(message, this.#messageView);
      if (read !== message.length) return -1;
      bytes = written;
    } else {
      if (message.length > this.maxBytes || message.length < tailBytes) return -1;
      this.#messageView.set(message);
      bytes = message.length - tailBytes;
    }
    const suffixBytes = tailBytes > 0 ? 0 : this.#suffixBytes;
    for (let i = 0; i < this.#prefixes.length; i++) {
      const prefix = this.#prefixes[i]!;
      const n = this.#decode(bytes, prefix.address, prefix.bytes, suffixBytes);
      if (n >= 0) return n;
    }
    return -1;
  }

  /**
   * Reads a payload that a parser has taken out of its message: Base64 text and nothing else. Otherwise as `read`.
   * @returns the number of samples, or -1 where it is too long, not strict Base64, or half a sample is over
   */
  readPayload(payload: string): number {
    if (this.#disposed) throw disposed("reader");
    if (payload.length > this.maxBytes) return -1;
    const { read, written } = this.#encoder.encodeInto(payload, this.#messageView);
    return read === payload.length ? this.#decode(written, this.#message, 0, 0) : -1;
  }

  /** The samples of the last message read: a view into engine memory, valid until the next `read`. */
  get samples(): Int16Array {
    return this.#view;
  }

  /** Gives the memory back. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.arena.free(this.#slot);
    this.#view = new Int16Array(0);
  }

  #decode(bytes: number, prefix: number, prefixBytes: number, suffixBytes: number): number {
    const n = this.#engine.formats.readMessage(
      this.#message,
      bytes,
      this.#law,
      this.#scratch,
      this.#pcm,
      prefix,
      prefixBytes,
      this.#suffix,
      suffixBytes,
    );
    if (n >= 0 && this.#view.length !== n) this.#view = this.#viewOf(n);
    return n;
  }

  #viewOf(n: number): Int16Array {
    let view = this.#views.get(n);
    if (view === undefined) {
      view = this.#engine.i16.subarray(this.#pcm >> 1, (this.#pcm >> 1) + n);
      if (this.#views.size < VIEWS_KEPT) {
        this.#views.set(n, view);
        this.#engine.views.int16.set(view, this.#pcm);
      }
    }
    return view;
  }
}
