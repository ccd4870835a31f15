/** The audio core with what passes over a wire: Base64, and text messages and binary packets that carry a frame. */
import { Base64 } from "./base64.ts";
import type { WireEngine } from "./engine.ts";
import { MessageReader, type MessageReaderOptions } from "./message-reader.ts";
import { MessageWriter, type MessageWriterOptions } from "./message-writer.ts";
import { PacketReader, type PacketReaderOptions } from "./packet-reader.ts";
import { PacketWriter, type PacketWriterOptions } from "./packet-writer.ts";
import { VoiceDsp } from "./voice-dsp.ts";

/** G.711, sample formats, Base64, slicing and resampling over one engine. */
export class Dsp extends VoiceDsp {
  readonly #engine: WireEngine;
  #base64: Base64 | undefined;

  constructor(engine: WireEngine) {
    super(engine);
    this.#engine = engine;
  }

  /** Bytes and their text. Made when first asked for. */
  get base64(): Base64 {
    this.#base64 ??= new Base64(this.#engine);
    return this.#base64;
  }

  /** A writer of text messages that carry a frame of G.711 in Base64. */
  createMessageWriter(options: MessageWriterOptions): MessageWriter {
    return new MessageWriter(this.#engine, options);
  }

  /** A reader of such messages. */
  createMessageReader(options: MessageReaderOptions): MessageReader {
    return new MessageReader(this.#engine, options);
  }

  /** A writer of the payloads of binary packets. */
  createPacketWriter(options: PacketWriterOptions): PacketWriter {
    return new PacketWriter(this.#engine, options);
  }

  /** A reader of binary packets. */
  createPacketReader(options: PacketReaderOptions): PacketReader {
    return new PacketReader(this.#engine, options);
  }
}
