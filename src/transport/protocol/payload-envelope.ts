/** Media messages whose text around the payload belongs to one connection (its call's id), though the codec is shared. */
import type { MessageWriter } from "../../dsp/message-writer.ts";
import { sharedFrame } from "./fastrtc-format.ts";
import { sampleEncodingOf, type WireDirection } from "./fastrtc-shapes.ts";
import type { CodecPool } from "./server-dialect.ts";

const ascii = new TextEncoder();

/** Head, Base64, tail. */
export class PayloadEnvelope {
  readonly #writer: MessageWriter;
  readonly #head: Uint8Array;
  readonly #tail: Uint8Array;

  constructor(codecs: CodecPool, direction: WireDirection, head: string, tail: string) {
    const encoding = sampleEncodingOf(direction);
    const maxSamples = sharedFrame(direction);
    this.#writer = codecs.shared(`payload ${encoding} ${maxSamples}`, () =>
      codecs.dsp.createMessageWriter({ encoding, prefix: "", suffix: "", maxSamples }),
    );
    this.#head = ascii.encode(head);
    this.#tail = ascii.encode(tail);
  }

  /** Bytes of the message that carries a frame of `samples`. */
  messageBytes(samples: number): number {
    return this.#head.length + this.#writer.messageBytes(samples) + this.#tail.length;
  }

  /**
   * Writes one frame's message into `out`, engine memory from `dsp.allocBytes`, at `offset`, with room for
   * `messageBytes` and 16 bytes more; returns the message's bytes. No allocation.
   */
  encodeInto(samples: Int16Array, out: Uint8Array, offset: number): number {
    const payloadAt = offset + this.#head.length;
    const tailAt = payloadAt + this.#writer.writeInto(samples, out, payloadAt);
    out.set(this.#head, offset);
    out.set(this.#tail, tailAt);
    return tailAt + this.#tail.length - offset;
  }
}
