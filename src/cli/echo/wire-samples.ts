/**
 * What an echo must sound like, worked out without client, server or wire: mono, resampled, filled up to whole frames, and
 * through the codec. Shares nothing with the client but the audio core, so that it can judge it.
 */
import { toMono } from "../../codec/channels.ts";
import type { SampleArray } from "../../core/types.ts";
import type { Dsp } from "../../dsp/dsp.ts";
import type { SampleEncoding } from "../../transport/protocol/fastrtc-shapes.ts";

/** A source of any rate and number of channels. */
export interface SourceAudio extends AsyncIterable<{ readonly samples: Float32Array }> {
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
}

/** What the wire carries. */
export interface WireShape {
  encoding: SampleEncoding;
  /** Hz. */
  sampleRate: number;
  /** Samples in a frame. */
  frameSamples: number;
}

/** The source as int16 at the wire's rate, with the silence that fills up the last frame; arrays are the caller's own. */
export async function* wireSamples(
  dsp: Dsp,
  source: SourceAudio,
  shape: WireShape,
): AsyncGenerator<Int16Array, void, undefined> {
  const isSame = source.sampleRate === shape.sampleRate;
  const rates = { inputRate: source.sampleRate, outputRate: shape.sampleRate };
  const resampler = isSame ? undefined : dsp.createResampler(rates);
  let count = 0;
  try {
    for await (const { samples } of source) {
      const mono = toMono(samples, source.channels);
      const pcm = dsp.pcm.floatToInt16(resampler === undefined ? mono : resampler.process(mono));
      count += pcm.length;
      yield pcm;
    }
    const rest = dsp.pcm.floatToInt16(resampler?.flush() ?? new Float32Array(0));
    count += rest.length;
    yield rest;
  } finally {
    resampler?.dispose();
  }
  const missing = (shape.frameSamples - (count % shape.frameSamples)) % shape.frameSamples;
  yield new Int16Array(missing);
}

/** Samples as they come out of the codec; a new array. */
export function throughCodec(dsp: Dsp, samples: Int16Array, encoding: SampleEncoding): Int16Array {
  switch (encoding) {
    case "mulaw":
      return dsp.mulaw.decode(dsp.mulaw.encode(samples));
    case "alaw":
      return dsp.alaw.decode(dsp.alaw.encode(samples));
    case "pcm16":
      return samples.slice();
  }
}

/** Blocks of a recorded file as int16; a 16-bit file gives back exactly what was written. */
export async function* fileSamples(
  dsp: Dsp,
  blocks: AsyncIterable<{ readonly samples: SampleArray }>,
): AsyncGenerator<Int16Array, void, undefined> {
  for await (const { samples } of blocks) {
    yield samples instanceof Int16Array ? samples : dsp.pcm.floatToInt16(samples);
  }
}
