/** What converts from one rate to another, ours or a peer's, as the resampler's reports see it: mono float32. */

/** Hz, both whole. */
export interface Rates {
  readonly inputRate: number;
  readonly outputRate: number;
}

export interface Conversion {
  readonly samples: Float32Array;
  /** After each chunk: samples fed and samples returned so far. Empty where that cannot be seen. */
  readonly log: readonly (readonly [fed: number, produced: number])[];
}

/** Something to be timed again and again, in turns with others. */
export interface Timed {
  /** Nanoseconds a call, several numbers from about `seconds` of work. */
  sample(seconds: number): number[] | Promise<number[]>;
  dispose(): void;
}

export interface Contender {
  readonly name: string;
  readonly kind: "ours" | "npm" | "native" | "command";
  /** Whether its output has a definite length and place in time; the others are only judged by their tones. */
  readonly keepsTime: boolean;
  /** Converts all of `samples` in chunks, 0 for all at once, as far as it can be made to give it. */
  convert(samples: Float32Array, rates: Rates, chunkSamples: number): Promise<Conversion>;
  /** A stream in chunks of `chunkOf(inputRate)`, copies in and out included; ns a chunk. */
  readonly timeStream?: (rates: Rates) => Promise<Timed>;
  /** All of a signal of `samples` samples at once, its result in new memory; ns for all, one number a call of `sample`. */
  readonly timeWhole?: (rates: Rates, samples: number) => Promise<Timed>;
  /** The same into memory that is used again each time. */
  readonly timeWholeInto?: (rates: Rates, samples: number) => Promise<Timed>;
}

/** A peer that could not be had, and the line that brings it. */
export interface MissingPeer {
  readonly name: string;
  readonly install: string;
}

const CHUNKS_A_SECOND = 50;

/** Samples of a chunk of 20 ms, to the nearest one. */
export function chunkOf(inputRate: number): number {
  return Math.round(inputRate / CHUNKS_A_SECOND);
}

/** The length that a conversion should have. */
export function exactLength(samples: number, { inputRate, outputRate }: Rates): number {
  return Math.ceil((samples * outputRate) / inputRate);
}

/** `n` samples of a tone at half of full scale. */
export function tone(n: number, sampleRate: number, hz = 997): Float32Array {
  return Float32Array.from({ length: n }, (_, i) => 0.5 * Math.sin((2 * Math.PI * hz * i) / sampleRate));
}

/** Runs a streaming function over all chunks and joins what it returns; the returned arrays may be views. */
export function convertInChunks(
  samples: Float32Array,
  { inputRate, outputRate }: Rates,
  chunkSamples: number,
  process: (chunk: Float32Array) => ArrayLike<number>,
  flush: () => ArrayLike<number> = () => [],
): Conversion {
  const joined = new Float32Array(Math.ceil((samples.length * outputRate) / inputRate) + 65536);
  const log: [number, number][] = [];
  const step = chunkSamples === 0 ? samples.length : chunkSamples;
  let produced = 0;
  for (let at = 0; at < samples.length; at += step) {
    const out = process(samples.subarray(at, at + step));
    joined.set(out, produced);
    produced += out.length;
    log.push([Math.min(at + step, samples.length), produced]);
  }
  const rest = flush();
  joined.set(rest, produced);
  return { samples: joined.slice(0, produced + rest.length), log };
}

/** Times one call of a function that takes long. */
export function timeOnce(run: () => unknown): number[] {
  const start = process.hrtime.bigint();
  run();
  return [Number(process.hrtime.bigint() - start)];
}
