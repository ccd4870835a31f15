/** Loads engines: WebAssembly where it can be had, all of it or none, and plain TypeScript elsewhere. */
import { checkInteger, checkOneOf } from "../core/check.ts";
import { attachStrictly, createTwin } from "./attach.ts";
import { compileAhead, expectWasm, instantiate, type KernelSource } from "./compile.ts";
import { type Backend, createEngine, createMemory, type Engine, MIN_MEMORY_BYTES } from "./engine.ts";
import type { SampleKernels } from "./kernels.ts";
import { PAGE_BYTES } from "./memory.ts";
import { fetchTwins, type TwinSet } from "./twins.ts";

/** Options of `loadDsp` and its kin. */
export interface LoadOptions {
  /**
   * `"auto"` (default): WebAssembly where the platform allows it, else plain TypeScript. `"wasm"`: that or an error.
   * `"js"`: plain TypeScript, bit for bit the same for integers, formats and G.711.
   */
  backend?: "auto" | Backend;
  /**
   * Fixed size of the audio memory, 320 KiB to 2 GiB; default 64 MiB (16 MiB for `"js"`). Untouched pages cost address
   * space only. With this option the engine is a new one; without it, one engine per thread is shared.
   */
  memoryBytes?: number;
}

/** What an engine is loaded with. */
export interface EngineSources<F extends SampleKernels> {
  readonly formats: KernelSource<F>;
  readonly attached: readonly KernelSource[];
}

const DEFAULT_WASM_BYTES = 64 * 1024 * 1024;
const DEFAULT_JS_BYTES = 16 * 1024 * 1024;
const MAX_MEMORY_BYTES = 2 ** 31;

/**
 * Compiles off the main path where the platform can; the asynchronous form of `loadEngineSync`.
 * @param twins gives the sources' twins; asked only where WebAssembly is not to be
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export async function loadEngine<F extends SampleKernels>(
  sources: EngineSources<F>,
  options: LoadOptions,
  twins: () => Promise<TwinSet>,
): Promise<Engine<F>> {
  checkOptions(options);
  if (options.backend !== "js") {
    try {
      await compileAhead([sources.formats, ...sources.attached]);
      return createWasmEngine(sources, options.memoryBytes ?? DEFAULT_WASM_BYTES);
    } catch (error) {
      if (options.backend === "wasm") throw error;
    }
  }
  await fetchTwins(twins);
  return createPlainEngine(sources, options);
}

/**
 * A new engine at once; the sources' twins have been brought. Safe in Node, workers and worklets; some browsers' main threads refuse to compile modules of more
 * than 4 KiB synchronously unless `loadEngine` has compiled them before.
 * @throws WasmError `ERR_WASM_UNAVAILABLE`
 */
export function loadEngineSync<F extends SampleKernels>(
  sources: EngineSources<F>,
  options: LoadOptions,
): Engine<F> {
  checkOptions(options);
  if (options.backend !== "js") {
    try {
      return createWasmEngine(sources, options.memoryBytes ?? DEFAULT_WASM_BYTES);
    } catch (error) {
      if (options.backend === "wasm") throw error;
    }
  }
  return createPlainEngine(sources, options);
}

function createPlainEngine<F extends SampleKernels>(
  { formats }: EngineSources<F>,
  { memoryBytes = DEFAULT_JS_BYTES }: LoadOptions,
): Engine<F> {
  const buffer = new ArrayBuffer(Math.ceil(memoryBytes / PAGE_BYTES) * PAGE_BYTES);
  return createEngine("js", buffer, createTwin(formats, buffer));
}

function createWasmEngine<F extends SampleKernels>(
  { formats, attached }: EngineSources<F>,
  memoryBytes: number,
): Engine<F> {
  expectWasm();
  const memory = createMemory(memoryBytes);
  const engine = createEngine("wasm", memory.buffer as ArrayBuffer, instantiate(formats, memory), memory);
  for (const source of attached) attachStrictly(engine, source);
  return engine;
}

function checkOptions({ backend = "auto", memoryBytes }: LoadOptions): void {
  checkOneOf("backend", backend, ["auto", "wasm", "js"]);
  if (memoryBytes !== undefined) checkInteger("memoryBytes", memoryBytes, MIN_MEMORY_BYTES, MAX_MEMORY_BYTES);
}
