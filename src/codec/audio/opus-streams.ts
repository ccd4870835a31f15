/** One stream's Opus encoder and decoder (RFC 6716), mono, over the handles of `opus-library.ts`. */
import { checkInteger } from "../../core/check.ts";
import { CodecError, VoxwireError } from "../../core/errors.ts";
import { expectBytes, expectInt16, expectRoom } from "../../dsp/arguments.ts";
import type { AudioDecoder, AudioEncoder } from "./audio-codec.ts";
import type { DecoderHandle, EncoderHandle, Spares } from "./opus-library.ts";
import { opusCarriesLast, opusSamplesIn } from "./opus-packet.ts";

/** Durations of a frame, ms. */
export const OPUS_FRAME_MS: readonly number[] = [2.5, 5, 10, 20, 40, 60];
/** A frame of 20 ms has 1,275 bytes at most, one of 60 ms three such and what counts them (RFC 6716, 3.2.1, 3.2.5). */
const MAX_PACKET_BYTES = 3 * 1275 + 7;
const MAX_PACKET_MS = 120;

/** What encoder and decoder share: a handle that is taken, and given back once. */
abstract class OpusStream<T extends { free(): void }> {
  readonly codec = "opus";
  /** Hz. */
  readonly sampleRate: number;
  readonly #spares: Spares<T>;
  #handle: T | undefined;

  constructor(spares: Spares<T>, sampleRate: number) {
    this.sampleRate = sampleRate;
    this.#spares = spares;
    this.#handle = spares.take();
  }

  protected get handle(): T {
    if (this.#handle !== undefined) return this.#handle;
    throw new VoxwireError("ERR_DISPOSED", "This Opus codec has been disposed of.", {
      hint: "Create a new one.",
    });
  }

  /** As new. @throws VoxwireError `ERR_CODEC_BUSY` where it is called many times in a turn, `ERR_DISPOSED` */
  reset(): void {
    const used = this.handle;
    this.#handle = this.#spares.take();
    used.free();
  }

  /** Gives the memory back. */
  dispose(): void {
    this.#handle?.free();
    this.#handle = undefined;
  }
}

/** Samples to packets. The package allocates the packet; nothing else is allocated per frame. */
export class OpusEncoder extends OpusStream<EncoderHandle> implements AudioEncoder {
  readonly latencySamples: number;
  readonly #lengths: readonly number[];
  readonly #options = { frameSize: 0 };

  constructor(spares: Spares<EncoderHandle>, sampleRate: number) {
    super(spares, sampleRate);
    this.latencySamples = this.handle.getLookahead();
    this.#lengths = OPUS_FRAME_MS.map((ms) => (sampleRate * ms) / 1000);
  }

  maxBytes(_samples: number): number {
    return MAX_PACKET_BYTES;
  }

  /**
   * The packet of the next frame of 2.5, 5, 10, 20, 40 or 60 ms.
   * @returns its bytes; with `dtx` in silence 1 or 2, which say so and need not be sent
   * @throws CodecError `ERR_FRAME_LENGTH`, `ERR_OUTPUT_TOO_SMALL` (the frame is encoded then, and its packet lost)
   */
  encodeInto(pcm: Int16Array, out: Uint8Array): number {
    expectInt16(pcm, "pcm");
    expectBytes(out, "out");
    if (!this.#lengths.includes(pcm.length)) throw this.#wrongLength(pcm.length);
    this.#options.frameSize = pcm.length;
    const packet = this.handle.encode(pcm, this.#options);
    expectRoom(out.length, packet.length, "bytes");
    out.set(packet);
    return packet.length;
  }

  /** Whether the encoder is in a silence that needs not be sent. */
  get isInDtx(): boolean {
    return this.handle.getInDtx();
  }

  /** @param bitrate bit/s, 500 to 512,000; or `"auto"`, `"max"` */
  setBitrate(bitrate: number | "auto" | "max"): void {
    if (typeof bitrate === "number") checkInteger("bitrate", bitrate, 500, 512_000);
    this.handle.setBitrate(bitrate);
  }

  /** @param complexity 0 (least work) to 10 */
  setComplexity(complexity: number): void {
    this.handle.setComplexity(checkInteger("complexity", complexity, 0, 10));
  }

  /** Whether packets carry the frame before once more, coarsely, where losses are to be expected. */
  setFec(isOn: boolean): void {
    this.handle.setFec(isOn);
  }

  /** Whether silence is left out. */
  setDtx(isOn: boolean): void {
    this.handle.setDtx(isOn);
  }

  /** How many packets in a hundred are likely to be lost: what in-band FEC is measured out by. */
  setPacketLossPercent(percent: number): void {
    this.handle.setPacketLossPercent(checkInteger("percent", percent, 0, 100));
  }

  #wrongLength(samples: number): CodecError {
    const takes = `${this.#lengths.join(", ")} samples at ${this.sampleRate} Hz`;
    return new CodecError("ERR_FRAME_LENGTH", `Opus was given ${samples} samples; it takes ${takes}.`, {
      hint: "Slice the audio into frames of 20 ms first: dsp.createSlicer({ frameSamples }).",
    });
  }
}

/** Packets to samples. The package allocates the samples; nothing else is allocated per frame. */
export class OpusDecoder extends OpusStream<DecoderHandle> implements AudioDecoder {
  readonly #lost = { frameSize: 0 };
  readonly #fec = { decodeFec: true, frameSize: 0 };

  /** 120 ms, whatever the bytes. */
  maxSamples(_bytes: number): number {
    return (this.sampleRate * MAX_PACKET_MS) / 1000;
  }

  /** The samples that a packet holds, by its first bytes; -1 for what is no Opus packet. */
  samplesIn(packet: Uint8Array): number {
    return opusSamplesIn(packet, this.sampleRate);
  }

  /** Whether a packet carries the frame before it once more, for `recoverInto`. */
  carriesLast(packet: Uint8Array): boolean {
    return opusCarriesLast(packet);
  }

  /** The samples of the next packet, or -1 for what is no Opus packet; the stream goes on after it. */
  decodeInto(payload: Uint8Array, out: Int16Array): number {
    expectBytes(payload, "payload");
    expectInt16(out, "out");
    if (payload.length === 0) return -1;
    return this.#decode(payload, undefined, out);
  }

  /**
   * What stands for a packet that is lost, out of libopus's own concealment.
   * @param out as long as the frame, a multiple of 2.5 ms
   * @returns the number of samples, or -1 for a length that is none
   */
  concealInto(out: Int16Array): number {
    expectInt16(out, "out");
    this.#lost.frameSize = out.length;
    return this.#decode(null, this.#lost, out);
  }

  /**
   * The lost packet's frame out of the one after it, which carries it once more where the sender has `fec` on; else
   * concealment. The packet itself is to be decoded next.
   * @param out as long as the lost frame
   */
  recoverInto(next: Uint8Array, out: Int16Array): number {
    expectBytes(next, "next");
    expectInt16(out, "out");
    this.#fec.frameSize = out.length;
    return this.#decode(next, this.#fec, out);
  }

  #decode(packet: Uint8Array | null, options: object | undefined, out: Int16Array): number {
    const { handle } = this;
    let samples: Int16Array;
    try {
      samples = handle.decode(packet, options);
    } catch {
      // the package's error for a packet that libopus refuses: bad media is no exception here
      return -1;
    }
    expectRoom(out.length, samples.length, "samples");
    out.set(samples);
    return samples.length;
  }
}
