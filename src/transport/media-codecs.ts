/** The media decoders and encoders of one server: one each per encoding, shared by all its connections. */
import type { Dsp } from "../dsp/dsp.ts";
import { MAX_WIRE_FRAME_MS } from "./protocol/fastrtc-format.ts";
import { MediaDecoder, MediaEncoder } from "./protocol/fastrtc-media.ts";
import type { WireDirection, WireEncoding } from "./protocol/fastrtc-shapes.ts";

/** Encoders are made for frames of this many samples at least: 20 ms at 48 kHz. */
const USUAL_SAMPLES = 960;

/** Made when first asked for; may throw `ERR_ARENA_FULL` then. */
export class MediaCodecs {
  readonly #dsp: Dsp;
  readonly #maxMessageBytes: number;
  readonly #decoders = new Map<WireEncoding, MediaDecoder>();
  readonly #encoders = new Map<string, MediaEncoder>();

  constructor(dsp: Dsp, maxMessageBytes: number) {
    this.#dsp = dsp;
    this.#maxMessageBytes = maxMessageBytes;
  }

  decoder(encoding: WireEncoding): MediaDecoder {
    let decoder = this.#decoders.get(encoding);
    if (decoder === undefined) {
      decoder = new MediaDecoder(this.#dsp, encoding, this.#maxMessageBytes);
      this.#decoders.set(encoding, decoder);
    }
    return decoder;
  }

  /** @param isNumbered with `seq` and `timestamp`, for clients that sent a format */
  encoder(direction: WireDirection, isNumbered: boolean): MediaEncoder {
    const samples = Math.ceil(
      (direction.sample_rate * Math.min(direction.frame_ms, MAX_WIRE_FRAME_MS)) / 1000,
    );
    // few sizes, so that few encoders serve all
    const maxSamples = Math.max(USUAL_SAMPLES, 2 ** Math.ceil(Math.log2(samples)));
    const key = `${direction.encoding} ${isNumbered} ${maxSamples}`;
    let encoder = this.#encoders.get(key);
    if (encoder === undefined) {
      encoder = new MediaEncoder(this.#dsp, direction.encoding, isNumbered, maxSamples);
      this.#encoders.set(key, encoder);
    }
    return encoder;
  }

  /** Gives the engine's memory back. */
  dispose(): void {
    for (const decoder of this.#decoders.values()) decoder.dispose();
    for (const encoder of this.#encoders.values()) encoder.dispose();
    this.#decoders.clear();
    this.#encoders.clear();
  }
}
