/**
 * The resampler's interface over a converter: counts samples, cuts long input into pieces, parts and joins channels, and
 * keeps the memory that `process` returns views of.
 */
import { checkInteger, checkNumber } from "../../core/check.ts";
import { ConfigError } from "../../core/errors.ts";
import type { SampleArray } from "../../core/types.ts";
import { expectRoom, expectSamples } from "../arguments.ts";
import type { Engine } from "../engine.ts";
import { ChannelIo } from "./channel-io.ts";
import type { Converter, ConverterMemory, DirectConverter, Steering } from "./converter.ts";
import { OutputMemory } from "./output-memory.ts";
import { MAX_DRIFT_PPM, type Resampler, type ResamplerQuality } from "./resampler.ts";
import { scratchMemory } from "./scratch-memory.ts";
import { expectAlike, expectPlanes, samplesPerChannel } from "./stream-arguments.ts";

/** Counts are taken back by whole periods of the ratio beyond this, so that products of them stay exact for ever. */
const LARGE_COUNT = 2 ** 30;

/** What a stream is made of. `inputs` samples become `outputs`, reduced. */
export interface StreamParts {
  readonly engine: Engine;
  readonly converter: Converter;
  readonly inputRate: number;
  readonly outputRate: number;
  readonly inputs: number;
  readonly outputs: number;
  readonly channels: number;
  readonly quality: ResamplerQuality;
}

export class ResamplerStream implements Resampler {
  readonly inputRate: number;
  readonly outputRate: number;
  readonly channels: number;
  readonly quality: ResamplerQuality;
  readonly #engine: Engine;
  readonly #converter: Converter;
  readonly #inputs: number;
  readonly #outputs: number;
  readonly #io: ChannelIo;
  // kept here: a process with every quality has too many kinds of converter for V8 to look at one quickly
  readonly #pieceSamples: number;
  readonly #steering: Steering | undefined;
  /** Until it is disposed of. */
  #direct: DirectConverter | undefined;
  readonly #scratch: ConverterMemory;
  readonly #floats: OutputMemory<Float32Array>;
  readonly #int16s: OutputMemory<Int16Array>;
  /** Samples per channel so far, less whole periods that no longer matter. */
  #taken = 0;
  #given = 0;
  #isDisposed = false;

  constructor(parts: StreamParts) {
    this.inputRate = parts.inputRate;
    this.outputRate = parts.outputRate;
    this.channels = parts.channels;
    this.quality = parts.quality;
    this.#engine = parts.engine;
    this.#converter = parts.converter;
    this.#inputs = parts.inputs;
    this.#outputs = parts.outputs;
    this.#io = new ChannelIo(parts.engine, parts.converter);
    this.#pieceSamples = parts.converter.pieceSamples;
    this.#steering = parts.converter.steering;
    this.#direct = parts.converter.direct;
    this.#scratch = scratchMemory(parts.engine);
    this.#floats = new OutputMemory(parts.engine, Float32Array);
    this.#int16s = new OutputMemory(parts.engine, Int16Array);
  }

  get latencySamples(): number {
    return this.#converter.latencySamples;
  }

  process(samples: Float32Array): Float32Array;
  process(samples: Int16Array): Int16Array;
  process(samples: SampleArray): SampleArray {
    if (this.#direct !== undefined && this.#isPiece(samples) && !this.#floats.isOutside) {
      return this.#convertDirectly(this.#direct, samples, this.#floats);
    }
    const n = this.#samplesPerChannel(samples);
    const length = this.#owed(n) * this.channels;
    const memory = samples instanceof Float32Array ? this.#floats : this.#int16s;
    const out = memory.view(length);
    this.#convert(samples, n, out, memory.address);
    return out;
  }

  processInto(samples: SampleArray, out: SampleArray): number {
    if (this.#direct !== undefined && this.#isPiece(samples) && this.#hasRoom(out, samples.length)) {
      const given = this.#convertDirectly(this.#direct, samples, this.#scratch);
      out.set(given);
      return given.length;
    }
    const n = this.#samplesPerChannel(samples);
    expectSamples(out, "out");
    // room for the most that so many samples ever give saves counting how many it will be
    if (this.#isDrifting || out.length * this.#inputs < n * this.#outputs * this.channels) {
      expectRoom(out.length, this.#owed(n) * this.channels, "samples");
    }
    return this.#convert(samples, n, out, 0) * this.channels;
  }

  processPlanarInto(inputs: readonly SampleArray[], outputs: readonly SampleArray[]): number {
    this.#expectOpen();
    expectPlanes(inputs, this.channels, "inputs");
    expectPlanes(outputs, this.channels, "outputs");
    expectAlike(inputs);
    const n = inputs[0]!.length;
    const length = this.#owed(n);
    for (let channel = 0; channel < outputs.length; channel++) {
      expectRoom(outputs[channel]!.length, length, "samples");
    }
    let written = 0;
    for (let at = 0; at < n; ) {
      const piece = Math.min(this.#pieceSamples, n - at);
      let count = 0;
      for (let channel = 0; channel < inputs.length; channel++) {
        count = this.#io.run(channel, inputs[channel], at, 1, piece, outputs[channel]!, written, 0);
      }
      written += count;
      at += piece;
    }
    this.#count(n, written);
    return written;
  }

  flush(): Float32Array {
    this.#expectOpen();
    const length = this.#rest() * this.channels;
    this.#flushInto(this.#floats);
    return this.#floats.view(length);
  }

  flushInto(out: SampleArray): number {
    this.#expectOpen();
    expectSamples(out, "out");
    const length = this.#rest() * this.channels;
    expectRoom(out.length, length, "samples");
    const memory = out instanceof Float32Array ? this.#floats : this.#int16s;
    this.#flushInto(memory);
    out.set(memory.view(length));
    return length;
  }

  prime(): number {
    this.#expectOpen();
    if (this.#taken !== 0) {
      throw new ConfigError("ERR_CONFIG", "prime() was called after the first sample.", {
        hint: "Prime a new resampler, or one that has been reset.",
      });
    }
    const periods = Math.ceil(this.latencySamples / this.#inputs);
    const silence = periods * this.#inputs;
    this.#skip(silence);
    return this.#rest();
  }

  setDrift(ppm: number): void {
    this.#expectOpen();
    checkNumber("ppm", ppm, -MAX_DRIFT_PPM, MAX_DRIFT_PPM);
    const steering = this.#steering;
    if (steering === undefined) {
      throw new ConfigError("ERR_DRIFT_UNSUPPORTED", `The quality "${this.quality}" cannot drift.`, {
        hint: 'Make the resampler with quality "voice".',
      });
    }
    steering.setDrift(ppm);
  }

  reset(): void {
    this.#expectOpen();
    this.#converter.reset();
    this.#taken = 0;
    this.#given = 0;
  }

  maxOutput(inputSamples: number): number {
    checkInteger("inputSamples", inputSamples, 0, Number.MAX_SAFE_INTEGER);
    const n = Math.ceil(inputSamples / this.channels);
    if (this.#isDrifting) {
      const most = (n * this.#outputs * (1 + MAX_DRIFT_PPM / 1e6)) / this.#inputs;
      return n === 0 ? 0 : (Math.ceil(most) + 1) * this.channels;
    }
    return Math.ceil((n * this.#outputs) / this.#inputs) * this.channels;
  }

  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#direct = undefined;
    this.#floats.dispose();
    this.#int16s.dispose();
    this.#converter.dispose();
  }

  /** What a direct converter takes at once. */
  #isPiece(samples: SampleArray): samples is Float32Array {
    return samples instanceof Float32Array && samples.length <= this.#pieceSamples;
  }

  /** Float32, and room for the most that `n` samples of one channel ever give. */
  #hasRoom(out: SampleArray, n: number): boolean {
    return out instanceof Float32Array && out.length * this.#inputs >= n * this.#outputs;
  }

  #convertDirectly(direct: DirectConverter, samples: Float32Array, memory: ConverterMemory): Float32Array {
    const out = direct.convert(samples, memory);
    this.#count(samples.length, out.length);
    return out;
  }

  /** Outputs per channel that the next `n` inputs give. */
  #owed(n: number): number {
    if (this.#isDrifting) return this.#steering!.owed(n);
    return this.#converter.outputsAfter(this.#taken + n) - this.#given;
  }

  /** Outputs per channel that are due but not given. */
  #rest(): number {
    if (this.#isDrifting) return this.#steering!.rest();
    return Math.ceil((this.#taken * this.#outputs) / this.#inputs) - this.#given;
  }

  get #isDrifting(): boolean {
    return this.#steering !== undefined && this.#steering.isDrifting;
  }

  /** Silence behind the last sample until all that is due is in the memory's first view, and more; then as new. */
  #flushInto(memory: OutputMemory<Float32Array> | OutputMemory<Int16Array>): void {
    const silence = Math.floor(this.latencySamples) + 1;
    const out = memory.view(this.#owed(silence) * this.channels);
    this.#convert(undefined, silence, out, memory.address);
    this.reset();
  }

  /**
   * `n` samples per channel, or silence, into `out`, which is long enough; returns how many per channel came out. `address`
   * is that of `out` where it lies in the engine's memory, else 0.
   */
  #convert(samples: SampleArray | undefined, n: number, out: SampleArray, address: number): number {
    const { channels } = this;
    const most = this.#pieceSamples;
    let written = 0;
    if (
      channels === 1 &&
      n > 0 &&
      n <= most &&
      samples instanceof Float32Array &&
      out instanceof Float32Array
    ) {
      written = this.#io.runAlone(samples, out, address);
    } else {
      for (let at = 0; at < n; ) {
        const piece = Math.min(most, n - at);
        let count = 0;
        for (let channel = 0; channel < channels; channel++) {
          const from = at * channels + channel;
          const to = written * channels + channel;
          count = this.#io.run(channel, samples, from, channels, piece, out, to, address);
        }
        written += count;
        at += piece;
      }
    }
    this.#count(n, written);
    return written;
  }

  /** Silence in, nothing out. */
  #skip(n: number): void {
    const skipped = this.#converter.skipSilence?.(n);
    if (skipped !== undefined) {
      this.#count(n, skipped);
      return;
    }
    const { f32, scratchOut } = this.#engine;
    const converter = this.#converter;
    const src = converter.inputAddress;
    let given = 0;
    for (let at = 0; at < n; ) {
      const piece = Math.min(this.#pieceSamples, n - at);
      let count = 0;
      for (let channel = 0; channel < this.channels; channel++) {
        f32.fill(0, src >> 2, (src >> 2) + piece);
        count = converter.run(channel, src, piece, scratchOut);
      }
      given += count;
      at += piece;
    }
    this.#count(n, given);
  }

  #count(taken: number, given: number): void {
    this.#taken += taken;
    this.#given += given;
    if (this.#taken > LARGE_COUNT) {
      const periods = Math.floor(this.#taken / 2 / this.#inputs);
      this.#taken -= periods * this.#inputs;
      this.#given -= periods * this.#outputs;
    }
  }

  #samplesPerChannel(samples: SampleArray): number {
    this.#expectOpen();
    return samplesPerChannel(samples, this.channels);
  }

  #expectOpen(): void {
    if (this.#isDisposed) {
      throw new ConfigError("ERR_DISPOSED", "This resampler has been disposed of.", {
        hint: "Make a new one with dsp.createResampler().",
      });
    }
  }
}
