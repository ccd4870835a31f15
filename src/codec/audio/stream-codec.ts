/** Codecs that keep state from frame to frame, as `serve` and `connect` take them: one encoder and decoder a session. */
import { engineOf, type Formats } from "../../dsp/formats.ts";
import { G722Decoder, G722Encoder } from "../../dsp/g722/g722.ts";
import type { AudioDecoder, AudioEncoder } from "./audio-codec.ts";

/** What makes a session's encoder and decoder. Spoken on the binary protocol, which has numbers for both names. */
export interface StreamCodec {
  /** As the wire's `encoding` names it. */
  readonly name: "g722" | "opus";
  /** Hz that it takes; the last is chosen where the other end leaves the rate open and the handler's is not among them. */
  readonly sampleRates: readonly number[];
  /** Durations that a frame may have, in ms; undefined: any. */
  readonly frameDurationsMs: readonly number[] | undefined;
  /**
   * The samples that a payload holds, told without decoding it; -1 where it is not the codec's. Where a codec has this and
   * its decoders do, jitter buffers take payloads and decode them when their turn comes.
   */
  samplesIn?(payload: Uint8Array, sampleRate: number): number;
  /** May throw `ERR_ARENA_FULL`, `ERR_CODEC_BUSY`. */
  createEncoder(dsp: Formats, sampleRate: number): AudioEncoder;
  /** May throw `ERR_ARENA_FULL`, `ERR_CODEC_BUSY`. */
  createDecoder(dsp: Formats, sampleRate: number): AudioDecoder;
}

/** G.722, 7 kHz wide speech in 64 kbit/s; see `docs/codecs.md`. */
export const g722: StreamCodec = {
  name: "g722",
  sampleRates: [16000],
  frameDurationsMs: undefined,
  samplesIn: (payload) => 2 * payload.length,
  createEncoder: (dsp) => new G722Encoder(engineOf(dsp)),
  createDecoder: (dsp) => new G722Decoder(engineOf(dsp)),
};
