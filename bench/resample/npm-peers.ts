/** The resamplers that npm has. */
import { createRequire } from "node:module";
import { sampleNs } from "../measure.ts";
import { CONVERTERS, type ConverterName, createStream } from "../peers/libsamplerate.ts";
import {
  type Contender,
  chunkOf,
  convertInChunks,
  exactLength,
  type Rates,
  timeOnce,
  tone,
} from "./contender.ts";

const load = createRequire(import.meta.url);

/** Beyond 4 MiB libsamplerate-js cuts the input up itself, on some lengths so that it fails. */
const MOST_AT_ONCE = 2 ** 20;

interface WaveResampler {
  /** Filters `samples` in place before it takes samples away. */
  resample(samples: Float64Array, inputRate: number, outputRate: number): Float64Array;
}

interface SpeexStream {
  processChunk(int16: Buffer): Buffer;
}

interface SpeexModule {
  readonly default: {
    readonly initPromise: Promise<unknown>;
    new (channels: number, inputRate: number, outputRate: number, quality?: number): SpeexStream;
  };
}

export async function createNpmPeers(): Promise<Contender[]> {
  const libsamplerate = (Object.keys(CONVERTERS) as ConverterName[]).map(createLibsamplerate);
  return [...libsamplerate, createWave(load("wave-resampler")), await createSpeex(load("speex-resampler"))];
}

function createLibsamplerate(name: ConverterName): Contender {
  const roomFor = ({ inputRate, outputRate }: Rates, n: number) =>
    new Float32Array(2 * Math.ceil((n * outputRate) / inputRate) + 64);
  return {
    name,
    kind: "npm",
    keepsTime: true,
    convert: async (samples, rates, chunkSamples) => {
      const stream = await createStream(name, rates.inputRate, rates.outputRate);
      if (chunkSamples === 0 && Math.max(samples.length, exactLength(samples.length, rates)) < MOST_AT_ONCE) {
        const whole = stream.whole(samples);
        stream.dispose();
        return { samples: whole, log: [] };
      }
      const step = chunkSamples === 0 ? rates.inputRate : chunkSamples;
      const out = roomFor(rates, step);
      const result = convertInChunks(samples, rates, step, (chunk) => stream.process(chunk, out));
      stream.dispose();
      return result;
    },
    timeStream: async (rates) => {
      const stream = await createStream(name, rates.inputRate, rates.outputRate);
      const chunk = tone(chunkOf(rates.inputRate), rates.inputRate);
      const out = roomFor(rates, chunk.length);
      return {
        sample: (seconds) => sampleNs(() => stream.process(chunk, out), seconds),
        dispose: () => stream.dispose(),
      };
    },
    timeWhole: async (rates, samples) => {
      const stream = await createStream(name, rates.inputRate, rates.outputRate);
      const input = tone(samples, rates.inputRate);
      return { sample: () => timeOnce(() => stream.whole(input)), dispose: () => stream.dispose() };
    },
  };
}

/** Its defaults: cubic interpolation behind a Butterworth filter run both ways. It keeps nothing from chunk to chunk. */
function createWave({ resample }: WaveResampler): Contender {
  return {
    name: "wave-resampler",
    kind: "npm",
    keepsTime: true,
    convert: async (samples, rates, chunkSamples) =>
      convertInChunks(samples, rates, chunkSamples, (chunk) =>
        resample(Float64Array.from(chunk), rates.inputRate, rates.outputRate),
      ),
    timeStream: async ({ inputRate, outputRate }) => {
      const chunk = tone(chunkOf(inputRate), inputRate);
      const input = new Float64Array(chunk.length);
      const run = () => {
        input.set(chunk);
        resample(input, inputRate, outputRate);
      };
      return { sample: (seconds) => sampleNs(run, seconds), dispose: () => {} };
    },
    timeWhole: async ({ inputRate, outputRate }, samples) => {
      const all = tone(samples, inputRate);
      const input = new Float64Array(samples);
      const run = () => {
        input.set(all);
        resample(input, inputRate, outputRate);
      };
      return { sample: () => timeOnce(run), dispose: () => {} };
    },
  };
}

/** Its default, quality 7. It takes int16 alone, and is given it; the conversion is not counted. */
async function createSpeex({ default: SpeexResampler }: SpeexModule): Promise<Contender> {
  await SpeexResampler.initPromise;
  const create = (rates: Rates) => new SpeexResampler(1, rates.inputRate, rates.outputRate);
  return {
    name: "speex-resampler",
    kind: "npm",
    keepsTime: false,
    convert: async (samples, rates, chunkSamples) => {
      const stream = create(rates);
      const step = chunkSamples === 0 ? chunkOf(rates.inputRate) : chunkSamples;
      return convertInChunks(samples, rates, step, (chunk) => fromInt16(stream.processChunk(toInt16(chunk))));
    },
    timeStream: async (rates) => {
      const stream = create(rates);
      const chunk = toInt16(tone(chunkOf(rates.inputRate), rates.inputRate));
      return {
        sample: (seconds) => sampleNs(() => stream.processChunk(chunk), seconds),
        dispose: () => {},
      };
    },
  };
}

function toInt16(samples: Float32Array): Buffer {
  const int16 = Int16Array.from(samples, (x) => Math.round(x * 32767));
  return Buffer.from(int16.buffer);
}

function fromInt16(bytes: Buffer): Float32Array {
  return Float32Array.from({ length: bytes.length / 2 }, (_, i) => bytes.readInt16LE(2 * i) / 32767);
}
