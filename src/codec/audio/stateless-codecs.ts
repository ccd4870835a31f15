/** mu-law, A-law and 16-bit PCM as codecs: each frame by itself, at any rate. */
import { expectBytes, expectInt16, expectRoom } from "../../dsp/arguments.ts";
import type { Formats } from "../../dsp/formats.ts";
import type { G711, G711Convention } from "../../dsp/g711.ts";
import type { AudioDecoder, AudioEncoder } from "./audio-codec.ts";

/** G.711, one byte a sample. */
export class G711Encoder implements AudioEncoder {
  readonly codec: "pcmu" | "pcma";
  readonly sampleRate: number;
  readonly latencySamples = 0;
  readonly #law: G711;
  readonly #options: { convention?: G711Convention };

  constructor(dsp: Formats, codec: "pcmu" | "pcma", sampleRate: number, convention?: G711Convention) {
    this.codec = codec;
    this.sampleRate = sampleRate;
    this.#law = codec === "pcmu" ? dsp.mulaw : dsp.alaw;
    this.#options = convention === undefined ? {} : { convention };
  }

  maxBytes(samples: number): number {
    return samples;
  }

  encodeInto(pcm: Int16Array, out: Uint8Array): number {
    return this.#law.encodeInto(pcm, out, this.#options);
  }

  /** Nothing to do: a frame knows nothing of the one before. */
  reset(): void {}

  /** Nothing to give back. */
  dispose(): void {}
}

/** The other end of `G711Encoder`. */
export class G711Decoder implements AudioDecoder {
  readonly codec: "pcmu" | "pcma";
  readonly sampleRate: number;
  readonly #law: G711;

  constructor(dsp: Formats, codec: "pcmu" | "pcma", sampleRate: number) {
    this.codec = codec;
    this.sampleRate = sampleRate;
    this.#law = codec === "pcmu" ? dsp.mulaw : dsp.alaw;
  }

  maxSamples(bytes: number): number {
    return bytes;
  }

  decodeInto(payload: Uint8Array, out: Int16Array): number {
    return this.#law.decodeInto(payload, out);
  }

  reset(): void {}

  dispose(): void {}
}

/** Samples as they are, two bytes each, the low one first on any machine. */
export class Pcm16Encoder implements AudioEncoder {
  readonly codec = "pcm16";
  readonly sampleRate: number;
  readonly latencySamples = 0;

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
  }

  maxBytes(samples: number): number {
    return samples * 2;
  }

  encodeInto(pcm: Int16Array, out: Uint8Array): number {
    expectInt16(pcm, "pcm");
    expectBytes(out, "out");
    expectRoom(out.length, pcm.length * 2, "bytes");
    for (let i = 0; i < pcm.length; i++) {
      const sample = pcm[i]!;
      out[2 * i] = sample;
      out[2 * i + 1] = sample >> 8;
    }
    return pcm.length * 2;
  }

  reset(): void {}

  dispose(): void {}
}

/** The other end of `Pcm16Encoder`. Half a sample at the end makes a payload bad. */
export class Pcm16Decoder implements AudioDecoder {
  readonly codec = "pcm16";
  readonly sampleRate: number;

  constructor(sampleRate: number) {
    this.sampleRate = sampleRate;
  }

  maxSamples(bytes: number): number {
    return bytes >> 1;
  }

  decodeInto(payload: Uint8Array, out: Int16Array): number {
    expectBytes(payload, "payload");
    expectInt16(out, "out");
    if ((payload.length & 1) !== 0) return -1;
    const samples = payload.length >> 1;
    expectRoom(out.length, samples, "samples");
    for (let i = 0; i < samples; i++) out[i] = payload[2 * i]! | (payload[2 * i + 1]! << 8);
    return samples;
  }

  reset(): void {}

  dispose(): void {}
}
