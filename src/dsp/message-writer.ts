/**
 * Writes frames of audio into text messages of a fixed shape (prefix, Base64, suffix), in place in engine memory. What
 * the text means is the protocol's business (`src/transport/protocol`).
 */
import { checkInteger } from "../core/check.ts";
import { CodecError } from "../core/errors.ts";
import { expectInt16, expectRoom } from "./arguments.ts";
import type { WireEngine } from "./engine.ts";
import { type G711Convention, g711Bias } from "./g711.ts";
import { LAW_PCM16 } from "./kernels.ts";
import {
  addressOf,
  ascii,
  disposed,
  lawOf,
  type MessageEncoding,
  partsOf,
  VIEWS_KEPT,
} from "./message-shape.ts";

/** What a `MessageWriter` is made for. */
export interface MessageWriterOptions {
  encoding: MessageEncoding;
  /** Of the two laws of G.711 only. */
  convention?: G711Convention;
  /** Text before the payload, up to and including the opening quote. ASCII. */
  prefix: string;
  /** Text after the payload. ASCII. */
  suffix: string;
  /** The longest frame, in samples. */
  maxSamples: number;
  /** Bytes kept free before the text, where a transport may put its own header. Default 0. */
  headroomBytes?: number;
}

/** Writes outgoing messages into one slot of engine memory. Not for two streams at once without sending in between. */
export class MessageWriter {
  readonly headroomBytes: number;
  readonly maxSamples: number;
  readonly #engine: WireEngine;
  readonly #law: number;
  readonly #bias: number;
  readonly #slot: number;
  readonly #prefix: number;
  readonly #prefixBytes: number;
  readonly #suffix: number;
  readonly #suffixBytes: number;
  readonly #pcm: number;
  readonly #scratch: number;
  readonly #text: number;
  readonly #views = new Map<number, Uint8Array>();
  #view: Uint8Array;
  #disposed = false;

  constructor(engine: WireEngine, options: MessageWriterOptions) {
    this.#engine = engine;
    this.#law = lawOf(options.encoding);
    this.#bias = g711Bias(this.#law, options.convention);
    this.maxSamples = checkInteger("maxSamples", options.maxSamples, 1, 1 << 22);
    this.headroomBytes = checkInteger("headroomBytes", options.headroomBytes ?? 0, 0, 1024);
    const prefix = ascii("prefix", options.prefix);
    const suffix = ascii("suffix", options.suffix);
    this.#prefixBytes = prefix.length;
    this.#suffixBytes = suffix.length;
    const textBytes = this.messageBytes(this.maxSamples);
    // one slot for all parts: where the memory is full, nothing is left behind
    const sizes = [this.maxSamples * 2, this.maxSamples, prefix.length, suffix.length];
    const [pcm, scratch, prefixAt, suffixAt, text] = partsOf([...sizes, this.headroomBytes + textBytes]);
    this.#slot = engine.arena.alloc(text!.end);
    this.#pcm = this.#slot + pcm!.start;
    this.#scratch = this.#slot + scratch!.start;
    this.#prefix = this.#slot + prefixAt!.start;
    this.#suffix = this.#slot + suffixAt!.start;
    this.#text = this.#slot + text!.start + this.headroomBytes;
    engine.u8.set(prefix, this.#prefix);
    engine.u8.set(suffix, this.#suffix);
    this.#view = engine.u8.subarray(this.#text, this.#text);
  }

  /** Bytes of the message that carries a frame of `samples`. */
  messageBytes(samples: number): number {
    const payloadBytes = this.#law === LAW_PCM16 ? samples * 2 : samples;
    return this.#prefixBytes + Math.ceil(payloadBytes / 3) * 4 + this.#suffixBytes;
  }

  /**
   * One frame -> one finished message. No allocation for lengths seen before.
   * @param pcm at most `maxSamples`; not copied where it lies in engine memory
   * @returns the message's bytes (after the headroom), valid until the next call
   * @throws CodecError `ERR_FRAME_TOO_LONG`, `ERR_DISPOSED`
   */
  write(pcm: Int16Array): Uint8Array {
    const bytes = this.#write(pcm, this.#text);
    if (this.#view.length !== bytes) this.#view = this.#viewOf(bytes);
    return this.#view;
  }

  /**
   * As `write`, into memory of the caller's that a transport may keep for as long as it sends. No allocation.
   * @param out an array from `dsp.allocBytes()`, with room for 16 bytes more than the message
   * @param offset where in `out` the message begins
   * @returns the number of bytes written
   * @throws CodecError `ERR_FRAME_TOO_LONG`, `ERR_OUTPUT_TOO_SMALL`, `ERR_DISPOSED`; ConfigError for a foreign `out`
   */
  writeInto(pcm: Int16Array, out: Uint8Array, offset: number): number {
    const address = addressOf(this.#engine, out);
    expectRoom(out.length, offset + this.messageBytes(pcm.length), "bytes");
    return this.#write(pcm, address + offset);
  }

  /** Gives the memory back. Views that `write` returned must no longer be used. */
  dispose(): void {
    if (this.#disposed) return;
    this.#disposed = true;
    this.#engine.arena.free(this.#slot);
  }

  #write(pcm: Int16Array, text: number): number {
    const engine = this.#engine;
    let src = engine.views.int16.get(pcm);
    if (src === undefined) {
      expectInt16(pcm, "pcm");
      // to ask for its buffer would take as long as to copy it
      src = this.#pcm;
    }
    const n = pcm.length;
    if (n > this.maxSamples || this.#disposed) throw this.#refusal(n);
    if (src === this.#pcm) engine.i16.set(pcm, src >> 1);
    return engine.formats.writeMessage(
      src,
      n,
      this.#law,
      this.#bias,
      this.#scratch,
      text,
      this.#prefix,
      this.#prefixBytes,
      this.#suffix,
      this.#suffixBytes,
    );
  }

  #refusal(samples: number): CodecError {
    if (this.#disposed) return disposed("writer");
    return new CodecError(
      "ERR_FRAME_TOO_LONG",
      `A frame of ${samples} samples; this writer takes at most ${this.maxSamples}.`,
      { hint: "Make the writer with a larger maxSamples, or slice the audio." },
    );
  }

  #viewOf(bytes: number): Uint8Array {
    let view = this.#views.get(bytes);
    if (view === undefined) {
      view = this.#engine.u8.subarray(this.#text, this.#text + bytes);
      if (this.#views.size < VIEWS_KEPT) this.#views.set(bytes, view);
    }
    return view;
  }
}
