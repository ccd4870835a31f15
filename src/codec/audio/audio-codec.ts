/** What every codec of audio frames looks like: one stream's encoder, one stream's decoder, no allocation per frame. */

/** The codecs by the names that SDP and RTP have for them (RFC 3551, RFC 7587); `pcm16` is 16-bit little-endian. */
export type CodecName = "pcmu" | "pcma" | "pcm16" | "g722" | "opus";

/** One stream of samples to payloads. */
export interface AudioEncoder {
  readonly codec: CodecName;
  /** Of the samples it takes. */
  readonly sampleRate: number;
  /** Samples by which the decoded audio lags, encoder and decoder together. */
  readonly latencySamples: number;
  /** The most bytes that a frame of so many samples can take. */
  maxBytes(samples: number): number;
  /**
   * The payload of the next frame.
   * @returns the number of bytes written; 0 where the codec sends nothing for this frame (discontinuous transmission)
   * @throws CodecError `ERR_FRAME_LENGTH`, `ERR_OUTPUT_TOO_SMALL`; ConfigError `ERR_CONFIG`; VoxwireError `ERR_DISPOSED`
   */
  encodeInto(pcm: Int16Array, out: Uint8Array): number;
  /** As new. */
  reset(): void;
  dispose(): void;
}

/** One stream of payloads to samples. What is optional is there in codecs that can do it, for jitter buffers. */
export interface AudioDecoder {
  readonly codec: CodecName;
  /** Of the samples it gives. */
  readonly sampleRate: number;
  /** The most samples that a payload of so many bytes can hold. */
  maxSamples(bytes: number): number;
  /**
   * The samples of the next payload.
   * @returns the number of samples written, or -1 for a payload that is not the codec's: bad media is no exception
   * @throws CodecError `ERR_OUTPUT_TOO_SMALL`; ConfigError `ERR_CONFIG`; VoxwireError `ERR_DISPOSED`
   */
  decodeInto(payload: Uint8Array, out: Int16Array): number;
  /** The samples that a payload holds, told without decoding it; -1 where it is not the codec's. */
  samplesIn?(payload: Uint8Array): number;
  /** Whether a payload carries the frame before it once more (in-band FEC), for `recoverInto`. */
  carriesLast?(payload: Uint8Array): boolean;
  /**
   * The lost payload's frame out of the one after it, which is to be decoded next.
   * @param out as long as the lost frame
   * @returns the number of samples, or -1
   */
  recoverInto?(next: Uint8Array, out: Int16Array): number;
  /**
   * What the codec itself has to stand for a lost payload; its state goes on.
   * @param out as long as the lost frame
   * @returns the number of samples, or -1
   */
  concealInto?(out: Int16Array): number;
  /**
   * Payloads are lost, and something else was heard, or will be: the state goes on over it.
   * @param heard up to `beyondSamples` after the place where the next payload's samples begin
   */
  followHeard?(heard: Int16Array): void;
  /** See `followHeard`. */
  readonly beyondSamples?: number;
  /** The sender begins anew, with what comes next. As `reset`, where that costs next to nothing. */
  beginAnew?(): void;
  /** As new. */
  reset(): void;
  dispose(): void;
}
