/** Which codec an agreement asks for, and whether this client has it. */
import type { StreamCodec } from "../codec/audio/stream-codec.ts";
import { VoxwireError } from "../core/errors.ts";
import type { ClientDsp } from "../dsp/client-dsp.ts";
import type { Dsp } from "../dsp/dsp.ts";
import type { DirectionFormat } from "../transport/protocol/fastrtc-client.ts";
import { isSampleEncoding } from "../transport/protocol/fastrtc-shapes.ts";

/** The codec of a format that keeps state; undefined for encodings of single samples, and where there is none. */
export function streamCodecOf(
  codecs: readonly StreamCodec[],
  { encoding, sampleRate }: DirectionFormat,
): StreamCodec | undefined {
  return codecs.find(({ name, sampleRates }) => name === encoding && sampleRates.includes(sampleRate));
}

/** What is wrong with a format that a server has chosen without being asked, or undefined. */
export function unspeakable(
  codecs: readonly StreamCodec[],
  format: DirectionFormat,
  isBinary: boolean,
): VoxwireError | undefined {
  const { encoding, sampleRate } = format;
  if (isSampleEncoding(encoding) || (isBinary && streamCodecOf(codecs, format) !== undefined))
    return undefined;
  return new VoxwireError(
    "ERR_FORMAT_UNSUPPORTED",
    `The server chose ${encoding} at ${sampleRate} Hz, which this client has not asked for and has no codec for.`,
    { hint: "Ask for an encoding in format, or give the codec in codecs." },
  );
}

/** A client's core, for its codecs and jitter buffers: those come with platforms that load a whole one. */
export function wholeDsp(dsp: ClientDsp): Dsp {
  return dsp as Dsp;
}
