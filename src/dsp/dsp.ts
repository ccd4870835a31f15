/** The whole audio core: what `loadDsp` gives. */
import type { SampleArray } from "../core/types.ts";
import type { Engine } from "./engine.ts";
import { engineOf, Formats } from "./formats.ts";
import { resamplerWasm } from "./generated/resampler-wasm.ts";
import { spectralWasm } from "./generated/spectral-wasm.ts";
import { spectral64Wasm } from "./generated/spectral64-wasm.ts";
import { later } from "./later.ts";
import { type KernelSource, type LoadOptions, loadEngine, loadEngineSync } from "./load.ts";
import { createResampler, resampleWhole } from "./resampler/create.ts";
import type { Resampler, ResamplerOptions } from "./resampler/resampler.ts";
import { warmUpResampler } from "./resampler/warm-up.ts";
import { formatsSource } from "./sources.ts";
import { createResamplerTwins } from "./twins/resampler.ts";
import { createSpectral64Twins, createSpectralTwins } from "./twins/spectral.ts";

const resamplerSource: KernelSource = {
  name: "resampler",
  hex: resamplerWasm,
  twin: createResamplerTwins,
};
const spectralSource: KernelSource = {
  name: "spectral",
  hex: spectralWasm,
  twin: createSpectralTwins,
  later,
};
const spectral64Source: KernelSource = {
  name: "spectral64",
  hex: spectral64Wasm,
  twin: createSpectral64Twins,
  later,
};
const SOURCES = [formatsSource, resamplerSource, spectralSource, spectral64Source];

/** G.711, sample formats, Base64, slicing and resampling over one engine. */
export class Dsp extends Formats {
  /**
   * A streaming resampler between any two whole rates from 4,000 to 192,000 Hz.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  createResampler(options: ResamplerOptions): Resampler {
    return createResampler(engineOf(this), options);
  }

  /**
   * All of a signal at once, time-aligned: exactly ceil(n * outputRate / inputRate) samples per channel, the caller's own.
   * The same samples as `createResampler` gives in chunks; int16 of int16, rounded and saturated. With `"high"` blocks are
   * longer here where the signal is, so the samples agree within -130 dB.
   * @throws ConfigError `ERR_RATE`, `ERR_CONFIG`; WasmError `ERR_ARENA_FULL`
   */
  resample(samples: Float32Array, options: ResamplerOptions): Float32Array;
  resample(samples: Int16Array, options: ResamplerOptions): Int16Array;
  resample(samples: SampleArray, options: ResamplerOptions): SampleArray {
    return resampleWhole(engineOf(this), samples, options);
  }
}

const shared = new Map<string, Dsp>();

/**
 * Loads the audio core: WebAssembly SIMD where the platform allows it, plain TypeScript elsewhere.
 * Without `memoryBytes` the thread's one shared core is returned.
 * @throws WasmError `ERR_WASM_UNAVAILABLE` (only with `backend: "wasm"`), ConfigError `ERR_CONFIG`
 */
export async function loadDsp(options: LoadOptions = {}): Promise<Dsp> {
  return sharedOr(options) ?? keep(options, await loadEngine(SOURCES, options));
}

/** As `loadDsp`, at once: for Node, workers and worklets. */
export function loadDspSync(options: LoadOptions = {}): Dsp {
  return sharedOr(options) ?? keep(options, loadEngineSync(SOURCES, options));
}

function sharedOr(options: LoadOptions): Dsp | undefined {
  if (options.memoryBytes !== undefined) return undefined;
  const wanted = options.backend ?? "auto";
  return shared.get(wanted) ?? (wanted === "auto" ? shared.get("wasm") : undefined);
}

function keep(options: LoadOptions, engine: Engine): Dsp {
  const known = sharedOr(options);
  if (known !== undefined) return known;
  if (options.memoryBytes !== undefined) return warm(engine);
  // "auto" and the backend that it came out at are one core: two would make every call site see two sets of kernels
  const wanted = options.backend ?? "auto";
  const dsp = shared.get(engine.backend) ?? warm(engine);
  shared.set(engine.backend, dsp);
  shared.set(wanted, dsp);
  return dsp;
}

function warm(engine: Engine): Dsp {
  warmUpResampler(engine);
  return new Dsp(engine);
}
