/** Converts audio files: any type that is read, to WAV. */
import { realpath, stat } from "node:fs/promises";
import { fromMono, toMono } from "../codec/channels.ts";
import { type FileWarning, MAX_WAV_CHANNELS } from "../codec/wav/format.ts";
import { WAV_WRITE_ENCODINGS, type WavWriteEncoding } from "../codec/wav/sample-encoder.ts";
import { checkInteger, checkOneOf } from "../core/check.ts";
import { checkOptionNames } from "../core/check-options.ts";
import { ConfigError } from "../core/errors.ts";
import type { NamesOf } from "../core/option-names.ts";
import { checkSampleRate } from "../core/rates.ts";
import type { SampleArray } from "../core/types.ts";
import { loadDsp } from "../dsp/node-dsp.ts";
import { LONG_SECONDS } from "../dsp/resampler/at-once.ts";
import type { ResamplerQuality } from "../dsp/resampler/resampler.ts";
import type { AudioSource } from "./audio-source.ts";
import { openSource } from "./open.ts";
import { createRateStage, type RateStage } from "./rate-stage.ts";
import { unusableRate } from "./unusable-rate.ts";
import { createWavFile, type WavFile } from "./wav-file.ts";

/** Options of `convertFile`; what is left out stays as it is in the input. */
export interface ConvertOptions {
  /** Hz, 4,000 to 192,000. */
  sampleRate?: number;
  /** 1 averages the channels; more repeat a mono input on each. */
  channels?: number;
  /** Default `"pcm16"`. */
  encoding?: WavWriteEncoding;
  /** Of the resampler; default `"high"`. */
  quality?: ResamplerQuality;
  /** Called after each block with how much of the input has been read, 0 to 1; with 1 at the end. */
  onProgress?: (fraction: number) => void;
  /** Stops the conversion and removes the unfinished output; `convertFile` then rejects with the signal's reason. */
  signal?: AbortSignal;
}

const CONVERT_OPTIONS: NamesOf<ConvertOptions> = {
  sampleRate: 1,
  channels: 1,
  encoding: 1,
  quality: 1,
  onProgress: 1,
  signal: 1,
};

/** What a conversion did. */
export interface ConvertResult {
  /** For a person: `"MP3, 44100 Hz, 2 channels"`. */
  readonly input: string;
  /** Samples per channel that were read. */
  readonly inputSamples: number;
  /** Samples per channel that were written: ceil(inputSamples * sampleRate / the input's rate). */
  readonly outputSamples: number;
  /** Hz. */
  readonly sampleRate: number;
  readonly channels: number;
  readonly encoding: WavWriteEncoding;
  readonly warnings: readonly FileWarning[];
}

/**
 * Converts an audio file to WAV, block by block in constant memory, to the exact length and aligned in time. An output
 * that was not finished, for whatever reason, is removed.
 *
 * @throws as `openAudioFile` and `createWavFile`; ConfigError `ERR_CONFIG` where input and output are one file, or for a
 * change of channels other than to one or from one; ConfigError `ERR_RATE` for `sampleRate`;
 * CodecError `ERR_FILE_FORMAT` where the input's rate is not from 4,000 to 192,000 Hz and another is asked for
 */
export async function convertFile(
  input: string,
  output: string,
  options: ConvertOptions = {},
): Promise<ConvertResult> {
  checkOptionNames("convertFile()", options, CONVERT_OPTIONS);
  const { signal, onProgress } = options;
  const encoding = checkOneOf("encoding", options.encoding ?? "pcm16", WAV_WRITE_ENCODINGS);
  if (options.sampleRate !== undefined) checkSampleRate("sampleRate", options.sampleRate);
  if (options.channels !== undefined) checkInteger("channels", options.channels, 1, MAX_WAV_CHANNELS);
  signal?.throwIfAborted();
  const source = await openSource(input, true);
  let chain: Chain | undefined;
  let file: WavFile | undefined;
  try {
    await refuseSameFile(input, output);
    chain = await createChain(source, options, encoding);
    const { sampleRate, channels } = chain;
    file = await createWavFile(output, { sampleRate, channels, encoding });
    let inputSamples = 0;
    for await (const samples of source.lent?.() ?? samplesOf(source)) {
      signal?.throwIfAborted();
      inputSamples += samples.length / source.channels;
      await file.write(chain.process(samples));
      onProgress?.(source.progress);
    }
    signal?.throwIfAborted();
    await file.write(chain.flush());
    await file.close();
    onProgress?.(1);
    const { description, warnings } = source;
    const outputSamples = file.durationSamples;
    return { input: description, inputSamples, outputSamples, sampleRate, channels, encoding, warnings };
  } catch (cause) {
    await file?.discard();
    throw cause;
  } finally {
    chain?.dispose();
    await source.close();
  }
}

async function* samplesOf(source: AudioSource): AsyncGenerator<SampleArray> {
  for await (const { samples } of source) yield samples;
}

/** Channels and rate: down to one before the resampler, up from one after it, so that it works on the fewer. */
interface Chain {
  readonly sampleRate: number;
  readonly channels: number;
  /** What comes out is valid until the next call. */
  process(samples: SampleArray): SampleArray;
  flush(): SampleArray;
  dispose(): void;
}

/** Encodings that are made of int16, whatever the samples were. */
const INT16_ENCODINGS: ReadonlySet<WavWriteEncoding> = new Set(["pcm16", "mulaw", "alaw"]);

async function createChain(
  source: AudioSource,
  options: ConvertOptions,
  encoding: WavWriteEncoding,
): Promise<Chain> {
  const sampleRate = options.sampleRate ?? source.sampleRate;
  const channels = options.channels ?? source.channels;
  if (channels !== source.channels && channels !== 1 && source.channels !== 1) {
    throw new ConfigError(
      "ERR_CONFIG",
      `${JSON.stringify(source.path)} has ${source.channels} channels; they cannot become ${channels}.`,
      { hint: "Leave channels out, or ask for 1." },
    );
  }
  const resampled = Math.min(channels, source.channels);
  const dsp = await loadDsp();
  let stage: RateStage | undefined;
  if (sampleRate !== source.sampleRate) {
    const problem = unusableRate(source.path, source.sampleRate);
    if (problem !== undefined) throw problem;
    const quality = options.quality ?? "high";
    const task = { inputRate: source.sampleRate, outputRate: sampleRate, quality, channels: resampled };
    const isLong = (source.durationSamples ?? 0) >= LONG_SECONDS * source.sampleRate;
    const isInt16 = INT16_ENCODINGS.has(encoding) && resampled === channels;
    stage = createRateStage(dsp, task, isLong, isInt16 ? "int16" : "float32");
  }
  const floats = (samples: SampleArray) =>
    samples instanceof Float32Array ? samples : dsp.pcm.int16ToFloat(samples);
  const down = (samples: SampleArray) =>
    resampled < source.channels ? toMono(floats(samples), source.channels) : samples;
  const up = (samples: SampleArray) => (resampled < channels ? fromMono(floats(samples), channels) : samples);
  return {
    sampleRate,
    channels,
    process(samples) {
      const few = down(samples);
      return up(stage === undefined ? few : stage.process(few));
    },
    flush: () => up(stage?.flush() ?? new Float32Array(0)),
    dispose: () => stage?.dispose(),
  };
}

async function refuseSameFile(input: string, output: string): Promise<void> {
  const [from, to] = await Promise.all([stat(input), stat(output).catch(() => undefined)]);
  const isSame = to !== undefined && from.dev === to.dev && from.ino === to.ino;
  // a hard link is one file under two paths; where inodes are all 0 the paths decide
  if (isSame && (from.ino !== 0 || (await realpath(input)) === (await realpath(output)))) {
    throw new ConfigError("ERR_CONFIG", `Input and output are the same file, ${JSON.stringify(output)}.`, {
      hint: "Write to another path: the input is read while the output is written.",
    });
  }
}
