/** The outgoing side of a connection whose server is behind a network; the incoming one is `behindNetwork`. */
import type { Formats } from "../dsp/formats.ts";
import type { NetworkLink } from "../network/link.ts";
import { isMediaMessage } from "../network/media-message.ts";
import type { ServerDialect } from "./protocol/server-dialect.ts";
import type { MessageTaker } from "./server-socket.ts";
import { SocketWriter, type SocketWriterOptions } from "./socket-writer.ts";

/** What kernels may write past the end of a message. */
const SLACK_BYTES = 16;

/** Encodes a frame when it is sent and writes it when it arrives: what codecs remember goes by the order of sending. */
export class NetworkWriter extends SocketWriter {
  readonly #link: NetworkLink;
  readonly #options: SocketWriterOptions;
  readonly #dsp: Formats;
  #scratch: Uint8Array | undefined;

  constructor(options: SocketWriterOptions, link: NetworkLink, dsp: Formats) {
    super(options);
    this.#options = options;
    this.#link = link;
    this.#dsp = dsp;
  }

  override sendMedia(dialect: ServerDialect, samples: Int16Array, sequence: number, timestamp: number): void {
    const scratch = this.#reserve(dialect.mediaBytes(samples.length) + SLACK_BYTES);
    const bytes = dialect.encodeMedia(samples, sequence, timestamp, scratch, 0);
    if (bytes === 0) return;
    this.#options.counters.framesOut++;
    const message = Buffer.from(scratch.subarray(0, bytes));
    const own = dialect.isMediaBinary ? message : message.toString("latin1");
    this.#link.sendMedia(bytes, () => super.send(own));
  }

  override send(message: string | Uint8Array | undefined): void {
    const own = ownOf(message);
    if (own !== undefined) this.#link.send(() => super.send(own));
  }

  override sendLast(message: string | Uint8Array | undefined): void {
    const own = ownOf(message);
    if (own !== undefined) this.#link.send(() => super.sendLast(own));
  }

  override pong(data: Buffer): void {
    const own = Buffer.from(data);
    this.#link.send(() => super.pong(own));
  }

  override close(code: number, reason: string): void {
    this.#link.send(() => super.close(code, reason));
  }

  override dispose(): void {
    this.#link.close();
    if (this.#scratch !== undefined) this.#dsp.free(this.#scratch);
    this.#scratch = undefined;
    super.dispose();
  }

  #reserve(bytes: number): Uint8Array {
    if (this.#scratch !== undefined && this.#scratch.length >= bytes) return this.#scratch;
    if (this.#scratch !== undefined) this.#dsp.free(this.#scratch);
    this.#scratch = undefined;
    this.#scratch = this.#dsp.allocBytes(bytes);
    return this.#scratch;
  }
}

/** A taker of a client's messages that hands them on when they arrive through `link`. */
export function behindNetwork(link: NetworkLink, taker: MessageTaker): MessageTaker {
  return {
    takeMessage(data, isBinary) {
      const own = Buffer.from(data);
      const deliver = () => taker.takeMessage(own, isBinary);
      if (isMediaMessage(own, isBinary)) link.sendMedia(own.length, deliver);
      else link.send(deliver);
    },
  };
}

function ownOf(message: string | Uint8Array | undefined): string | Uint8Array | undefined {
  return typeof message === "object" ? message.slice() : message;
}
